/** Workers of this machine: each trains one trial after the other, in a process of its own. */
import { TrialProcesses } from './trial.ts';
import type { TrialStart } from './trial-messages.ts';
import {
  isWorkersFault,
  MOST_FAILURES,
  type RunningTrial,
  type TrialProgress,
  type Workplace,
} from './workplace.ts';

interface Worker {
  /** From 1. */
  readonly name: string;
  isBusy: boolean;
  /** In a row. */
  failures: number;
}

export class Pool implements Workplace {
  private readonly workers: Worker[];
  private readonly processes = new TrialProcesses();

  constructor(parallel: number) {
    this.workers = Array.from({ length: parallel }, (_, i) => ({
      ...{ name: String(i + 1), isBusy: false, failures: 0 },
    }));
  }

  get room(): number {
    return this.workers.filter(({ failures }) => failures < MOST_FAILURES).length;
  }

  /** Workers are free again when a trial ends, and there are never more. */
  moreRoom(): Promise<void> {
    return new Promise(() => {});
  }

  close(): void {
    this.processes.close();
  }

  start(_: number, start: TrialStart, onProgress: (message: TrialProgress) => void): RunningTrial {
    const worker = this.workers.find(({ isBusy, failures }) => !isBusy && failures < MOST_FAILURES);
    if (worker === undefined) throw new Error('a trial was started where no worker is free');
    worker.isBusy = true;
    const trial = this.processes.start(start, onProgress);
    onProgress({ type: 'taken', worker: worker.name, pid: trial.pid });
    return {
      stop: trial.stop,
      ended: trial.ended.then((end) => {
        worker.isBusy = false;
        worker.failures = isWorkersFault(end) ? worker.failures + 1 : 0;
        return { end, isSetAside: worker.failures >= MOST_FAILURES };
      }),
    };
  }
}
