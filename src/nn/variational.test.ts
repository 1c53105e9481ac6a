import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { gradients } from '../autodiff/index.ts';
import { input, reduceSum, type Sym } from '../graph/index.ts';
import { type Mode, Network } from './network.ts';
import { feedsOf } from './testing.ts';
import { normalKl, sampleNormal } from './variational.ts';

const ROWS = 4;
const UNITS = 3;

function sampled(mode: Mode) {
  const net = new Network(mode);
  const mean = input('mean', ['N', UNITS]);
  const logVariance = input('logVariance', ['N', UNITS]);
  const z = net.within('code', () => sampleNormal(net, { mean, logVariance }));
  const draw = random(5);
  const feeds = feedsOf(net, ROWS, draw);
  const numbers = () => Array.from({ length: ROWS * UNITS }, () => 3 * draw() - 1.5);
  feeds.set(mean, ndArray([ROWS, UNITS], numbers()));
  feeds.set(logVariance, ndArray([ROWS, UNITS], numbers()));
  return { net, mean, logVariance, z, feeds, draw };
}

describe('a sample of a Gaussian code', () => {
  test.each(['train', 'validate'] as const)('in mode %s is μ + σ ε, with ε fresh for each unit', (mode) => {
    const { net, mean, logVariance, z, feeds } = sampled(mode);
    const [source] = [...net.randomness.values()];
    expect([...net.randomness.values()]).toHaveLength(1);
    expect(source).toMatchObject({ name: 'code.epsilon', size: UNITS, distribution: { type: 'normal' } });
    const value = (symbol: Sym) => feeds.get(symbol)!.data;
    const found = evaluate([z], feeds)[0]!.data;
    for (const [i, mu] of value(mean).entries()) {
      const sigma = Math.sqrt(Math.exp(value(logVariance)[i]!));
      expect(found[i]).toBeCloseTo(mu + sigma * value(source!.symbol)[i]!, 13);
    }
  });

  test('where a model is shipped is μ itself, without noise', () => {
    const { net, mean, z } = sampled('infer');
    expect(z).toBe(mean);
    expect(net.randomness.size).toBe(0);
  });

  test('differentiates with respect to mean and log variance', () => {
    const { mean, logVariance, z, feeds, draw } = sampled('train');
    expect(checkDerivatives(z, [mean, logVariance], feeds, draw, ROWS).worst).toBeLessThan(1e-8);
  });
});

/** ∫ q log(q / p) over μ ± 12 σ by Simpson's rule, with q normal and p standard normal: no closed form in it. */
function divergence(mu: number, sigma: number): number {
  const density = (x: number, m: number, s: number) =>
    Math.exp(-((x - m) ** 2) / (2 * s ** 2)) / (s * Math.sqrt(2 * Math.PI));
  const logDensity = (x: number, m: number, s: number) =>
    -((x - m) ** 2) / (2 * s ** 2) - Math.log(s) - Math.log(2 * Math.PI) / 2;
  const steps = 4000;
  const h = (24 * sigma) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = mu - 12 * sigma + i * h;
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * density(x, mu, sigma) * (logDensity(x, mu, sigma) - logDensity(x, 0, 1));
  }
  return (sum * h) / 3;
}

/** Every μ with every σ: one image of one unit for each pair. */
const PAIRS = [-2.5, -0.3, 0, 0.8, 4].flatMap((mu) => [0.05, 0.6, 1, 2.5].map((sigma) => ({ mu, sigma })));

function klOfPairs(freeBits?: number) {
  const [mean, logVariance] = [input('mean', ['N', 1]), input('logVariance', ['N', 1])];
  const kl = normalKl({ mean, logVariance }, freeBits);
  const rows = (values: number[]) => ndArray([PAIRS.length, 1], values);
  const feeds = new Map<Sym, NdArray>([
    [mean, rows(PAIRS.map(({ mu }) => mu))],
    [logVariance, rows(PAIRS.map(({ sigma }) => 2 * Math.log(sigma)))],
  ]);
  return { mean, logVariance, kl, feeds, values: [...evaluate([kl], feeds)[0]!.data] };
}

describe('KL divergence from the standard normal', () => {
  test('is the integral of q log(q / p), for each image and unit', () => {
    const { kl, values } = klOfPairs();
    expect(kl.shape).toEqual(['N', 1]);
    for (const [i, { mu, sigma }] of PAIRS.entries()) {
      expect(values[i], `μ ${mu}, σ ${sigma}`).toBeCloseTo(divergence(mu, sigma), 9);
    }
  });

  test('is 0 for the prior itself, and above it for all others', () => {
    const { values } = klOfPairs();
    for (const [i, { mu, sigma }] of PAIRS.entries()) {
      if (mu === 0 && sigma === 1) expect(values[i]).toBe(0);
      else expect(values[i]).toBeGreaterThan(0);
    }
  });

  test('differentiates', () => {
    const { mean, logVariance, kl, feeds } = klOfPairs();
    const { worst } = checkDerivatives(kl, [mean, logVariance], feeds, random(1), PAIRS.length);
    expect(worst).toBeLessThan(1e-8);
  });

  test('free bits: a unit counts at least so much for each image, and below it costs nothing', () => {
    const free = 0.5;
    const plain = klOfPairs();
    const { mean, logVariance, kl, feeds, values } = klOfPairs(free);
    // Some pairs lie on each side.
    expect(plain.values.filter((value) => value < free).length).toBeGreaterThan(2);
    for (const [i, value] of plain.values.entries()) {
      expect(values[i]).toBeCloseTo(Math.max(free, value), 12);
    }
    const slopes = (part: typeof plain) =>
      evaluate(gradients(reduceSum(part.kl), [part.mean, part.logVariance]), part.feeds);
    const [ofMean, ofLogVariance] = slopes({ mean, logVariance, kl, feeds, values });
    const [plainOfMean, plainOfLogVariance] = slopes(plain);
    for (const [i, value] of plain.values.entries()) {
      const counts = value > free ? 1 : 0;
      expect(ofMean!.data[i]).toBeCloseTo(counts * plainOfMean!.data[i]!, 14);
      expect(ofLogVariance!.data[i]).toBeCloseTo(counts * plainOfLogVariance!.data[i]!, 14);
    }
    expect(checkDerivatives(kl, [mean, logVariance], feeds, random(1), PAIRS.length).worst).toBeLessThan(
      1e-8,
    );
  });
});
