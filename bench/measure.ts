/**
 * The rounds. In each, every contestant makes some steps in each of its modes, in an order that changes from
 * round to round, so that what the machine does meanwhile is done to all. Before its clock starts a
 * contestant makes a few steps untimed, and after it stops all wait until its threads sleep.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { median } from './statistics.ts';

/** One contestant in one of its modes, on one batch size. */
export interface Series {
  contestant: string;
  mode: string;
  batch: number;
  /** Milliseconds a step: the median of each round's steps. */
  rounds: number[];
  /** The fastest step of each round: what remains of a machine that others use too. */
  fastest: number[];
  /** Both after `lateSteps` steps of training; empty where it was not measured. */
  lateRounds: number[];
  lateFastest: number[];
  firstLoss: number;
  lastLoss: number;
  steps: number;
  peakMiB: number;
  /** Why there are no numbers. */
  failure: string | null;
}

export interface Plan {
  batches: readonly number[];
  rounds: number;
  /** Steps after which everyone is measured once more; 0 for not at all. */
  lateSteps: number;
  log: (line: string) => void;
}

export interface Measurements {
  series: Series[];
  /** The most processor time that all who waited took, as a share of one core, over a whole batch size. */
  idleShare: number;
}

/** Steps before the clock starts; of slow ones a single one. */
const WARM_STEPS = 3;
/** Threads of ONNX Runtime and OpenMP spin for some milliseconds after their work. */
const PAUSE_MS = 60;
/** After so many rounds a mode whose fastest step takes so much longer than its contestant's best is left out. */
const TRIAL_ROUNDS = 2;
const HOPELESS = 1.3;
/** Milliseconds that a turn should take, from which the number of its steps follows. */
const TURN_MS = 300;
/** A turn has six steps unless they take longer than this, milliseconds; two at least. */
const LONGEST_TURN_MS = 600;
/** Steps longer than this, milliseconds, are measured in so many rounds only. */
export const SLOW_MS = 500;
export const SLOW_ROUNDS = 5;
/** Whoever would need longer than this, milliseconds, to come to the late steps, is left out there. */
const LONGEST_WAY_MS = 60_000;

export async function measure(contestants: readonly Contestant[], plan: Plan): Promise<Measurements> {
  const series: Series[] = [];
  let idleShare = 0;
  for (const batch of plan.batches) {
    const entries = contestants
      .filter((contestant) => contestant.takes(batch))
      .flatMap((contestant) =>
        contestant.ready.modes.map((mode) => ({
          contestant,
          series: newSeries(contestant.name, mode, batch),
        })),
      );
    series.push(...entries.map((entry) => entry.series));
    const steps = new Map<Series, number>();
    plan.log(`batch ${batch}: compiling`);
    for (const { contestant, series } of entries) {
      try {
        // Compiles, and sees the first loss.
        const { loss, times } = await contestant.run({ batch, mode: series.mode, warm: 0, steps: 5 });
        series.firstLoss = loss;
        series.steps = 5;
        steps.set(series, stepsATurn(median(times)));
      } catch (error) {
        series.failure = (error as Error).message;
      }
    }
    const runners = entries.filter((entry) => entry.series.failure === null);
    const used = new Map(contestants.map((contestant) => [contestant, 0]));
    let waited = 0;
    const turn = async (entry: (typeof runners)[number], late: boolean) => {
      const { contestant, series } = entry;
      await pause(PAUSE_MS);
      const others = contestants.filter((other) => other !== contestant);
      const before = others.map((other) => other.processorSeconds());
      const start = performance.now();
      const count = steps.get(series)!;
      const { times, loss, peakMiB } = await contestant.run({
        batch,
        mode: series.mode,
        warm: warmSteps(count),
        steps: count,
      });
      waited += (performance.now() - start) / 1000;
      for (const [i, other] of others.entries()) {
        used.set(other, used.get(other)! + other.processorSeconds() - before[i]!);
      }
      series.steps += warmSteps(count) + count;
      series.lastLoss = loss;
      series.peakMiB = peakMiB;
      (late ? series.lateRounds : series.rounds).push(median(times));
      (late ? series.lateFastest : series.fastest).push(Math.min(...times));
      steps.set(series, stepsATurn(median(times)));
    };
    for (let round = 0; round < plan.rounds; round++) {
      plan.log(`batch ${batch}: round ${round + 1} of ${plan.rounds}`);
      for (const entry of rotated(runners, round)) {
        if (takesTurn(entry.series, series, round)) await turn(entry, false);
      }
    }
    if (plan.lateSteps > 0) {
      const best = runners.filter(
        ({ series: mine }) =>
          bestOf(series, mine.contestant, batch) === mine &&
          (plan.lateSteps - mine.steps) * median(mine.rounds) < LONGEST_WAY_MS,
      );
      for (const { contestant, series } of best) {
        const missing = plan.lateSteps - series.steps;
        plan.log(`batch ${batch}: ${series.contestant} to step ${plan.lateSteps}`);
        if (missing > 0) await contestant.run({ batch, mode: series.mode, warm: 0, steps: missing });
        series.steps += Math.max(0, missing);
      }
      for (let round = 0; round < plan.rounds; round++) {
        plan.log(`batch ${batch}: late round ${round + 1} of ${plan.rounds}`);
        for (const entry of rotated(best, round)) await turn(entry, true);
      }
    }
    idleShare = Math.max(idleShare, [...used.values()].reduce((a, b) => a + b, 0) / waited);
  }
  return { series, idleShare };
}

const stepsATurn = (milliseconds: number) =>
  Math.round(Math.max(2, Math.min(6, LONGEST_TURN_MS / milliseconds), Math.min(60, TURN_MS / milliseconds)));

const warmSteps = (steps: number) => (steps < 6 ? 1 : WARM_STEPS);

/** Whether a mode is measured in a round: all are in the first ones, then those that may be their contestant's best. */
function takesTurn(one: Series, series: readonly Series[], round: number): boolean {
  if (round < TRIAL_ROUNDS) return true;
  if (round >= SLOW_ROUNDS && median(one.rounds) > SLOW_MS) return false;
  return isInTheRunning(one, series);
}

/** Whether a mode may still be its contestant's best. */
function isInTheRunning(one: Series, series: readonly Series[]): boolean {
  const rivals = series.filter(
    ({ contestant, batch }) => contestant === one.contestant && batch === one.batch,
  );
  const best = Math.min(...rivals.flatMap(({ fastest }) => fastest));
  return Math.min(...one.fastest) < HOPELESS * best;
}

/** The fastest mode of a contestant on a batch size. */
export function bestOf(series: readonly Series[], contestant: string, batch: number): Series | undefined {
  return series
    .filter((one) => one.contestant === contestant && one.batch === batch && one.rounds.length > 0)
    .sort((a, b) => median(a.rounds) - median(b.rounds))[0];
}

function newSeries(contestant: string, mode: string, batch: number): Series {
  return {
    contestant,
    mode,
    batch,
    rounds: [],
    fastest: [],
    lateRounds: [],
    lateFastest: [],
    firstLoss: 0,
    lastLoss: 0,
    steps: 0,
    peakMiB: 0,
    failure: null,
  };
}

const rotated = <T>(items: readonly T[], by: number): T[] =>
  items.map((_, i) => items[(i + by) % items.length]!);
