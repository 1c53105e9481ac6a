/** Pages of reconstructions that are kept during a training, for the picture of its epochs. */
import { join } from 'node:path';
import { readFileIfThere } from '../read-file.ts';
import { writeWhole } from '../store/index.ts';

/** Bytes of a page of 1024 × 1024 colour images that do not compress. */
const LARGEST = 512 * 2 ** 20;

const FOLDER = 'epochs';

const fileOf = (run: string, epoch: number) =>
  join(run, FOLDER, `epoch-${String(epoch).padStart(6, '0')}.png`);

export const keepEpoch = (run: string, epoch: number, page: Uint8Array): Promise<void> =>
  writeWhole(fileOf(run, epoch), page);

/** Null if none was kept. */
export const readEpoch = (run: string, epoch: number): Promise<Uint8Array | null> =>
  readFileIfThere(fileOf(run, epoch), { most: LARGEST });
