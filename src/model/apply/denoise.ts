/** Removes noise, with a model that was trained to reconstruct clean images from corrupted ones. */

import type { Engine, FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { CorruptionConfig, ImageShape } from '../../models/index.ts';
import { corruptImages } from '../../training/index.ts';
import type { Told } from '../classes.ts';
import { type ImageValues, imagesOf } from '../given-arrays.ts';
import { type Model, scaled } from '../model.ts';
import { requireWhole } from './checks.ts';

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
  told: Told = {},
): Promise<FloatArray> {
  requireDenoiser(model);
  return model.reconstruct(images, told);
}

/**
 * Images with the noise that the model was trained on, [n, channels, height, width]: the same for the same seed and the
 * same positions.
 * @param options.firstRow the position of the first image among all, if they come in pieces.
 */
export const addNoise = (
  engine: Engine,
  model: Model,
  images: ImageValues,
  options?: NoiseOptions,
): Promise<FloatArray> => noisyImages((...given) => corruptImages(engine, ...given), model, images, options);

/** Which noise images are given. */
export interface NoiseOptions {
  /** A whole number, 0 or more. Default 1. */
  seed?: number;
  /** The position of the first image among all, if they come in pieces. Default 0. */
  firstRow?: number;
}

/** What makes noise: a graph, or loops over arrays. */
export type Corrupt = (
  corruption: CorruptionConfig,
  images: Float32Array,
  shape: ImageShape,
  place: { split: 'test'; firstRow: number; seed: number; range: readonly [number, number] | null },
) => Promise<Float32Array>;

/** Images with a model's noise, made by `corrupt`. */
export async function noisyImages(
  corrupt: Corrupt,
  model: Pick<Model, 'info'>,
  given: ImageValues,
  { seed = 1, firstRow = 0 }: NoiseOptions = {},
): Promise<FloatArray> {
  requireDenoiser(model);
  requireWhole('seed', seed, 0);
  requireWhole('first row', firstRow, 0);
  const { channels, height, width } = model.info.image;
  const values = channels * height * width;
  const images = imagesOf(given, [channels, height, width]);
  const range = model.info.rows === null ? ([0, 1] as const) : null;
  const place = { split: 'test', firstRow, seed, range } as const;
  const data = await corrupt(model.info.corruption, scaled(images), model.info.image, place);
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
