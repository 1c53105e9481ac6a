/** A turn: some steps that are timed. It runs where the steps do, in a process or in a page. */

export interface Turn {
  batch: number;
  /** One of the modes that the worker announced. */
  mode: string;
  /** Steps before the clock starts, and steps measured. */
  warm: number;
  steps: number;
}

export interface Taken {
  /** Milliseconds of each measured step. */
  times: number[];
  /** The mean loss of the measured steps; 0 where there is none. */
  loss: number;
}

export interface Ready {
  modes: string[];
  parameters: number;
  versions: Record<string, string>;
  notes: string[];
}

/** Gives its loss; or, where the time of the work is worked out, that. */
export type Once = () => Promise<number | { milliseconds: number }>;

/** What a worker brings: what it says of itself, and the function that it gives for each turn. */
export interface Contest {
  ready: Ready;
  step: (turn: Turn) => Promise<Once>;
}

export async function takeTurn(step: Contest['step'], turn: Turn): Promise<Taken> {
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
  return { times, loss: turn.steps === 0 ? 0 : loss / turn.steps };
}
