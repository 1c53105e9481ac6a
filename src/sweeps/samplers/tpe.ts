/**
 * The tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for hyper-parameter
 * optimization" (2011), with the defaults of Optuna 5.0: 10 random trials first; then of 24 draws from the estimator of the
 * best tenth (at most 25 trials) the one that is likeliest there compared with the rest. Each setting alone; trials that still run count
 * among the rest, so that workers do not try the same.
 */
import { betterFirst, layersOf } from '../objectives.ts';
import { randomOf } from '../random.ts';
import { pointBy, type Setting } from '../space.ts';
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
    return pointBy(space, (setting, i) => likeliest(setting, best, rest, randomOf(seed, number, i, 1)));
  },
});

const isKnown = ({ state }: Trial): boolean => state === 'complete' || state === 'pruned';

function likeliest(
  { path, domain }: Setting,
  best: readonly Trial[],
  rest: readonly Trial[],
  random: () => number,
) {
  const observed = (trials: readonly Trial[]) =>
    trials.flatMap(({ point }) => (point[path] === undefined ? [] : [point[path]]));
  const [below, above] = [parzen(domain, observed(best)), parzen(domain, observed(rest))];
  let [chosen, most] = [Number.NaN, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < CANDIDATES; i++) {
    const drawn = below.draw(random);
    const gain = below.logDensity(drawn) - above.logDensity(drawn);
    if (Number.isNaN(chosen) || gain > most) [chosen, most] = [drawn, gain];
  }
  return chosen;
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
