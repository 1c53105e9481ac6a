/** Where the anomalies that a command finds go: a file of scores, or a folder with scores.csv and more for the format `png`. */
import type { Destination } from './destination.ts';
import { PartFolder } from './pictures.ts';
import { openRows, type RowWriter } from './rows.ts';

export interface AnomalyTarget {
  /** Null for the terminal or a pipe. */
  readonly path: string | null;
  readonly rows: RowWriter;
  /** Null for a file of scores alone. */
  readonly folder: PartFolder | null;
}

export async function openAnomalyTarget({
  path,
  format,
  force,
  rawCsv,
}: Destination): Promise<AnomalyTarget> {
  if (format !== 'png')
    return { path, rows: await openRows(path, format as 'csv' | 'jsonl', force, rawCsv), folder: null };
  const folder = await PartFolder.open(path!, force);
  return { path, rows: await openRows(folder.at('scores.csv'), 'csv', false, rawCsv), folder };
}

export async function abandonTarget({ rows, folder }: AnomalyTarget): Promise<void> {
  await rows.abandon();
  await folder?.abandon();
}
