/**
 * The leading principal components of images too large for a covariance matrix: randomised subspace iteration with a
 * Rayleigh–Ritz step (Halko, Martinsson & Tropp, 2011, https://arxiv.org/abs/0909.4061, algorithm 4.4). The products
 * with the images are ONNX Runtime's, in single precision; the rest is in double.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { BATCH, gemm, input } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { openSession, type Session } from '../runtime/index.ts';
import type { Images } from './pca.ts';

/** Directions beyond those that are wanted, and rounds: eigenvalues a hundredth apart come out to five digits. */
const MORE = 10;
const ROUNDS = 8;

/**
 * The `count` leading eigenvectors of the images' covariance, [components][pixels], orthonormal, by falling variance;
 * fewer where the images vary in fewer directions. The same images give the same bits.
 */
export async function leadingComponents(
  images: Images,
  mean: Float64Array,
  count: number,
  threads: number,
): Promise<Float64Array[]> {
  const pixels = mean.length;
  const width = Math.min(count + MORE, pixels);
  const x = input('x', [BATCH, pixels]);
  const q = input('q', [pixels, 'directions']);
  const product = gemm(x, gemm(x, q), { transA: true });
  const model = encodeModel({ name: 'covariance-product', inputs: { x, q }, outputs: { product } });
  const session = await openSession(model, { threads });
  try {
    let directions = orthonormal(randomDirections(width, pixels), 1);
    for (let round = 0; round < ROUNDS && directions.length > 0; round++) {
      // To stay apart on the way one pass is enough.
      const passes = round < ROUNDS - 1 ? 1 : 2;
      directions = orthonormal(await timesCovariance(session, images, mean, directions), passes);
    }
    if (directions.length === 0) return [];
    return ritz(directions, await timesCovariance(session, images, mean, directions), count);
  } finally {
    await session.dispose();
  }
}

/** Σ (x − mean)(x − mean)ᵀ q for each direction q. */
async function timesCovariance(
  session: Session,
  images: Images,
  mean: Float64Array,
  directions: readonly Float64Array[],
): Promise<Float64Array[]> {
  const [pixels, width] = [mean.length, directions.length];
  const q = new Float32Array(pixels * width);
  for (const [k, direction] of directions.entries())
    for (let i = 0; i < pixels; i++) q[i * width + k] = direction[i]!;
  const sums = directions.map(() => new Float64Array(pixels));
  for (const piece of images) {
    const centred = piece.map((value, i) => value - mean[i % pixels]!);
    const { product } = await session.run({
      x: { data: centred, shape: [piece.length / pixels, pixels] },
      q: { data: q, shape: [pixels, width] },
    });
    const { data } = product!;
    for (const [k, sum] of sums.entries()) for (let i = 0; i < pixels; i++) sum[i]! += data[i * width + k]!;
  }
  return sums;
}

/** The eigenvectors of the covariance within a subspace, the largest `count`; those of no variance are left out. */
function ritz(
  directions: readonly Float64Array[],
  products: readonly Float64Array[],
  count: number,
): Float64Array[] {
  const width = directions.length;
  const small = new Matrix(width, width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      // Symmetric but for the last bits.
      const value = (dot(directions[a]!, products[b]!) + dot(directions[b]!, products[a]!)) / 2;
      small.set(a, b, value);
      small.set(b, a, value);
    }
  }
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, k) => ({ value, k })).sort((p, r) => r.value - p.value);
  const least = 1e-10 * (order[0]?.value ?? 0);
  return order
    .filter(({ value }) => value > least && value > 1e-9)
    .slice(0, count)
    .map(({ k }) => {
      const component = new Float64Array(directions[0]!.length);
      for (const [a, direction] of directions.entries()) {
        const share = eigenvectorMatrix.get(a, k);
        for (let i = 0; i < component.length; i++) component[i]! += share * direction[i]!;
      }
      return component;
    });
}

/** Gram–Schmidt, in two passes for accuracy; what depends on those before it is left out. */
function orthonormal(vectors: readonly Float64Array[], passes: 1 | 2): Float64Array[] {
  const kept: Float64Array[] = [];
  const longest = Math.max(...vectors.map((vector) => Math.sqrt(dot(vector, vector))));
  for (const vector of vectors) {
    for (let pass = 0; pass < passes; pass++) {
      for (const other of kept) {
        const share = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i]! -= share * other[i]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-9 * longest)) continue;
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    kept.push(vector);
  }
  return kept;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Uniform numbers in [−1, 1) from a fixed seed (mulberry32): any that favour no direction will do. */
function randomDirections(count: number, size: number): Float64Array[] {
  let state = 20111;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: size }, next));
}
