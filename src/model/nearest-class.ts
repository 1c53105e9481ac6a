/** Reconstructions of images whose class nobody gives: as the class that fits best. */
import type { FloatArray } from '../engine/index.ts';
import { knownClasses } from './classes.ts';
import type { Model } from './interface.ts';
import { scaled } from './model.ts';
import { scaledRows } from './rows.ts';

/**
 * What `reconstruct` gives; of a conditional model the reconstruction as the class whose squared error is the least, image by
 * image. It takes a run for each class.
 */
export async function reconstructedAsNearest(
  model: Model,
  images: Uint8Array | Float32Array,
): Promise<FloatArray> {
  const classes = knownClasses(model.info);
  if (classes.length === 0) return model.reconstruct(images);
  const { rows } = model.info;
  const comparable = (values: Uint8Array | Float32Array) =>
    rows === null ? scaled(values) : scaledRows(rows, values as Float32Array);
  const given = comparable(images);
  let nearest: FloatArray | null = null;
  let least = new Float64Array();
  for (const name of classes) {
    const made = await model.reconstruct(images, { classes: name });
    const count = made.shape[0]!;
    const size = given.length / count;
    const found = comparable(made.data);
    const errors = new Float64Array(count);
    for (let i = 0; i < given.length; i++) errors[Math.floor(i / size)]! += (given[i]! - found[i]!) ** 2;
    if (nearest === null) {
      nearest = made;
      least = errors;
      continue;
    }
    for (const [i, error] of errors.entries()) {
      if (error >= least[i]!) continue;
      least[i] = error;
      nearest.data.set(made.data.subarray(i * size, (i + 1) * size), i * size);
    }
  }
  return nearest!;
}
