/** The recorded losses of a problem: the curve of each combination, by its key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Point, Space } from '../../src/sweeps/index.ts';
import { EPOCHS, keyOf, nearestOnGrid, type Problem, spaceOf } from './problems.ts';

/** Validation losses after each epoch, by {@link keyOf}; fewer than {@link EPOCHS} where the training diverged. */
export type Recorded = Record<string, number[]>;

/** From the sources as from the build, whose folder is four levels deep. */
const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/build/') ? '../../../../' : '../../', import.meta.url),
);

export const fileOf = (name: string): string => join(ROOT, 'bench', 'sweeps', 'problems', `${name}.json`);

export interface Lookup {
  readonly problem: Problem;
  readonly space: Space;
  /** The losses that a trial with these settings has. */
  curve(point: Point): readonly number[];
  /** The least loss of every combination that did not diverge, from the best. */
  readonly sorted: readonly number[];
}

export const readLosses = ({ name }: Problem): Recorded =>
  JSON.parse(readFileSync(fileOf(name), 'utf8')) as Recorded;

export function readRecorded(problem: Problem): Lookup {
  const losses = readLosses(problem);
  const space = spaceOf(problem);
  const sorted = Object.values(losses)
    .filter((curve) => curve.length === EPOCHS)
    .map((curve) => Math.min(...curve))
    .sort((a, b) => a - b);
  return {
    problem,
    space,
    sorted,
    curve(point) {
      const key = keyOf(space, nearestOnGrid(problem, space, point));
      const curve = losses[key];
      if (curve === undefined) throw new Error(`${problem.name}: ${key} is not recorded`);
      return curve;
    },
  };
}
