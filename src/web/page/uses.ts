/** What a model is used for, by the names and with the results that these functions have on Node. */
import type { FloatArray } from '../../engine/index.ts';
import type {
  Anomalies,
  AnomalyOptions,
  IntegerArray,
  Interpolation,
  InterpolationMethod,
  Manifold,
  ManifoldOptions,
  SampleOptions,
  Samples,
  Told,
} from '../../model/index.ts';
import { type PageImages, valuesOf } from './images.ts';
import { callOf, type PageModel } from './model.ts';

const values = (model: PageModel, images: PageImages) => valuesOf(images, model.info.preprocessing);

/**
 * Scores of images: how far each is from its reconstruction, and which exceed the threshold.
 *
 * @example
 * ```ts
 * import { anomaly, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/digits');
 * const digit = new Uint8Array(28 * 28).fill(128);
 * const { scores, flagged } = await anomaly(model, digit, { threshold: 0.05 });
 * console.log(scores[0], flagged[0]);
 * ```
 */
export async function anomaly(
  model: PageModel,
  images: PageImages,
  options: AnomalyOptions = {},
): Promise<Anomalies> {
  return callOf(model).call('anomaly', values(model, images), options);
}

/**
 * Images without their noise, by a model that was trained to remove it.
 *
 * @example
 * ```ts
 * import { denoise, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/denoiser');
 * const digit = new Uint8Array(28 * 28).fill(128);
 * const { data, shape } = await denoise(model, digit);
 * console.log(data[0], shape); // [ 1, 1, 28, 28 ]
 * ```
 */
export async function denoise(model: PageModel, images: PageImages, told: Told = {}): Promise<FloatArray> {
  return callOf(model).call('denoise', values(model, images), told);
}

/**
 * Images with the noise that a model was trained to remove: the same for the same seed.
 *
 * @throws HourglassError of kind `usage` if the model was trained on clean images; in `hourglass/use` also for made defects, which need
 * `hourglass/web`.
 *
 * @example
 * ```ts
 * import { addNoise, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/denoiser');
 * const digit = new Uint8Array(28 * 28).fill(128);
 * const noisy = await addNoise(model, digit, { seed: 7 });
 * console.log(noisy.shape); // [ 1, 1, 28, 28 ]
 * ```
 */
export async function addNoise(
  model: PageModel,
  images: PageImages,
  options: { seed?: number; firstRow?: number } = {},
): Promise<FloatArray> {
  return callOf(model).call('addNoise', values(model, images), options);
}

/**
 * The codes of images as whole numbers, [n, …model.quantised.shape]: the number of the codebook's vector at each position, or the
 * level of each unit.
 *
 * @throws HourglassError of kind `usage` for a model whose codes are not quantised.
 *
 * @example
 * ```ts
 * import { decodeIntegers, encodeIntegers, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/digits');
 * if (model.quantised === undefined) console.log('its codes are not whole numbers');
 * else {
 *   const { data, shape } = await encodeIntegers(model, new Uint8Array(28 * 28).fill(128));
 *   console.log(shape, (await decodeIntegers(model, data)).shape);
 * }
 * ```
 */
export async function encodeIntegers(
  model: PageModel,
  images: PageImages,
  told?: Told,
): Promise<IntegerArray> {
  return callOf(model).call('encodeIntegers', values(model, images), told);
}

/**
 * Images, [n, channels, height, width] in [0, 1], of codes as whole numbers: the same as of their vectors.
 *
 * @throws HourglassError of kind `usage` for a model whose codes are not quantised, and for numbers that it does not have; `data`
 * for incomplete codes.
 *
 * @example
 * ```ts
 * import { decodeIntegers, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/digits');
 * const { quantised } = model;
 * if (quantised === undefined) console.log('its codes are not whole numbers');
 * else {
 *   const numbers = new Uint8Array(quantised.shape.reduce((a, b) => a * b, 1));
 *   console.log((await decodeIntegers(model, numbers)).shape); // [ 1, 1, 28, 28 ]
 * }
 * ```
 */
export async function decodeIntegers(
  model: PageModel,
  integers: IntegerArray['data'] | Uint32Array | Int32Array | readonly number[],
  told?: Told,
): Promise<FloatArray> {
  return callOf(model).call('decodeIntegers', integers, told);
}

/**
 * Images between two codes, the ends among them.
 *
 * @example
 * ```ts
 * import { interpolate, loadModel } from 'hourglass/use';
 *
 * const model = await loadModel('runs/digits');
 * const digit = new Uint8Array(28 * 28).fill(128);
 * const { data } = await model.encode(digit);
 * const { images } = await interpolate(model, data, new Float32Array(data.length), 7);
 * console.log(images.shape); // [ 1, 7, 1, 28, 28 ]
 * ```
 */
export async function interpolate(
  model: PageModel,
  first: Float32Array,
  second: Float32Array,
  steps: number,
  options: { method?: InterpolationMethod } & Told = {},
): Promise<Interpolation> {
  return callOf(model).call('interpolate', first, second, steps, options);
}

/**
 * Images of codes on a grid: the plane of two units of the code.
 *
 * @example
 * ```ts
 * import { loadModel, manifold } from 'hourglass/use';
 *
 * const model = await loadModel('runs/vae');
 * const { images, x, y } = await manifold(model, 12);
 * console.log(images.shape, x, y); // [ 12, 12, 1, 28, 28 ] …
 * ```
 */
export async function manifold(
  model: PageModel,
  size: number,
  options: ManifoldOptions = {},
): Promise<Manifold> {
  return callOf(model).call('manifold', size, options);
}

/**
 * Draws codes and decodes them: the same for the same model, count and seed.
 *
 * @example
 * ```ts
 * import { loadModel, sample } from 'hourglass/use';
 *
 * const model = await loadModel('runs/vae');
 * const { images, note } = await sample(model, 16, 7);
 * console.log(images.shape, note); // [ 16, 1, 28, 28 ] …
 * ```
 */
export async function sample(
  model: PageModel,
  count: number,
  seed = 1,
  options: SampleOptions = {},
): Promise<Samples> {
  return callOf(model).call('sample', count, seed, options);
}
