/**
 * Principal component analysis: the best linear autoencoder there is, and so the yardstick for every other.
 * The eigenvectors of the covariance of the training images, to single precision or better. For images of more than {@link EXACT_PIXELS} values
 * the covariance is never made; see `few.ts` and `subspace.ts`.
 */
import type { Engine } from '../engine/index.ts';
import { add, BATCH, gemm, input, reduceSum, sub } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import type { Passes } from './passes.ts';

export interface Pca {
  /** Mean image, [values]. */
  readonly mean: Float64Array;
  /** The leading components, [components][values], orthonormal, by falling variance. */
  readonly components: readonly (Float64Array | Float32Array)[];
}

export interface FittedPca extends Pca {
  /** How many images it was fitted on. */
  readonly images: number;
}

/** The largest images whose covariance is made. */
const EXACT_PIXELS = 1024;
/** So few images are taken apart by their inner products, where they are larger. */
const FEW_IMAGES = 512;
/** The most components that are looked for among more images than that: its time grows with the square. */
const MOST_COMPONENTS = 256;

/** The most values that PCA of large images is fitted on: 2,730 images of 128 × 128 × 3, some 12 seconds. */
const MOST_VALUES = 2 ** 27;

/** On how many of the images PCA is fitted: all of them, unless they are large and too many. */
export function pcaImages(images: number, values: number): number {
  return values <= EXACT_PIXELS ? images : Math.min(images, Math.floor(MOST_VALUES / values));
}

/**
 * The components PCA has next to codes of `units` units; null if there are none to speak of: a code as large as the
 * image, which PCA would rebuild exactly, or more components than can be found in reasonable time.
 */
export function comparablePca(units: number, values: number, images: number): number | null {
  if (units >= values) return null;
  const isLarge = values > EXACT_PIXELS && images > FEW_IMAGES && units > MOST_COMPONENTS;
  return isLarge ? null : units;
}

/**
 * Fits PCA on images of so many values each; without components it is their mean. ONNX Runtime sums the products of
 * pixels. Pixels that never change are left out of both and have no part in any
 * component. `onProgress` gets the share that is done, where it takes long.
 */
export async function fitPca(
  engine: Engine,
  images: Passes,
  values: number,
  components: number,
  threads: number,
  onProgress: (share: number) => void = () => {},
): Promise<FittedPca> {
  if (components === 0) {
    const { mean, count } = await meanOf(images, values);
    return { mean, components: [], images: count };
  }
  if (values > EXACT_PIXELS) {
    const { centredImages, componentsOfFew } = await import('./few.ts');
    const { leadingComponents, SpreadRows } = await import('./subspace.ts');
    const first = new SpreadRows(Math.min(components, MOST_COMPONENTS), values);
    const { mean, count, variance } = await meanOf(images, values, (piece) => first.add(piece));
    const described = () => ({ images, mean, variance, some: first.rows() });
    const found =
      count <= FEW_IMAGES
        ? await componentsOfFew(engine, await centredImages(images, mean, count), values, components, threads)
        : await leadingComponents(engine, described(), components, threads, onProgress);
    return { mean, components: found, images: count };
  }
  const { leadingEigenvectors } = await import('./leading.ts');
  const { count, sums, products } = await moments(engine, images, values, threads);
  const mean = sums.map((sum) => sum / count);
  const covariance = (i: number, j: number) => products[i * values + j]! / count - mean[i]! * mean[j]!;
  const varying = Array.from(mean.keys()).filter((i) => covariance(i, i) > 1e-12);
  // Images that are all the same: the mean says it all.
  if (varying.length === 0) return { mean, components: [], images: count };
  const size = varying.length;
  const matrix = new Float64Array(size * size);
  for (const [a, i] of varying.entries()) {
    for (const [b, j] of varying.entries()) matrix[a * size + b] = covariance(Math.min(i, j), Math.max(i, j));
  }
  return {
    mean,
    components: leadingEigenvectors(matrix, size, components).map((vector) => {
      const component = new Float64Array(values);
      for (const [a, i] of varying.entries()) component[i] = vector[a]!;
      return component;
    }),
    images: count,
  };
}

/** The mean image, the number of images and Σ ‖x − mean‖². */
async function meanOf(images: Passes, values: number, each: (piece: Float32Array) => void = () => {}) {
  const sums = new Float64Array(values);
  let [count, squares] = [0, 0];
  for await (const piece of images) {
    each(piece);
    for (let start = 0; start < piece.length; start += values) {
      for (let i = 0; i < values; i++) {
        const value = piece[start + i]!;
        sums[i]! += value;
        squares += value * value;
      }
    }
    count += piece.length / values;
  }
  const mean = sums.map((sum) => sum / count);
  return { mean, count, variance: mean.reduce((left, value) => left - count * value * value, squares) };
}

/** The number of images, Σ x and Σ x xᵀ. */
async function moments(engine: Engine, images: Passes, values: number, threads: number) {
  const x = input('x', [BATCH, values]);
  const outputs = { sum: reduceSum(x, [0]), product: gemm(x, x, { transA: true }) };
  const session = await engine.open(encodeModel({ name: 'moments', inputs: { x }, outputs }), { threads });
  const sums = new Float64Array(values);
  const products = new Float64Array(values * values);
  let count = 0;
  try {
    for await (const piece of images) {
      const n = piece.length / values;
      const { sum, product } = await session.run({ x: { data: piece, shape: [n, values] } });
      for (let i = 0; i < sums.length; i++) sums[i]! += sum!.data[i]!;
      for (let i = 0; i < products.length; i++) products[i]! += product!.data[i]!;
      count += n;
    }
  } finally {
    await session.dispose();
  }
  return { count, sums, products };
}

/** ⟨x − mean, c⟩ for each image of [n, values] and each component c, as [n, components]: PCA's codes. */
export function pcaScores({ mean, components }: Pca, images: Float32Array): Float32Array {
  const values = mean.length;
  const scores = new Float32Array((images.length / values) * components.length);
  const centred = new Float64Array(values);
  let at = 0;
  for (let start = 0; start < images.length; start += values) {
    for (let i = 0; i < values; i++) centred[i] = images[start + i]! - mean[i]!;
    for (const component of components) {
      let score = 0;
      for (let i = 0; i < values; i++) score += centred[i]! * component[i]!;
      scores[at++] = score;
    }
  }
  return scores;
}

/** mean + Σ ⟨x − mean, c⟩ c for each image of [n, values]. */
export function reconstructPca({ mean, components }: Pca, images: Float32Array): Float32Array {
  const values = mean.length;
  const result = new Float32Array(images.length);
  const sum = new Float64Array(values);
  for (let start = 0; start < images.length; start += values) {
    sum.set(mean);
    for (const component of components) {
      let projection = 0;
      for (let i = 0; i < values; i++) projection += (images[start + i]! - mean[i]!) * component[i]!;
      for (let i = 0; i < values; i++) sum[i]! += projection * component[i]!;
    }
    result.set(sum, start);
  }
  return result;
}

export interface Reconstructor {
  reconstruct(images: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** {@link reconstructPca} for many images: of large ones by ONNX Runtime, in single precision. */
export async function pcaReconstructor(engine: Engine, pca: Pca, threads: number): Promise<Reconstructor> {
  const values = pca.mean.length;
  const count = pca.components.length;
  if (values <= EXACT_PIXELS || count === 0) {
    return { reconstruct: async (images) => reconstructPca(pca, images), dispose: async () => {} };
  }
  const x = input('x', [BATCH, values]);
  const m = input('m', [1, values]);
  const c = input('c', [count, values]);
  const projected = add(gemm(gemm(sub(x, m), c, { transB: true }), c), m);
  const model = encodeModel({ name: 'pca', inputs: { x, m, c }, outputs: { projected } });
  const session = await engine.open(model, { threads });
  const mean = { data: Float32Array.from(pca.mean), shape: [1, values] };
  const components = { data: new Float32Array(count * values), shape: [count, values] };
  for (const [k, component] of pca.components.entries()) components.data.set(component, k * values);
  return {
    async reconstruct(images) {
      const { projected } = await session.run({
        x: { data: images, shape: [images.length / values, values] },
        m: mean,
        c: components,
      });
      return projected!.data;
    },
    dispose: () => session.dispose(),
  };
}
