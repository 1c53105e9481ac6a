/** The images, or the rows, of a run. */
import type { ImageSet, RowSet, SampleSet } from '../../src/studio/protocol.ts';
import type { Host } from '../host/host.ts';

type Split = 'train' | 'test';

/** The values of one sample. */
export const widthOfSample = (set: SampleSet): number =>
  set.kind === 'row' ? set.encoding.offset.length : set.height * set.width * set.channels;

/** @throws Error for a run of rows. */
export async function imagesOf(host: Host, id: string, split: Split): Promise<ImageSet> {
  const set = await host.samples(id, split);
  if (set.kind === 'image') return set;
  throw new Error('this run was trained on rows of a table, and not on images');
}

/** @throws Error for a run of images. */
export async function rowsOf(host: Host, id: string, split: Split): Promise<RowSet> {
  const set = await host.samples(id, split);
  if (set.kind === 'row') return set;
  throw new Error('this run was trained on images, and not on rows of a table');
}
