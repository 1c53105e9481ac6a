/** The flags of commands that draw codes from the posteriors of a variational model, and what they make of batches. */
import type { Command } from 'commander';
import type { Model, Progress } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';

export interface DrawFlags {
  samples?: number;
  seed?: number;
}

/** `--samples` and `--seed`. */
export const withDraws = (command: Command, what: string): Command =>
  command
    .option('--samples <n>', `for variational models: ${what}`, wholeNumber(1))
    .option('--seed <n>', 'for --samples: the same seed gives the same samples (default: 1)', wholeNumber(0));

/** @throws HourglassError for a seed without samples to draw. */
export function requireSamples({ samples, seed }: DrawFlags): void {
  if (samples !== undefined || seed === undefined) return;
  throw new HourglassError('usage', { subject: '--seed', rule: 'is for --samples, which was not given' });
}

interface Given {
  names: readonly string[];
  classes: readonly (string | null)[];
  read: number;
}

/** A name and a class for each sample of each image. `last` is the image's own name: an output is continued behind it. */
export function repeated({ names, classes, read }: Given, samples: number) {
  const each = Array.from({ length: samples }, (_, k) => k + 1);
  return {
    names: names.flatMap((name) => each.map((k) => `${name}#${k}`)),
    classes: classes.flatMap((one) => each.map(() => one)),
    read,
    last: names.at(-1)!,
  };
}

/** What was done before, counted in images where it was counted in samples. */
export const inImages = (before: Progress | undefined, samples: number): Progress | undefined =>
  before && { ...before, done: before.done / samples };

/** Codes drawn for batch after batch, each image at its own place in the seed's sequence. */
export function drawing(
  model: Model,
  { samples = 1, seed = 1 }: DrawFlags,
  before: Progress | undefined,
): (values: Uint8Array | Float32Array, own?: Model) => Promise<Float32Array> {
  let firstRow = before === undefined ? 0 : before.done / samples;
  return async (values, own = model) => {
    const { data, shape } = await own.drawPosterior(values, { count: samples, seed, firstRow });
    firstRow += shape[0]!;
    return data;
  };
}
