/**
 * The leading principal components of images too large for a covariance matrix: randomised subspace iteration with a
 * Rayleigh–Ritz step (Halko, Martinsson & Tropp, 2011, https://arxiv.org/abs/0909.4061, algorithm 4.4). The products
 * with the images are ONNX Runtime's, in single precision; the rest is in double.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { BATCH, gemm, input, sub } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { openSession, type Session } from '../runtime/index.ts';
import { dot, orthonormal } from './orthonormal.ts';
import type { Images } from './pca.ts';

/** Directions beyond those that are wanted, and rounds: eigenvalues a hundredth apart come out to five digits. */
const MORE = 10;
const ROUNDS = 8;
/** So many directions take fewer rounds: those that count are well apart from the ones that do not. */
const MANY = 100;
const ROUNDS_OF_MANY = 4;

/**
 * The `count` leading eigenvectors of the images' covariance, [components][pixels], orthonormal, by falling variance;
 * fewer where the images vary in fewer directions. The same images give the same bits.
 */
export async function leadingComponents(
  images: Images,
  mean: Float64Array,
  count: number,
  threads: number,
  onProgress: (share: number) => void = () => {},
): Promise<Float64Array[]> {
  const pixels = mean.length;
  const width = Math.min(count + MORE, pixels);
  const rounds = width > MANY ? ROUNDS_OF_MANY : ROUNDS;
  const x = input('x', [BATCH, pixels]);
  const m = input('m', [1, pixels]);
  const q = input('q', [pixels, 'directions']);
  const centred = sub(x, m);
  const product = gemm(centred, gemm(centred, q), { transA: true });
  const model = encodeModel({ name: 'covariance-product', inputs: { x, m, q }, outputs: { product } });
  const session = await openSession(model, { threads });
  try {
    let directions = orthonormal(randomDirections(width, pixels), 1);
    for (let round = 0; round < rounds && directions.length > 0; round++) {
      // To stay apart on the way one pass is enough.
      const passes = round < rounds - 1 ? 1 : 2;
      directions = orthonormal(await timesCovariance(session, images, mean, directions), passes);
      onProgress((round + 1) / (rounds + 1));
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
  const m = Float32Array.from(mean);
  const sums = directions.map(() => new Float64Array(pixels));
  for (const piece of images) {
    const { product } = await session.run({
      x: { data: piece, shape: [piece.length / pixels, pixels] },
      m: { data: m, shape: [1, pixels] },
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
