/** Pages of reconstructions that are kept during a training, for the picture of its epochs. */
import type { RunFiles } from '../record/index.ts';
import { epochPage } from '../views/index.ts';
import type { Observer } from './observer.ts';
import type { Session } from './state.ts';

/** Bytes of a page of 1024 × 1024 colour images that do not compress. */
const LARGEST = 512 * 2 ** 20;

const FOLDER = 'epochs';

const fileOf = (epoch: number) => `${FOLDER}/epoch-${String(epoch).padStart(6, '0')}.png`;

/** The observer that keeps a page of the model's reconstructions. */
export const epochKeeper = ({ files, dataset }: Pick<Session, 'files' | 'dataset'>): Observer => ({
  sample: async (model, epoch) => files.write(fileOf(epoch), await epochPage(dataset, model)),
});

/** Null if none was kept. */
export const readEpoch = (files: RunFiles, epoch: number): Promise<Uint8Array | null> =>
  files.read(fileOf(epoch), LARGEST);
