/** Removes noise, with a model that was trained to reconstruct clean images from corrupted ones. */

import type { Engine, FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { corruptImages } from '../../training/index.ts';
import { type ImageValues, imagesOf } from '../given-arrays.ts';
import { type Model, scaled } from '../model.ts';

/**
 * Reconstructions of noisy images, [n, channels, height, width]. The images are used as they are: no noise is added
 * (see {@link addNoise}).
 *
 * @throws HourglassError of kind `usage` if the model was not trained with a corruption: it would keep noise as it keeps
 * strokes.
 *
 * @example
 * ```ts
 * import { denoise, loadModel, openImages } from 'hourglass';
 *
 * await using model = await loadModel('runs/denoiser');
 * for await (const { values } of openImages(['photos'], model.info.preprocessing)) {
 *   const clean = await denoise(model, values);
 *   console.log(clean.shape);
 * }
 * ```
 */
export async function denoise(
  model: Pick<Model, 'info' | 'reconstruct'>,
  images: ImageValues,
): Promise<FloatArray> {
  requireDenoiser(model);
  return model.reconstruct(images);
}

/**
 * Images with the noise that the model was trained on, [n, channels, height, width]: the same for the same seed and the
 * same positions.
 * @param options.firstRow the position of the first image among all, if they come in pieces.
 */
export async function addNoise(
  engine: Engine,
  model: Model,
  given: ImageValues,
  { seed = 1, firstRow = 0 }: { seed?: number; firstRow?: number } = {},
): Promise<FloatArray> {
  requireDenoiser(model);
  const { channels, height, width } = model.info.image;
  const values = channels * height * width;
  const images = imagesOf(given, [channels, height, width]);
  const range = model.info.rows === null ? ([0, 1] as const) : null;
  const place = { split: 'test', firstRow, seed, range } as const;
  const data = await corruptImages(engine, model.info.corruption, scaled(images), model.info.image, place);
  return { data, shape: [images.length / values, channels, height, width] };
}

export function requireDenoiser({ info }: Pick<Model, 'info'>): void {
  if (info.corruption.type !== 'none') return;
  throw new HourglassError('usage', {
    subject: 'denoise',
    rule: `needs a model that was trained with a corruption, and ${info.recipe} was trained on clean images`,
    hint: "train one with '--set corruption.type=gaussian --set corruption.sigma=0.4', or use reconstruct",
  });
}
