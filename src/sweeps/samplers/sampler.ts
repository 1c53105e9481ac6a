/** What chooses the settings of the next trial. */
import type { Point, Space } from '../space.ts';
import type { Trial } from '../study.ts';

export interface Sampler {
  /**
   * The settings of a trial; null if the search has no more.
   * @param number the trial's number, from 0.
   * @param trials those before it.
   */
  next(number: number, trials: readonly Trial[]): Point | null;
}

export interface SamplerInput {
  readonly space: Space;
  readonly seed: number;
  /** Which way each objective is better. */
  readonly directions: readonly ('lower' | 'higher')[];
  /** Whether trials are ended early. Default false. */
  readonly isPruned?: boolean;
}
