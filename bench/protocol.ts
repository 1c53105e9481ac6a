/**
 * How the bench talks with the programs it measures: each is a process of its own that is asked, one line of
 * JSON at a time, to make some training steps, and answers with a line. Between two requests it only waits.
 */
import { createInterface } from 'node:readline';

export interface Setup {
  /** A file of `images` × 784 bytes. */
  data: string;
  images: number;
  threads: number;
  seed: number;
}

export interface Turn {
  batch: number;
  /** One of the modes that the worker announced. */
  mode: string;
  /** Steps before the clock starts, and steps measured. */
  warm: number;
  steps: number;
}

export interface Ready {
  modes: string[];
  parameters: number;
  versions: Record<string, string>;
  notes: string[];
}

export interface Result {
  /** Milliseconds of each measured step. */
  times: number[];
  /** The mean loss of the measured steps; 0 where there is none. */
  loss: number;
  /** The most memory the process has had so far. */
  peakMiB: number;
}

/** A TypeScript worker: `begin` is called once, the function that it gives for each turn. */
export async function serve(
  begin: (setup: Setup) => Promise<{ ready: Ready; step: (turn: Turn) => Promise<() => Promise<number>> }>,
): Promise<void> {
  const say = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
  let step: ((turn: Turn) => Promise<() => Promise<number>>) | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Setup | Turn;
    if (step === undefined) {
      const begun = await begin(request as Setup);
      step = begun.step;
      say(begun.ready);
      continue;
    }
    const turn = request as Turn;
    const once = await step(turn);
    for (let i = 0; i < turn.warm; i++) await once();
    const times: number[] = [];
    let loss = 0;
    for (let i = 0; i < turn.steps; i++) {
      const start = performance.now();
      loss += await once();
      times.push(performance.now() - start);
    }
    say({
      times,
      loss: turn.steps === 0 ? 0 : loss / turn.steps,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    } satisfies Result);
  }
}
