/** How long /health takes meanwhile, asked from a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';

export interface HealthTimes {
  answers: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  slowest: number;
}

export class HealthProbe {
  private readonly process: ChildProcess;

  /** @param probe the path of probe.mjs. */
  constructor(probe: string, url: string) {
    // Infinity is no JSON.
    this.process = fork(probe, [url], { serialization: 'advanced', execArgv: [] });
  }

  begin(): void {
    this.process.send('begin');
  }

  /** The times since it began. */
  async end(): Promise<HealthTimes> {
    const times = await new Promise<number[]>((resolve) => {
      this.process.once('message', (message) => resolve(message as number[]));
      this.process.send('end');
    });
    times.sort((a, b) => a - b);
    const at = (level: number) =>
      times[Math.min(times.length - 1, Math.floor(level * times.length))] ?? Number.NaN;
    return { answers: times.length, p50: at(0.5), p99: at(0.99), slowest: at(1) };
  }

  close(): void {
    this.process.disconnect();
  }
}
