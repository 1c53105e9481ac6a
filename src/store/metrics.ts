/** A run's metrics by epoch: `metrics.jsonl`, a line appended after each, and `metrics.csv`, made from it. */
import { join } from 'node:path';
import * as z from 'zod';
import { type CsvValue, encodeCsv } from '../codecs/csv.ts';
import { HourglassError } from '../errors.ts';
import { readTextIfThere } from '../read-file.ts';
import { writeWhole } from './part-file.ts';

const JSONL = 'metrics.jsonl';
const CSV = 'metrics.csv';
/** Bytes: a row takes some 500, so that this is half a million epochs. */
const LARGEST = 256 * 2 ** 20;

const losses = z.record(z.string(), z.number());

const rowSchema = z.object({
  /** Counted from 1. */
  epoch: z.int(),
  /** Steps since the beginning of the run. */
  step: z.int(),
  /** The loss and its parts by name, means over the epoch's images, each as it was trained on (dropout on). */
  training: losses,
  /** The loss and its parts by name means over the validation images after the epoch (dropout off). */
  validation: losses,
  /** The learning rate of the epoch's last step. */
  learningRate: z.number(),
  /** Seconds of the epoch, its validation included. */
  seconds: z.number(),
  /** Training images per second, validation not counted. */
  imagesPerSecond: z.number(),
});

/** The metrics of one epoch: a line of `metrics.jsonl`. */
export interface MetricsRow extends z.infer<typeof rowSchema> {}

/** Writes both files again, complete: a few kilobytes, so that a crash cannot leave half a line. */
export async function writeMetrics(run: string, rows: readonly MetricsRow[]): Promise<void> {
  await writeWhole(join(run, JSONL), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeWhole(join(run, CSV), encodeCsv(rows.map(flat)));
}

/** The rows of the epochs up to `epoch`: rows after the checkpoint that a run resumes from are not its own. */
export async function readMetrics(run: string, epoch = Number.POSITIVE_INFINITY): Promise<MetricsRow[]> {
  const file = join(run, JSONL);
  const text = (await readTextIfThere(file, { most: LARGEST })) ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  const rows = lines.map((line, i) => parseRow(line, `${file}, line ${i + 1}`));
  return rows.filter((row) => row.epoch <= epoch);
}

function parseRow(line: string, place: string): MetricsRow {
  try {
    return rowSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new HourglassError(
      'run',
      { subject: place, rule: 'is damaged', hint: 'delete the file to continue without the earlier figures' },
      { cause },
    );
  }
}

function flat({ training, validation, ...rest }: MetricsRow): Record<string, CsvValue> {
  const prefixed = (prefix: string, values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
  return { ...rest, ...prefixed('training', training), ...prefixed('validation', validation) };
}
