/** How fast data sets are opened, from their names to all of their bytes in memory. */
import { join } from 'node:path';
import type { LabelledImages } from '../src/data/dataset.ts';
import { once } from './once.ts';
import { writeIdxSet, writePngFolder } from './sets.ts';
import { type Spread, spread } from './statistics.ts';
import type { OpeningTaken, OpeningTask } from './workers/open-set.ts';

export interface Loading {
  /** What was opened. */
  what: string;
  images: number;
  milliseconds: Spread;
}

const MNIST = 60_000;
const FILES = 2000;

/** The files were just written: they come from memory rather than from a disk. */
export async function measureLoading(
  folder: string,
  digits: LabelledImages,
  { rounds, log }: { rounds: number; log: (line: string) => void },
): Promise<Loading[]> {
  log('loading: writing files');
  const dataDir = writeIdxSet(join(folder, 'idx'), digits, MNIST);
  const pngs = writePngFolder(join(folder, 'png'), digits, FILES);
  const tasks: (OpeningTask & { what: string })[] = [
    { what: '`mnist-10k`, JSON in the package', set: 'mnist-10k', options: {} },
    { what: 'gzipped IDX files as large as MNIST', set: 'mnist', options: { dataDir } },
    { what: 'a folder of PNG files, 28×28', set: pngs, options: {} },
  ];
  const taken = tasks.map((): OpeningTaken[] => []);
  for (let round = 0; round < rounds; round++) {
    log(`loading: round ${round + 1} of ${rounds}`);
    for (const [i, { set, options }] of tasks.entries()) {
      taken[i]!.push(await once('open-set', { set, options }));
    }
  }
  return tasks.map(({ what }, i) => ({
    what,
    images: taken[i]![0]!.images,
    milliseconds: spread(taken[i]!.map(({ seconds }) => 1000 * seconds)),
  }));
}
