/**
 * Principal component analysis: the best linear autoencoder there is, and so the yardstick for every other.
 * Exact: the eigenvectors of the covariance of the training images. For images of more than {@link EXACT_PIXELS} values
 * the covariance is never made; see `few.ts` and `subspace.ts`.
 */
import type { Engine } from '../engine/index.ts';
import { add, BATCH, gemm, input, reduceSum, sub } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import type { Images } from './images.ts';

export interface Pca {
  /** Mean image, [pixels]. */
  readonly mean: Float64Array;
  /** The leading components, [components][pixels], orthonormal, by falling variance. */
  readonly components: readonly (Float64Array | Float32Array)[];
}

export interface FittedPca extends Pca {
  /** How many images it was fitted on. */
  readonly images: number;
}

/** The largest images whose covariance is taken apart as a whole: its time grows with the third power. */
const EXACT_PIXELS = 1024;
/** So few images are taken apart by their inner products, where they are larger. */
const FEW_IMAGES = 512;
/** The most components that are looked for among more images than that: its time grows with the square. */
const MOST_COMPONENTS = 256;

/** The most values that PCA of large images is fitted on: 2,730 images of 128 × 128 × 3, some 12 seconds. */
const MOST_VALUES = 2 ** 27;

/** On how many of the images PCA is fitted: all of them, unless they are large and too many. */
export function pcaImages(images: number, pixels: number): number {
  return pixels <= EXACT_PIXELS ? images : Math.min(images, Math.floor(MOST_VALUES / pixels));
}

/**
 * The components PCA has next to codes of `units` units; null if there are none to speak of: a code as large as the
 * image, which PCA would rebuild exactly, or more components than can be found in reasonable time.
 */
export function comparablePca(units: number, pixels: number, images: number): number | null {
  if (units >= pixels) return null;
  const isLarge = pixels > EXACT_PIXELS && images > FEW_IMAGES && units > MOST_COMPONENTS;
  return isLarge ? null : units;
}

/**
 * Fits PCA on images of `pixels` values each; without components it is their mean. ONNX Runtime sums the products of
 * pixels, ml-matrix finds the eigenvectors. Pixels that never change are left out of both and have no part in any
 * component. `onProgress` gets the share that is done, where it takes long.
 */
export async function fitPca(
  engine: Engine,
  images: Images,
  pixels: number,
  components: number,
  threads: number,
  onProgress: (share: number) => void = () => {},
): Promise<FittedPca> {
  if (components === 0) {
    const { mean, count } = await meanOf(images, pixels);
    return { mean, components: [], images: count };
  }
  if (pixels > EXACT_PIXELS) {
    const { componentsOfFew } = await import('./few.ts');
    const { leadingComponents, SpreadRows } = await import('./subspace.ts');
    const first = new SpreadRows(Math.min(components, MOST_COMPONENTS), pixels);
    const { mean, count, variance } = await meanOf(images, pixels, (piece) => first.add(piece));
    const described = () => ({ images, mean, variance, some: first.rows() });
    const found =
      count <= FEW_IMAGES
        ? await componentsOfFew(engine, images, mean, components, threads)
        : await leadingComponents(engine, described(), components, threads, onProgress);
    return { mean, components: found, images: count };
  }
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const { count, sums, products } = await moments(engine, images, pixels, threads);
  const mean = sums.map((sum) => sum / count);
  const covariance = (i: number, j: number) => products[i * pixels + j]! / count - mean[i]! * mean[j]!;
  const varying = Array.from(mean.keys()).filter((i) => covariance(i, i) > 1e-12);
  // Images that are all the same: the mean says it all.
  if (varying.length === 0) return { mean, components: [], images: count };
  const matrix = new Matrix(varying.length, varying.length);
  for (const [a, i] of varying.entries()) {
    for (const [b, j] of varying.entries()) matrix.set(a, b, covariance(Math.min(i, j), Math.max(i, j)));
  }
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, k) => ({ value, k })).sort((p, q) => q.value - p.value);
  return {
    mean,
    components: order.slice(0, components).map(({ k }) => {
      const component = new Float64Array(pixels);
      for (const [a, i] of varying.entries()) component[i] = eigenvectorMatrix.get(a, k);
      return component;
    }),
    images: count,
  };
}

/** The mean image, the number of images and Σ ‖x − mean‖². */
async function meanOf(images: Images, pixels: number, each: (piece: Float32Array) => void = () => {}) {
  const sums = new Float64Array(pixels);
  let [count, squares] = [0, 0];
  for await (const piece of images) {
    each(piece);
    for (let start = 0; start < piece.length; start += pixels) {
      for (let i = 0; i < pixels; i++) {
        const value = piece[start + i]!;
        sums[i]! += value;
        squares += value * value;
      }
    }
    count += piece.length / pixels;
  }
  const mean = sums.map((sum) => sum / count);
  return { mean, count, variance: mean.reduce((left, value) => left - count * value * value, squares) };
}

/** The number of images, Σ x and Σ x xᵀ. */
async function moments(engine: Engine, images: Images, pixels: number, threads: number) {
  const x = input('x', [BATCH, pixels]);
  const outputs = { sum: reduceSum(x, [0]), product: gemm(x, x, { transA: true }) };
  const session = await engine.open(encodeModel({ name: 'moments', inputs: { x }, outputs }), { threads });
  const sums = new Float64Array(pixels);
  const products = new Float64Array(pixels * pixels);
  let count = 0;
  try {
    for await (const piece of images) {
      const n = piece.length / pixels;
      const { sum, product } = await session.run({ x: { data: piece, shape: [n, pixels] } });
      for (let i = 0; i < sums.length; i++) sums[i]! += sum!.data[i]!;
      for (let i = 0; i < products.length; i++) products[i]! += product!.data[i]!;
      count += n;
    }
  } finally {
    await session.dispose();
  }
  return { count, sums, products };
}

/** ⟨x − mean, c⟩ for each image of [n, pixels] and each component c, as [n, components]: PCA's codes. */
export function pcaScores({ mean, components }: Pca, images: Float32Array): Float32Array {
  const pixels = mean.length;
  const scores = new Float32Array((images.length / pixels) * components.length);
  const centred = new Float64Array(pixels);
  let at = 0;
  for (let start = 0; start < images.length; start += pixels) {
    for (let i = 0; i < pixels; i++) centred[i] = images[start + i]! - mean[i]!;
    for (const component of components) {
      let score = 0;
      for (let i = 0; i < pixels; i++) score += centred[i]! * component[i]!;
      scores[at++] = score;
    }
  }
  return scores;
}

/** mean + Σ ⟨x − mean, c⟩ c for each image of [n, pixels]. */
export function reconstructPca({ mean, components }: Pca, images: Float32Array): Float32Array {
  const pixels = mean.length;
  const result = new Float32Array(images.length);
  const sum = new Float64Array(pixels);
  for (let start = 0; start < images.length; start += pixels) {
    sum.set(mean);
    for (const component of components) {
      let projection = 0;
      for (let i = 0; i < pixels; i++) projection += (images[start + i]! - mean[i]!) * component[i]!;
      for (let i = 0; i < pixels; i++) sum[i]! += projection * component[i]!;
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
  const pixels = pca.mean.length;
  const count = pca.components.length;
  if (pixels <= EXACT_PIXELS || count === 0) {
    return { reconstruct: async (images) => reconstructPca(pca, images), dispose: async () => {} };
  }
  const x = input('x', [BATCH, pixels]);
  const m = input('m', [1, pixels]);
  const c = input('c', [count, pixels]);
  const projected = add(gemm(gemm(sub(x, m), c, { transB: true }), c), m);
  const model = encodeModel({ name: 'pca', inputs: { x, m, c }, outputs: { projected } });
  const session = await engine.open(model, { threads });
  const mean = { data: Float32Array.from(pca.mean), shape: [1, pixels] };
  const components = { data: new Float32Array(count * pixels), shape: [count, pixels] };
  for (const [k, component] of pca.components.entries()) components.data.set(component, k * pixels);
  return {
    async reconstruct(images) {
      const { projected } = await session.run({
        x: { data: images, shape: [images.length / pixels, pixels] },
        m: mean,
        c: components,
      });
      return projected!.data;
    },
    dispose: () => session.dispose(),
  };
}
