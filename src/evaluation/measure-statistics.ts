/** The statistics of a run that has none, measured on its data and written next to its model. */

import { join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { MODEL_FOLDER } from '../model/content.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { encodeStatistics, STATISTICS_FILE, type Statistics } from '../model/statistics.ts';
import { loadModel } from '../node/load-model.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { writeWhole } from '../store/index.ts';
import { SILENT } from './progress.ts';
import { readResults } from './results.ts';
import { statisticsOf } from './statistics.ts';

/**
 * Measures the statistics of a run that was made before they were kept, on the data it was trained on, and writes them
 * next to its model. A run that has them is measured again.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if the run is not finished or cannot be written; `data` if its images are missing or
 * have changed.
 *
 * @example
 * ```ts
 * import { measureStatistics } from 'hourglass';
 *
 * const { scores } = await measureStatistics('runs/digits');
 * console.log(scores.mean, scores.std); // of the anomaly scores of held-out images
 * ```
 */
export async function measureStatistics(run: string, options: SessionData = {}): Promise<Statistics> {
  return measure(run, options, (error) => Promise.reject(error));
}

/**
 * The same for a run that may be read-only.
 * @param onUnwritable is called where the statistics cannot be kept.
 */
export async function measure(
  run: string,
  options: SessionData,
  onUnwritable: (error: HourglassError) => void | Promise<void>,
): Promise<Statistics> {
  const { manifest, recipe, splits } = await openRunData(run, options);
  const model = inScaledUnits(await loadModel(run, { threads: manifest.threads }));
  try {
    const results = await readResults(run, manifest).catch(() => null);
    const statistics = await statisticsOf(model, recipe, splits, results?.diagnosis ?? null, SILENT);
    try {
      await writeWhole(join(run, MODEL_FOLDER, STATISTICS_FILE), encodeStatistics(statistics));
    } catch (error) {
      if (!(error instanceof HourglassError)) throw error;
      await onUnwritable(error);
    }
    return statistics;
  } finally {
    await model.dispose();
  }
}
