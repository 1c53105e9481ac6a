/** The maps that a decoder begins with, where a dense layer makes them. */
import { type ImageShape, sideFactor } from '../models/index.ts';
import type { Adapted } from './adapt.ts';
import type { Recipe } from './recipe.ts';
import { covers } from './values.ts';

/**
 * The fitting before the model is built: the sides of a decoder's first maps, and the units of the dense layer before them, from
 * which its upsamplings return to the image's sides. Left alone are a decoder without such a pair, other paddings than `same`,
 * and sides that the upsamplings do not divide.
 * @param shape of the images. Rows have no decoder of maps.
 */
export function fitMaps(recipe: Recipe, { height, width }: ImageShape, given: readonly string[]): Adapted {
  const unchanged = { recipe, reasons: [] };
  if (!recipe.adapt || given.some((set) => covers(set, 'model.decoder'))) return unchanged;
  const { decoder } = recipe.model;
  const at = decoder.findIndex(({ type }) => type === 'reshape');
  const [dense, maps] = [decoder[at - 1], decoder[at]];
  if (dense?.type !== 'dense' || maps?.type !== 'reshape' || maps.shape.length !== 3) return unchanged;
  const later = decoder.slice(at + 1);
  if (later.some((layer) => 'padding' in layer && layer.padding !== 'same')) return unchanged;
  const [channels, ...before] = maps.shape as [number, number, number];
  const sides = [height, width].map((side) => side / sideFactor(later)) as [number, number];
  if (!sides.every(Number.isInteger) || sides.every((side, i) => side === before[i])) return unchanged;
  const [rows, columns] = sides;
  const fitted = [
    ...decoder.slice(0, at - 1),
    { ...dense, units: channels * rows * columns },
    { ...maps, shape: [channels, rows, columns] },
    ...later,
  ];
  return {
    recipe: { ...recipe, model: { ...recipe.model, decoder: fitted } },
    reasons: [
      `the decoder begins with maps of ${columns} × ${rows} instead of ${before[1]} × ${before[0]}: the images are ${width} × ${height}`,
    ],
  };
}
