/** What a model is used for, by the names and with the results that these functions have on Node. */
import type { FloatArray } from '../../engine/index.ts';
import type {
  Anomalies,
  AnomalyOptions,
  Interpolation,
  InterpolationMethod,
  Manifold,
  ManifoldOptions,
  SampleOptions,
  Samples,
} from '../../model/index.ts';
import { type PageImages, valuesOf } from './images.ts';
import { callOf, type PageModel } from './model.ts';

const values = (model: PageModel, images: PageImages) => valuesOf(images, model.info.preprocessing);

/** Scores of images: how far each is from its reconstruction, and which exceed the threshold. */
export async function anomaly(
  model: PageModel,
  images: PageImages,
  options: AnomalyOptions = {},
): Promise<Anomalies> {
  return callOf(model).call('anomaly', values(model, images), options);
}

/** Images without their noise, by a model that was trained to remove it. */
export async function denoise(model: PageModel, images: PageImages): Promise<FloatArray> {
  return callOf(model).call('denoise', values(model, images));
}

/** Images with the noise that a model was trained to remove: the same for the same seed. */
export async function addNoise(
  model: PageModel,
  images: PageImages,
  options: { seed?: number; firstRow?: number } = {},
): Promise<FloatArray> {
  return callOf(model).call('addNoise', values(model, images), options);
}

/** Images between two codes, the ends among them. */
export async function interpolate(
  model: PageModel,
  first: Float32Array,
  second: Float32Array,
  steps: number,
  options: { method?: InterpolationMethod } = {},
): Promise<Interpolation> {
  return callOf(model).call('interpolate', first, second, steps, options);
}

/** Images of codes on a grid: the plane of two units of the code. */
export async function manifold(
  model: PageModel,
  size: number,
  options: ManifoldOptions = {},
): Promise<Manifold> {
  return callOf(model).call('manifold', size, options);
}

/** Draws codes and decodes them: the same for the same model, count and seed. */
export async function sample(
  model: PageModel,
  count: number,
  seed = 1,
  options: SampleOptions = {},
): Promise<Samples> {
  return callOf(model).call('sample', count, seed, options);
}
