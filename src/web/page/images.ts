/** Images that a caller in a page gives: values as on Node, or pictures. */
import type { WholePreprocessing } from '../../data/images/preprocessing.ts';
import type { ImageValues, RowValues } from '../../model/index.ts';
import { converted, fitting, type Picture } from '../pixels.ts';

/** Images: values as on Node, or one picture or more. For a model of rows: rows of numbers, as on Node. */
export type PageImages = ImageValues | RowValues | Picture | readonly Picture[];

const isPicture = (given: unknown): given is Picture =>
  typeof given === 'object' && given !== null && 'width' in given && 'height' in given;

/**
 * Pictures as the values that a model takes: bytes [n, channels, height, width]. Anything else stays as it is: the model says
 * what is wrong with it.
 */
export function valuesOf(images: PageImages, preprocessing: WholePreprocessing): ImageValues | RowValues {
  const pictures: readonly unknown[] = Array.isArray(images) ? images : [images];
  if (pictures.length === 0 || !pictures.every(isPicture)) return images as ImageValues | RowValues;
  const { height, width, channels } = preprocessing;
  const size = height * width * channels;
  const values = new Uint8Array(pictures.length * size);
  const fitted = fitting(preprocessing);
  for (const [i, picture] of pictures.entries()) {
    values.set(converted(fitted(picture), preprocessing), i * size);
  }
  return values;
}
