/** A mixture of Gaussians with full covariances, fitted by expectation and maximisation (Dempster, Laird & Rubin, 1977). */
import { logMeanExp } from './likelihood.ts';

/** Gaussians with their shares. */
export interface Mixture {
  /** [components], their sum is 1. */
  weights: number[];
  /** [components][width]. */
  means: number[][];
  /** Each the lower triangle by rows: [components] of 1, 2, …, width numbers. */
  covariances: number[][][];
}

/** A mixture and how well it fits. */
export interface FittedMixture {
  mixture: Mixture;
  /** The mean over the rows of ln p(row), in nats. */
  logLikelihood: number;
  /** −2 n · logLikelihood + parameters · ln n (Schwarz, 1978): lower is better. */
  bic: number;
  iterations: number;
}

export interface MixtureSettings {
  components: number;
  /** Seeds the start: k-means from k-means++ centres. */
  seed: number;
  /** Added to each variance, so that no Gaussian shrinks to a point. Default a thousandth of the rows' mean variance. */
  ridge?: number;
  /** The most steps. Default 100. */
  maxIterations?: number;
  /** It ends where a step raises the mean log-likelihood by less. Default 0.001 nats, as in scikit-learn. */
  tolerance?: number;
}

/** Rows that k-means looks at for the start. */
const START_ROWS = 4000;
/** A row counts for a Gaussian that has at least this share of it. */
const LEAST_SHARE = 1e-10;

/** @param rows [n, width], n at least the number of components. */
export async function fitMixture(
  rows: Float32Array,
  width: number,
  {
    components,
    seed,
    ridge = meanVariance(rows, width) / 1000,
    maxIterations = 100,
    tolerance = 1e-3,
  }: MixtureSettings,
): Promise<FittedMixture> {
  const count = rows.length / width;
  let shares = await firstShares(rows, width, components, seed);
  let before = Number.NEGATIVE_INFINITY;
  for (let step = 1; ; step++) {
    const gaussians = maximised(rows, width, shares, components, ridge);
    const { logLikelihood, shares: next } = expected(rows, width, gaussians);
    shares = next;
    if (step < maxIterations && logLikelihood - before >= tolerance) {
      before = logLikelihood;
      continue;
    }
    const parameters = components - 1 + components * (width + (width * (width + 1)) / 2);
    return {
      mixture: mixtureOf(gaussians, width),
      logLikelihood,
      bic: -2 * count * logLikelihood + parameters * Math.log(count),
      iterations: step,
    };
  }
}

interface Gaussian {
  weight: number;
  mean: Float64Array;
  /** [width, width], its lower half. */
  covariance: Float64Array;
  /** L with L Lᵀ the covariance, lower triangular. */
  root: Float64Array;
}

function meanVariance(rows: Float32Array, width: number): number {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < rows.length; i++) {
    sums[i % width]! += rows[i]!;
    squares[i % width]! += rows[i]! ** 2;
  }
  const count = rows.length / width;
  const total = squares.reduce((sum, square, i) => sum + square / count - (sums[i]! / count) ** 2, 0);
  return Math.max(total / width, 1e-12);
}

/** Each row belongs to the nearest of k-means' centres. [n, components]. */
async function firstShares(
  rows: Float32Array,
  width: number,
  components: number,
  seed: number,
): Promise<Float64Array> {
  const count = rows.length / width;
  const shares = new Float64Array(count * components);
  if (components === 1) return shares.fill(1);
  const { kmeans } = await import('ml-kmeans');
  const used = Math.min(count, START_ROWS);
  const points = Array.from({ length: used }, (_, i) => {
    const row = Math.floor((i * count) / used);
    return [...rows.subarray(row * width, (row + 1) * width)];
  });
  const { centroids } = kmeans(points, components, { seed, maxIterations: 50 });
  for (let row = 0; row < count; row++) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (const [k, centre] of centroids.entries()) {
      let apart = 0;
      for (let i = 0; i < width; i++) apart += (rows[row * width + i]! - centre[i]!) ** 2;
      if (apart < least) [best, least] = [k, apart];
    }
    shares[row * components + best] = 1;
  }
  return shares;
}

/** The Gaussians that fit rows best, given each row's shares. */
function maximised(
  rows: Float32Array,
  width: number,
  shares: Float64Array,
  components: number,
  ridge: number,
): Gaussian[] {
  const count = rows.length / width;
  return Array.from({ length: components }, (_, k) => {
    let total = 0;
    const mean = new Float64Array(width);
    for (let row = 0; row < count; row++) {
      const share = shares[row * components + k]!;
      total += share;
      if (share < LEAST_SHARE) continue;
      for (let i = 0; i < width; i++) mean[i]! += share * rows[row * width + i]!;
    }
    const whole = Math.max(total, 1e-9);
    for (let i = 0; i < width; i++) mean[i]! /= whole;
    const covariance = new Float64Array(width * width);
    const off = new Float64Array(width);
    for (let row = 0; row < count; row++) {
      const share = shares[row * components + k]!;
      if (share < LEAST_SHARE) continue;
      for (let i = 0; i < width; i++) off[i] = rows[row * width + i]! - mean[i]!;
      for (let i = 0; i < width; i++) {
        const factor = share * off[i]!;
        for (let j = 0, line = i * width; j <= i; j++) covariance[line + j]! += factor * off[j]!;
      }
    }
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) covariance[i * width + j]! /= whole;
      covariance[i * width + i]! += ridge;
    }
    return { weight: total / count, mean, covariance, root: cholesky(covariance, width) };
  });
}

/** Each row's shares, and the mean log-likelihood. */
function expected(rows: Float32Array, width: number, gaussians: readonly Gaussian[]) {
  const count = rows.length / width;
  const components = gaussians.length;
  const shares = new Float64Array(count * components);
  const constants = gaussians.map(({ weight, root }) => {
    let logDeterminant = 0;
    for (let i = 0; i < width; i++) logDeterminant += Math.log(root[i * width + i]!);
    return Math.log(weight) - logDeterminant - (width / 2) * Math.log(2 * Math.PI);
  });
  const [solved, logs] = [new Float64Array(width), new Float64Array(components)];
  let total = 0;
  for (let row = 0; row < count; row++) {
    const from = row * width;
    for (let k = 0; k < components; k++) {
      const { mean, root } = gaussians[k]!;
      let squares = 0;
      for (let i = 0; i < width; i++) {
        let rest = rows[from + i]! - mean[i]!;
        const line = i * width;
        for (let j = 0; j < i; j++) rest -= root[line + j]! * solved[j]!;
        const value = rest / root[line + i]!;
        solved[i] = value;
        squares += value * value;
      }
      logs[k] = constants[k]! - squares / 2;
    }
    const density = logMeanExp(logs) + Math.log(components);
    total += density;
    for (let k = 0; k < components; k++) shares[row * components + k] = Math.exp(logs[k]! - density);
  }
  return { logLikelihood: total / count, shares };
}

/** The lower triangular root of a positive definite matrix, of which only the lower half is read. */
function cholesky(matrix: Float64Array, width: number): Float64Array {
  const root = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) rest -= root[i * width + k]! * root[j * width + k]!;
      root[i * width + j] =
        i === j ? Math.sqrt(Math.max(rest, Number.MIN_VALUE)) : rest / root[j * width + j]!;
    }
  }
  return root;
}

const mixtureOf = (gaussians: readonly Gaussian[], width: number): Mixture => ({
  weights: gaussians.map(({ weight }) => weight),
  means: gaussians.map(({ mean }) => [...mean]),
  covariances: gaussians.map(({ covariance }) =>
    Array.from({ length: width }, (_, i) => [...covariance.subarray(i * width, i * width + i + 1)]),
  ),
});

/** Numbers of Gaussians that are tried, each twice the one before. */
const MOST_COMPONENTS = 64;
/** Nats: what the numbers of Gaussians differ by is more. */
const SEARCH_TOLERANCE = 0.01;
/** Rows that a Gaussian needs for each unit. */
const ROWS_PER_UNIT = 4;

/**
 * The mixture of the least BIC among 1, 2, 4, … Gaussians; the search ends where it rises, or where they would have too few
 * rows: fewer than four times the width each.
 */
export async function fitMixtureByBic(
  rows: Float32Array,
  width: number,
  seed: number,
  onTried: (components: number) => void = () => {},
): Promise<FittedMixture & { tried: { components: number; bic: number }[] }> {
  const count = rows.length / width;
  const tried: { components: number; bic: number }[] = [];
  let best: FittedMixture | null = null;
  for (let components = 1; components <= MOST_COMPONENTS; components *= 2) {
    if (components > 1 && components * width * ROWS_PER_UNIT > count) break;
    onTried(components);
    const fitted = await fitMixture(rows, width, { components, seed, tolerance: SEARCH_TOLERANCE });
    tried.push({ components, bic: fitted.bic });
    if (best !== null && fitted.bic >= best.bic) break;
    best = fitted;
  }
  return { ...best!, tried };
}
