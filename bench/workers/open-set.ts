/** Opens a data set and says how long that took: from its name to all of its bytes in memory. */
import { type DataOptions, openDataset } from 'hourglass';

export interface OpeningTask {
  set: string;
  options: DataOptions;
}

export interface OpeningTaken {
  seconds: number;
  images: number;
}

const { set, options } = JSON.parse(process.argv[2]!) as OpeningTask;
const start = performance.now();
const { train, validation, test } = await openDataset(set, options);
const taken: OpeningTaken = {
  seconds: (performance.now() - start) / 1000,
  images: train.count + (validation?.count ?? 0) + test.count,
};
process.stdout.write(JSON.stringify(taken));
