/** The images of a run's data set, for the page. */
import { openRunData } from '../../runs/index.ts';
import { firstBytes } from '../../views/pictures/input.ts';
import type { ImageSet } from '../protocol.ts';

/** Bytes of images that are sent; the first ones, if there are more. */
const MOST = 2 ** 27;

export async function imagesOf(
  folder: string,
  split: 'train' | 'test',
  dataDir: string | null,
): Promise<ImageSet> {
  const { dataset } = await openRunData(folder, dataDir === null ? {} : { dataDir });
  const { height, width, channels, classes, [split]: source } = dataset;
  const most = Math.max(1, Math.floor(MOST / (height * width * channels)));
  const { images: values, count } = await firstBytes(source, most);
  return { count, height, width, channels, values, labels: source.labels.slice(0, count), classes };
}
