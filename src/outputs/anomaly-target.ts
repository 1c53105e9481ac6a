/** Where the anomalies that a command finds go: a file of scores, or a folder with scores.csv and more for the format `png`. */
import type { Destination } from './destination.ts';
import { PartFolder } from './pictures.ts';
import { openRows, type RowWriter } from './rows.ts';
import type { Unfinished } from './unfinished.ts';

export interface AnomalyTarget {
  /** Null for the terminal or a pipe. */
  readonly path: string | null;
  readonly rows: RowWriter;
  /** Null for a file of scores alone. */
  readonly folder: PartFolder | null;
}

export async function openAnomalyTarget(
  { path, format, force, rawCsv }: Destination,
  work: Unfinished | null,
): Promise<AnomalyTarget> {
  if (format !== 'png')
    return { path, rows: await openRows(path, format as 'csv' | 'jsonl', force, rawCsv, work), folder: null };
  const folder = await PartFolder.open(path!, force, work);
  return { path, rows: await openRows(folder.at('scores.csv'), 'csv', work !== null, rawCsv, work), folder };
}

export async function abandonTarget({ rows, folder }: AnomalyTarget): Promise<void> {
  await rows.abandon();
  await folder?.abandon();
}
