/** Pages of reconstructions that are kept during a training, for the picture of its epochs. */
import { join } from 'node:path';
import { readFileIfThere } from '../read-file.ts';
import { writeWhole } from '../store/index.ts';
import { epochPage } from '../views/pictures/epochs.ts';
import type { Observer } from './observer.ts';
import type { Session } from './state.ts';

/** Bytes of a page of 1024 × 1024 colour images that do not compress. */
const LARGEST = 512 * 2 ** 20;

const FOLDER = 'epochs';

const fileOf = (run: string, epoch: number) =>
  join(run, FOLDER, `epoch-${String(epoch).padStart(6, '0')}.png`);

/** The observer that keeps a page of the model's reconstructions. */
export const epochKeeper = ({ folder, dataset }: Pick<Session, 'folder' | 'dataset'>): Observer => ({
  sample: async (model, epoch) => writeWhole(fileOf(folder, epoch), await epochPage(dataset, model)),
});

/** Null if none was kept. */
export const readEpoch = (run: string, epoch: number): Promise<Uint8Array | null> =>
  readFileIfThere(fileOf(run, epoch), { most: LARGEST });
