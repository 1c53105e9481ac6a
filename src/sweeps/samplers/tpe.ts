/**
 * The tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for hyper-parameter
 * optimization" (2011), with the defaults of Optuna 5.0: 10 random trials first; then of 24 draws from the estimator of the
 * best tenth (at most 25 trials) the one that is likeliest there compared with the rest. With one objective the settings that
 * every trial has are drawn together, those under a condition and those of several objectives each alone. Trials that still run
 * count among the rest, so that workers do not try the same.
 */
import { betterFirst, layersOf } from '../objectives.ts';
import { randomOf } from '../random.ts';
import { type Point, pointBy, type Setting } from '../space.ts';
import type { Trial } from '../study.ts';
import { parzen } from './parzen.ts';
import { randomPoint } from './random.ts';
import type { Sampler, SamplerInput } from './sampler.ts';

const RANDOM_FIRST = 10;
const CANDIDATES = 24;
const bestOf = (count: number): number => Math.min(Math.ceil(0.1 * count), 25);

export const tpeSampler = ({ space, seed, directions }: SamplerInput): Sampler => ({
  next(number, trials) {
    const known = trials.filter(isKnown);
    if (known.length < RANDOM_FIRST) return randomPoint(space, seed, number);
    const ranked = rank(known, directions);
    const good = new Set(ranked.slice(0, bestOf(known.length)));
    const best = known.filter((trial) => good.has(trial));
    const rest = trials.filter((trial) => !good.has(trial) && (trial.state === 'running' || isKnown(trial)));
    const together = directions.length > 1 ? [] : space.filter(({ when }) => when === undefined);
    const joint = likeliest(together, best, rest, randomOf(seed, number, 0, 2));
    return pointBy(space, (setting, i) => {
      const { path } = setting;
      return joint[path] ?? likeliest([setting], best, rest, randomOf(seed, number, i, 1))[path]!;
    });
  },
});

const isKnown = ({ state }: Trial): boolean => state === 'complete' || state === 'pruned';

/** The draw for these settings, among some, that the best trials make likeliest compared with the rest. */
function likeliest(
  settings: readonly Setting[],
  best: readonly Trial[],
  rest: readonly Trial[],
  random: () => number,
): Point {
  if (settings.length === 0) return {};
  const domains = settings.map(({ domain }) => domain);
  const observed = (trials: readonly Trial[]) =>
    trials.flatMap(({ point }) => {
      const numbers = settings.flatMap(({ path }) => point[path] ?? []);
      return numbers.length < settings.length ? [] : [numbers];
    });
  const [below, above] = [parzen(domains, observed(best)), parzen(domains, observed(rest))];
  let [chosen, most] = [null as readonly number[] | null, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < CANDIDATES; i++) {
    const drawn = below.draw(random);
    const gain = below.logDensity(drawn) - above.logDensity(drawn);
    if (chosen === null || gain > most) [chosen, most] = [drawn, gain];
  }
  return Object.fromEntries(settings.map(({ path }, d) => [path, chosen![d]!]));
}

/**
 * Trials from the best: complete ones by their objective, or by the fronts they lie on if there are several; then pruned
 * ones, those that came further first.
 */
function rank(trials: readonly Trial[], directions: SamplerInput['directions']): Trial[] {
  const complete = trials.filter(({ state, values }) => state === 'complete' && values !== null);
  const ranked =
    directions.length === 1
      ? betterFirst(complete, directions[0]!, ({ values }) => values![0]!)
      : layersOf(complete, directions, ({ values }) => values!).flat();
  const pruned = trials.filter(({ state, values }) => state !== 'complete' || values === null);
  const reached = (trial: Trial) => Math.max(0, ...trial.intermediate.keys());
  const last = (trial: Trial) => trial.intermediate.get(reached(trial)) ?? Number.POSITIVE_INFINITY;
  return [...ranked, ...pruned.sort((a, b) => reached(b) - reached(a) || last(a) - last(b))];
}
