/** Our searches and Optuna's side by side, and ASHA against whole grids. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mixed } from '../../src/sweeps/samplers/grid.ts';
import { CONTESTS, type Outcome, regretOf, searched, tried } from './contest.ts';
import { EPOCHS, PROBLEMS, type Problem, recordedPoints } from './problems.ts';
import { type Lookup, readLosses, readRecorded } from './recorded.ts';

export interface Compared {
  /** Optuna's version. */
  version: string;
  trials: number;
  repeats: number;
  rows: {
    problem: string;
    search: string;
    ours: Summary;
    theirs: Summary;
    /** The mean of ours less theirs, and the ends of its 95 % interval. */
    difference: [mean: number, low: number, high: number];
  }[];
}

export interface Summary {
  /** Mean regret. */
  regret: number;
  /** Mean epochs, as a share of all trials at full length. */
  share: number;
}

/** @param python with Optuna. */
export function compare(python: string, trials: number, repeats: number): Compared {
  const lookups = PROBLEMS.map(readRecorded);
  const script = fileURLToPath(new URL('../../../sweeps/peer.py', import.meta.url));
  const input = JSON.stringify({ trials, repeats, searches: CONTESTS, problems: lookups.map(asTask) });
  const { stdout, status } = spawnSync(python, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${python} ended with ${status}`);
  const { version, outcomes } = JSON.parse(stdout) as {
    version: string;
    outcomes: { best: number | null; epochs: number }[][][];
  };
  const rows = lookups.flatMap((lookup, p) =>
    CONTESTS.map((search, s) => {
      const seeds = Array.from({ length: repeats }, (_, seed) => seed);
      const ours = seeds.map((seed) => searched(lookup, search, seed, trials));
      const theirs = outcomes[p]![s]!.map(({ best, epochs }) => ({
        ...{ best: best ?? Number.POSITIVE_INFINITY, epochs },
      }));
      const regrets = [ours, theirs].map((all) => all.map(({ best }) => regretOf(lookup, best)));
      return {
        problem: lookup.problem.name,
        search: search.name,
        ours: summary(lookup, ours, trials),
        theirs: summary(lookup, theirs, trials),
        difference: differenceOf(regrets[0]!, regrets[1]!),
      };
    }),
  );
  return { version, trials, repeats, rows };
}

function summary(lookup: Lookup, outcomes: readonly Outcome[], trials: number): Summary {
  return {
    regret: mean(outcomes.map(({ best }) => regretOf(lookup, best))),
    share: mean(outcomes.map(({ epochs }) => epochs)) / (trials * EPOCHS),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Welch's interval of the difference of two means; 1.96 standard errors, as there are dozens of values. */
function differenceOf(a: readonly number[], b: readonly number[]): [number, number, number] {
  const error = (values: readonly number[]) => {
    const centre = mean(values);
    return (
      values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1) / values.length
    );
  };
  const difference = mean(a) - mean(b);
  const margin = 1.96 * Math.sqrt(error(a) + error(b));
  return [difference, difference - margin, difference + margin];
}

/** A problem as the peer needs it. */
function asTask({ problem, space }: Lookup) {
  return {
    epochs: EPOCHS,
    losses: readLosses(problem),
    settings: space.map(({ path, domain, when = {} }) => ({
      ...{ path, when, log: false, ...domain },
      grid: problem.grid[path]!,
      keys: problem.grid[path]!.map(String),
    })),
  };
}

/** ASHA over the whole grid of a problem: how near its best comes, and for how many of the epochs. */
export interface Halved {
  problem: string;
  combinations: number;
  /** How far the best is from the best of the grid, in orders that the seed of the sweep decides. */
  excess: [mean: number, worst: number];
  /** Epochs, as a share of the whole grid's. */
  share: [mean: number, most: number];
  /** Epochs if the combinations came in the grid's own order. */
  inOrder: number;
}

/** The best loss is compared with that of the grid, as a share of it: a negative likelihood too is above 0 here. */
export function halved(problem: Problem, orders: number): Halved {
  const lookup = readRecorded(problem);
  const points = recordedPoints(problem);
  const whole = points.reduce((sum, point) => sum + lookup.curve(point).length, 0);
  const outcomes = [points, ...Array.from({ length: orders }, (_, i) => mixed(points, i + 1))].map((order) =>
    tried(lookup, order, 'asha'),
  );
  const [inOrder, ...mixedUp] = outcomes;
  const both = (values: number[]): [number, number] => [mean(values), Math.max(...values)];
  return {
    ...{ problem: problem.name, combinations: points.length },
    excess: both(mixedUp.map(({ best }) => best / lookup.sorted[0]! - 1)),
    share: both(mixedUp.map(({ epochs }) => epochs / whole)),
    inOrder: inOrder!.epochs / whole,
  };
}

/** Both as tables. */
export function asMarkdown({ version, trials, repeats, rows }: Compared, grids: readonly Halved[]): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const table = (head: string[], lines: string[][]) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...lines]
      .map((line) => `| ${line.join(' | ')} |`)
      .join('\n');
  const signed = (value: number) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`;
  return `Regret after ${trials} trials, mean of ${repeats} repeats; Optuna ${version}

${table(
  ['problem, search', 'hourglass', 'Optuna', 'difference, 95 % interval', 'epochs', "Optuna's"],
  rows.map(({ problem, search, ours, theirs, difference: [difference, low, high] }) => [
    `${problem}, ${search}`,
    ours.regret.toFixed(3),
    theirs.regret.toFixed(3),
    `${signed(difference)} (${signed(low)} to ${signed(high)})`,
    percent(ours.share),
    percent(theirs.share),
  ]),
)}

ASHA over whole grids

${table(
  [
    ...['problem', 'combinations', 'best loss above the best of all: mean, worst', 'epochs: mean, most'],
    "epochs in the grid's own order",
  ],
  grids.map(({ problem, combinations, excess, share, inOrder }) => [
    problem,
    String(combinations),
    excess.map(percent).join(', '),
    share.map(percent).join(', '),
    percent(inOrder),
  ]),
)}
`;
}
