/** The splits of what a training is given, for a page that shows its images. */
import { HourglassError } from '../../errors.ts';
import type { DataSplits } from '../work/data.ts';
import { startWorker } from '../worker-thread.ts';
import { postedData, type TrainingData } from './given-data.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * The images of a data set by split, exactly as a training with the same data gets them.
 *
 * @throws HourglassError of kind `usage` for data that are not valid; `environment` if a file of hourglass cannot be loaded.
 *
 * @example
 * ```ts
 * import { loadData } from 'hourglass/web';
 *
 * const { test, classes } = await loadData('mnist-10k');
 * console.log(test.labels.length, classes); // 1000 images, '0' to '9'
 * ```
 */
export async function loadData(data: TrainingData): Promise<DataSplits> {
  const client = new WorkerClient(startWorker());
  try {
    return await client.call<DataSplits>('data', await postedData(data));
  } finally {
    await client.end(new HourglassError('usage', { subject: 'data', rule: 'are loaded' }));
  }
}
