/** Quantised codes as whole numbers: of images, and back to images. */
import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { Told } from '../classes.ts';
import type { ImageValues } from '../given-arrays.ts';
import type { Model } from '../model.ts';
import type { IntegerArray, Quantised } from '../quantised.ts';
import type { RowValues } from '../rows.ts';

/**
 * The codes of images as whole numbers, [n, …model.quantised.shape]: the number of the codebook's vector at each position, or the
 * level of each unit. They are all that `decodeIntegers` needs.
 *
 * @param told the classes of the images, which a conditional model needs.
 * @throws HourglassError of kind `usage` for a model whose codes are not quantised, and as `model.encode` does.
 *
 * @example
 * ```ts
 * import { decodeIntegers, encodeIntegers, loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/vq');
 * const { test } = await openDataset('mnist-10k');
 * const { data, shape } = await encodeIntegers(model, test.images.subarray(0, 784));
 * console.log(shape, data[0]); // [ 1, 16 ], a number from 0 to 255
 * const image = await decodeIntegers(model, data);
 * ```
 */
export async function encodeIntegers(
  model: Pick<Model, 'info' | 'encode' | 'quantised'>,
  images: ImageValues | RowValues,
  told?: Told,
): Promise<IntegerArray> {
  const quantised = requireQuantised(model);
  const { data } = await model.encode(images, told);
  const { integersOfCodes } = await import('../quantised.ts');
  return integersOfCodes(quantised, data, model.info.recipe);
}

/**
 * Images, [n, channels, height, width] in [0, 1], of codes as whole numbers, n · the numbers of a code one after the other: the
 * same as of their vectors.
 *
 * @param told the classes to decode them as, which a conditional model needs.
 * @throws HourglassError of kind `usage` for a model whose codes are not quantised, and for numbers that it does not have; `data`
 * for incomplete codes.
 *
 * @example
 * ```ts
 * import { decodeIntegers, loadModel } from 'hourglass';
 *
 * await using model = await loadModel('runs/vq');
 * const { shape } = await decodeIntegers(model, new Uint8Array(16));
 * console.log(shape); // [ 1, 1, 28, 28 ]
 * ```
 */
export async function decodeIntegers(
  model: Pick<Model, 'info' | 'decode' | 'quantised'>,
  integers: ArrayLike<number>,
  told?: Told,
): Promise<FloatArray> {
  const quantised = requireQuantised(model);
  const { codesOfIntegers } = await import('../quantised.ts');
  return model.decode(codesOfIntegers(quantised, integers, model.info.recipe), told);
}

/** @throws HourglassError of kind 'usage' for a model whose codes are not quantised. */
export function requireQuantised({ info, quantised }: Pick<Model, 'info' | 'quantised'>): Quantised {
  if (quantised !== undefined) return quantised;
  throw new HourglassError('usage', {
    subject: 'codes as whole numbers',
    rule: `need a quantised code (vq or fsq): those of ${info.recipe} are not, or were written by an older hourglass`,
    hint: 'use their vectors',
  });
}
