/** The images of some classes. */
import type { ImageSet } from '../../src/studio/protocol.ts';

/** @param chosen `data.classes` of a recipe: names, or positions in the list of all classes; null for all images. */
export function ofClasses(set: ImageSet, chosen: unknown): ImageSet {
  if (!Array.isArray(chosen)) return set;
  const { classes, labels, values } = set;
  // As trainings read them: text that is no name is a position.
  const wanted = new Set(
    chosen.map((each) => (classes.includes(each) ? classes.indexOf(each) : Number(each))),
  );
  const places = [...labels.keys()].filter((i) => wanted.has(labels[i]!));
  const size = set.channels * set.height * set.width;
  const kept = new Uint8Array(places.length * size);
  for (const [k, i] of places.entries()) kept.set(values.subarray(i * size, (i + 1) * size), k * size);
  return { ...set, count: places.length, values: kept, labels: Uint8Array.from(places, (i) => labels[i]!) };
}
