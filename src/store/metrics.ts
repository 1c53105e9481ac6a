/** A run's metrics on disk. */
import { type MetricsRow, readMetrics as metricsIn } from '../record/index.ts';
import { runFiles } from './run-files.ts';

/** The rows of the epochs up to `epoch`: by default all. */
export const readMetrics = (run: string, epoch?: number): Promise<MetricsRow[]> =>
  metricsIn(runFiles(run), epoch);
