/** A split of a data set as a source of samples. */
import { imageSpec, type LabelledSource, type MemorySource, memorySource } from '../samples/index.ts';
import type { Dataset, LabelledImages } from './dataset.ts';

/** The images of one of a data set's splits. */
export const sourceOf = (
  image: Pick<Dataset, 'height' | 'width' | 'channels'>,
  { images, labels, names }: LabelledImages,
): MemorySource & LabelledSource => ({
  ...memorySource(imageSpec(image), images, names === undefined ? {} : { names }),
  labels,
});
