/** A run's metrics by epoch: the lines of `metrics.jsonl`, and `metrics.csv`, made from them. */
import * as z from 'zod';
import { type CsvValue, encodeCsv } from '../codecs/csv.ts';
import { HourglassError } from '../errors.ts';
import type { RunFiles } from './files.ts';

const METRICS_JSONL = 'metrics.jsonl';
const METRICS_CSV = 'metrics.csv';
/** Bytes: a row takes some 500, so that this is half a million epochs. */
const LARGEST_METRICS = 256 * 2 ** 20;

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
export async function writeMetrics(files: RunFiles, rows: readonly MetricsRow[]): Promise<void> {
  await files.write(METRICS_JSONL, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await files.write(METRICS_CSV, encodeCsv(rows.map(flat)));
}

/** The rows of the epochs up to `epoch`; none where there is no file. */
export async function readMetrics(files: RunFiles, epoch?: number): Promise<MetricsRow[]> {
  const bytes = await files.read(METRICS_JSONL, LARGEST_METRICS);
  return parseMetrics(
    new TextDecoder().decode(bytes ?? new Uint8Array()),
    files.placeOf(METRICS_JSONL),
    epoch,
  );
}

/**
 * The rows in a file's text, of the epochs up to `epoch`: rows after the checkpoint that a run resumes from are not its own.
 * @throws HourglassError of kind 'run', naming `file` and the line, if one is damaged.
 */
function parseMetrics(text: string, file: string, epoch = Number.POSITIVE_INFINITY): MetricsRow[] {
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
