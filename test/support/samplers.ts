/** Samplers and statistics of codes as files have them, with numbers drawn at random. */

import { storedFloats } from '../../src/model/samplers/layer-file.ts';
import { noSamplers, type Samplers } from '../../src/model/samplers/samplers.ts';
import type { Statistics } from '../../src/model/statistics.ts';
import { passedUnits } from '../../src/nn/index.ts';
import { random } from '../reference/random.ts';

const COMPONENTS = 3;
const LAYERS = 3;
const WIDTH = 4;

/** A covariance's lower triangle by rows: variances above 1, covariances between −0.2 and 0.2. */
const triangle = (units: number, draw: () => number): number[][] =>
  Array.from({ length: units }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => (i === j ? 1 + draw() : 0.4 * draw() - 0.2)),
  );

/** A mixture, a flow behind it and a second stage, of a model; `range` is what draws stay within. */
export function madeSamplers(
  owner: { codeUnits: number; weights: string },
  range: { min: number; max: number } | null,
): Samplers {
  const { codeUnits: units } = owner;
  const draw = random(3);
  const list = (count: number, scale = 1) => Array.from({ length: count }, () => scale * (2 * draw() - 1));
  const all = (value: number) => new Array<number>(units).fill(value);
  const mixture = {
    ...{ note: 'made', logLikelihood: 0, tried: [], weights: [0.2, 0.3, 0.5] },
    means: Array.from({ length: COMPONENTS }, () => list(units, 3)),
    covariances: Array.from({ length: COMPONENTS }, () => triangle(units, draw)),
    range: range && { min: all(range.min), max: all(range.max) },
  };
  const layer = (from: number, to: number) => ({
    weight: storedFloats(Float32Array.from(list(from * to))),
    bias: storedFloats(Float32Array.from(list(to))),
  });
  const couplings = Array.from({ length: LAYERS }, (_, i) => ({
    ...{ passed: passedUnits(i, units), hidden1: layer(units, WIDTH), hidden2: layer(WIDTH, WIDTH) },
    ...{ scale: layer(WIDTH, units), shift: layer(WIDTH, units) },
  }));
  const flow = {
    ...{ note: 'made', gain: 0, mean: list(units), std: list(units).map((value) => 2 + value) },
    ...{ mostLogScale: 2, width: WIDTH, couplings, base: mixture },
  };
  const stage = {
    ...{ note: 'made', elbo: 1, gaussian: 0, mean: list(units), std: list(units).map((value) => 2 + value) },
    ...{ sigma: 0.7, width: WIDTH },
    hidden: [layer(units, WIDTH), layer(WIDTH + units, WIDTH)],
    ...{ output: layer(WIDTH + units, units), range: mixture.range },
  };
  return { ...noSamplers(owner), mixture, flow, 'second-stage': stage };
}

/** Statistics of codes with a mean and a covariance. */
export function madeStatistics(recipe: string, codeUnits: number): Statistics {
  const draw = random(4);
  const list = () => Array.from({ length: codeUnits }, () => draw());
  const quantiles = Array.from({ length: 1001 }, (_, i) => i / 1000);
  return {
    ...{ format: 'hourglass-statistics', version: 1, recipe, dataset: 'colours', codeUnits },
    scores: { split: 'test', note: '', images: 1, definition: '', mean: 0.5, std: 0.1, quantiles },
    codes: {
      ...{ split: 'train', images: 10, mean: list(), std: list(), min: list(), max: list() },
      covariance: triangle(codeUnits, draw),
    },
    diagnosis: null,
  };
}
