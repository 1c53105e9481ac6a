/**
 * The leading principal components of images too large for a covariance matrix: a block Krylov
 * method with a Rayleigh–Ritz step (Musco & Musco, 2015, https://arxiv.org/abs/1504.05477). It begins with the
 * components of a few of the images and some random directions, and ends as soon as another round gains next to
 * nothing, or after a few rounds: so its time stays below that of an epoch of training. The products with the images
 * are ONNX Runtime's, in single precision; the rest is in double.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Engine, Session } from '../engine/index.ts';
import { BATCH, gemm, input, sub } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { componentsOfFew, subtract } from './few.ts';
import { addScaled, dots, orthonormal } from './orthonormal.ts';
import type { Passes } from './passes.ts';
import { randomDirections } from './random-directions.ts';

/** Directions beyond those that are wanted. */
const MORE = 10;
/** The components of at most so many images are the first directions; of more where more components are wanted. */
const MOST_FIRST = 384;
/** The most rounds after the first. Where variances are so alike that these are not enough, any of their directions is nearly as good. */
const ROUNDS = 1;
/** The search ends when a round lowers the variance that is left by less than this share. */
const GAIN = 2e-3;
/** Of more directions than this only the last round's are kept, for memory. */
const MANY = 100;

/** Images and what is known of them: their mean, and Σ ‖x − mean‖². */
export interface Described {
  images: Passes;
  mean: Float64Array;
  variance: number;
  /** Some of them, [n, values]; see {@link SpreadRows}. The mean is subtracted in place. */
  some: Float32Array;
}

/**
 * Some of the images that pass by, spread evenly: every k-th, where k doubles when there are too many. Their number need
 * not be known beforehand.
 */
export class SpreadRows {
  private readonly kept: Float32Array;
  private readonly values: number;
  private every = 1;
  private seen = 0;
  private taken = 0;

  /** @param wanted the components that are looked for: at least half as many images again are kept, if there are. */
  constructor(wanted: number, values: number) {
    this.values = values;
    this.kept = new Float32Array(Math.max(MOST_FIRST, 3 * wanted) * values);
  }

  add(piece: Float32Array): void {
    const { values, kept } = this;
    for (let start = 0; start < piece.length; start += values, this.seen++) {
      if (this.seen % this.every !== 0) continue;
      if (this.taken * values === kept.length) this.thinOut();
      if (this.seen % this.every === 0)
        kept.set(piece.subarray(start, start + values), this.taken++ * values);
    }
  }

  /** Leaves every second row. */
  private thinOut(): void {
    const { values, kept } = this;
    this.taken = Math.ceil(this.taken / 2);
    this.every *= 2;
    for (let row = 1; row < this.taken; row++)
      kept.copyWithin(row * values, 2 * row * values, (2 * row + 1) * values);
  }

  /** [n, values]. */
  rows(): Float32Array {
    return this.kept.subarray(0, this.taken * this.values);
  }
}

/**
 * The `wanted` leading eigenvectors of the images' covariance, [components][values], orthonormal, by falling variance;
 * fewer where the images vary in fewer directions. The same images give the same bits.
 */
export async function leadingComponents(
  engine: Engine,
  described: Described,
  wanted: number,
  threads: number,
  onProgress: (share: number) => void = () => {},
): Promise<Float64Array[]> {
  const { images, mean, variance: total } = described;
  const values = mean.length;
  const first = await firstDirections(engine, described, wanted, threads);
  const x = input('x', [BATCH, values]);
  const m = input('m', [1, values]);
  const q = input('q', ['directions', values]);
  const centred = sub(x, m);
  const product = gemm(gemm(centred, q, { transB: true }), centred, { transA: true });
  const model = encodeModel({ name: 'covariance-product', inputs: { x, m, q }, outputs: { product } });
  const session = await engine.open(model, { threads });
  const few = first.length <= MANY;
  try {
    let fresh = orthonormal(first, 2);
    let basis: Float64Array[] = [];
    let within: number[][] = [];
    let before = 0;
    for (let round = 0; fresh.length > 0; round++) {
      onProgress(round / (ROUNDS + 1));
      const latest = await timesCovariance(session, images, mean, fresh);
      basis = few ? [...basis, ...fresh] : fresh;
      within = covarianceWithin(basis, latest, few ? within : []);
      const found = ritz(basis, within, wanted);
      const gained = found.variance - before;
      if (round === ROUNDS || gained <= GAIN * (total - found.variance)) return found.vectors();
      before = found.variance;
      // One pass is enough: what is left of a vector is far above the rounding of its products.
      fresh = orthonormal(few ? latest.map((vector) => vector.slice()) : latest, 1, few ? basis : []);
      if (fresh.length === 0) return found.vectors();
    }
    return [];
  } finally {
    await session.dispose();
  }
}

/** The components of some of the images, and random directions for what these do not show. */
async function firstDirections(
  engine: Engine,
  { some, mean }: Described,
  wanted: number,
  threads: number,
): Promise<Float64Array[]> {
  const values = mean.length;
  subtract(some, mean);
  const known = await componentsOfFew(engine, some, values, wanted, threads);
  const others = Math.min(wanted + MORE, values) - known.length;
  return [...known.map((component) => Float64Array.from(component)), ...randomDirections(others, values)];
}

/** Σ (x − mean)(x − mean)ᵀ q for each direction q. */
async function timesCovariance(
  session: Session,
  images: Passes,
  mean: Float64Array,
  directions: readonly Float64Array[],
): Promise<Float64Array[]> {
  const [values, width] = [mean.length, directions.length];
  const q = new Float32Array(width * values);
  for (const [k, direction] of directions.entries()) q.set(direction, k * values);
  const m = Float32Array.from(mean);
  const sums = directions.map(() => new Float64Array(values));
  for await (const piece of images) {
    const { product } = await session.run({
      x: { data: piece, shape: [piece.length / values, values] },
      m: { data: m, shape: [1, values] },
      q: { data: q, shape: [width, values] },
    });
    const { data } = product!;
    for (const [k, sum] of sums.entries()) {
      const start = k * values;
      for (let i = 0; i < values; i++) sum[i]! += data[start + i]!;
    }
  }
  return sums;
}

/**
 * ⟨a, Σ (x − mean)(x − mean)ᵀ b⟩ for the directions a up to each direction b, as the rows of a triangle.
 * @param latest the products of the last directions.
 * @param known the rows of those before them.
 */
function covarianceWithin(
  directions: readonly Float64Array[],
  latest: readonly Float64Array[],
  known: readonly number[][],
): number[][] {
  const first = directions.length - latest.length;
  return [...known, ...latest.map((product, k) => dots(product, directions.slice(0, first + k + 1)))];
}

/** The eigenvectors of the covariance within a subspace, the largest `wanted`; those of no variance are left out. */
function ritz(directions: readonly Float64Array[], within: readonly number[][], wanted: number) {
  const width = directions.length;
  const small = new Matrix(width, width);
  for (const [a, row] of within.entries()) {
    for (const [b, value] of row.entries()) {
      small.set(a, b, value);
      small.set(b, a, value);
    }
  }
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, k) => ({ value, k })).sort((p, r) => r.value - p.value);
  const least = 1e-10 * (order[0]?.value ?? 0);
  const kept = order.filter(({ value }) => value > least && value > 1e-9).slice(0, wanted);
  return {
    /** What these eigenvectors hold of Σ ‖x − mean‖². */
    variance: kept.reduce((sum, { value }) => sum + value, 0),
    vectors: () =>
      kept.map(({ k }) => {
        const component = new Float64Array(directions[0]!.length);
        addScaled(
          component,
          directions,
          directions.map((_, a) => eigenvectorMatrix.get(a, k)),
        );
        return component;
      }),
  };
}
