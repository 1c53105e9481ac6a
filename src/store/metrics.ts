/** A run's metrics by epoch: `metrics.jsonl`, a line appended after each, and `metrics.csv`, made from it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CsvValue, encodeCsv } from '../codecs/csv.ts';
import { writeWhole } from './atomic.ts';

const JSONL = 'metrics.jsonl';
const CSV = 'metrics.csv';

export interface MetricsRow {
  epoch: number;
  step: number;
  training: Record<string, number>;
  validation: Record<string, number>;
  learningRate: number;
  seconds: number;
  imagesPerSecond: number;
}

/** Both files anew, whole: a few kilobytes, so that a crash can't leave half a line. */
export async function writeMetrics(run: string, rows: readonly MetricsRow[]): Promise<void> {
  await writeWhole(join(run, JSONL), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeWhole(join(run, CSV), encodeCsv(rows.map(flat)));
}

/** The rows of the epochs up to `epoch`: those after the checkpoint that a run goes on from are not its own. */
export async function readMetrics(run: string, epoch = Number.POSITIVE_INFINITY): Promise<MetricsRow[]> {
  const text = await readFile(join(run, JSONL), 'utf8').catch(() => '');
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MetricsRow);
  return rows.filter((row) => row.epoch <= epoch);
}

function flat({ training, validation, ...rest }: MetricsRow): Record<string, CsvValue> {
  const prefixed = (prefix: string, values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
  return { ...rest, ...prefixed('training', training), ...prefixed('validation', validation) };
}
