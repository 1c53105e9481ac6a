/** What is said of a sweep, and which of its trials are drawn. */
import type { SweepDetails, SweepEntry, SweepTrial } from '../../../src/studio/protocol.ts';
import { shortNumber } from '../../parts/numbers.ts';

/** Curves over one another that can be told apart. */
const MOST_CURVES = 10;

/** For example "12 of 40; 3 pruned, 1 failed". */
export function countWords({ trials, counts }: Pick<SweepEntry, 'trials' | 'counts'>): string {
  const ended = counts.complete + counts.pruned + counts.failed;
  const also = (['running', 'pruned', 'failed'] as const).flatMap((state) =>
    counts[state] === 0 ? [] : `${counts[state]} ${state}`,
  );
  return `${ended} of ${trials}${also.length === 0 ? '' : `; ${also.join(', ')}`}`;
}

export const figuresWords = (
  { objectives }: Pick<SweepEntry, 'objectives'>,
  { values }: Pick<SweepTrial, 'values'>,
): string => objectives.map(({ name }, i) => `${name} ${shortNumber(values?.[i] ?? Number.NaN)}`).join(', ');

/** The settings that the trial has. */
export const settingsWords = (
  { settings }: Pick<SweepDetails, 'settings'>,
  trial: Pick<SweepTrial, 'settings'>,
): string =>
  settings.flatMap(({ name }, i) => (trial.settings[i] ? `${name} ${trial.settings[i]}` : [])).join(', ');

/** The best of the first objective after each complete trial, by the trials' numbers. */
export function bestSoFar({ points, objectives }: Pick<SweepDetails, 'points' | 'objectives'>): {
  x: number[];
  y: number[];
} {
  const isBetter = (value: number, than: number) =>
    objectives[0]!.better === 'lower' ? value < than : value > than;
  const y: number[] = [];
  for (const [, value] of points) {
    const before = y.at(-1);
    y.push(before === undefined || isBetter(value, before) ? value : before);
  }
  return { x: points.map(([number]) => number), y };
}

/** Trials that run, and the best ones, as many as can be told apart; they come in this order. */
export const leadingTrials = (shown: readonly SweepTrial[]): readonly SweepTrial[] =>
  shown
    .filter(({ state, losses }) => losses.length > 0 && (state === 'running' || state === 'complete'))
    .slice(0, MOST_CURVES);
