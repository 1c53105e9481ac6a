/**
 * How the bench talks with the programs it measures: each is a process of its own that is asked, one line of
 * JSON at a time, to make some training steps, and answers with a line. Between two requests it only waits.
 */
import { createInterface } from 'node:readline';

export interface Setup {
  /** The name of what is measured; see networks.ts. */
  network: string;
  /** A file of `images` × height × width bytes. */
  data: string;
  images: number;
  threads: number;
  seed: number;
  /** Without what takes long to prepare, as compiling. */
  quick: boolean;
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

/** Gives its loss; or, where the time of the work is worked out, that. */
export type Once = () => Promise<number | { milliseconds: number }>;

/** What a worker brings: what it says of itself, and the function that it gives for each turn. */
export interface Contest {
  ready: Ready;
  step: (turn: Turn) => Promise<Once>;
}

/** A TypeScript worker: `begin` is called once. */
export async function serve(begin: (setup: Setup) => Promise<Contest>): Promise<void> {
  const say = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
  let step: Contest['step'] | undefined;
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
      const done = await once();
      if (typeof done === 'number') {
        times.push(performance.now() - start);
        loss += done;
      } else times.push(done.milliseconds);
    }
    say({
      times,
      loss: turn.steps === 0 ? 0 : loss / turn.steps,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    } satisfies Result);
  }
}
