/** Tables as inputs of the commands that use a model of rows. */
import type { Batch, Destination, Model, Progress, ScoreKind, Sink, Unfinished, Written } from '../../api.ts';
import type { RowBatch } from '../../data/tables/stream.ts';
import { HourglassError } from '../../errors.ts';
import type { TableEncoding } from '../../tables/index.ts';
import type { ClassFlag } from './class-flag.ts';
import { type DrawFlags, drawing, repeated } from './draws.ts';
import { type InputFlags, named, type Use } from './frame.ts';
import { type SampleBatch, writeThrough } from './resuming.ts';

/** How rows become what a model takes; null for a model of images. */
export async function encodingOf({ info }: Model): Promise<TableEncoding | null> {
  if (info.rows === null) return null;
  const { recordedEncoding } = await import('../../tables/index.ts');
  return recordedEncoding(info.rows);
}

/**
 * Rows of files, of folders of files or of standard input, encoded for this model.
 * @param before those that an earlier command has done: they are read, and left out.
 */
export async function* rowsFor(
  { count, note }: Use,
  encoding: TableEncoding,
  inputs: readonly string[],
  flags: InputFlags,
  before?: Progress,
): AsyncGenerator<RowBatch & SampleBatch> {
  const { openRows } = await import('../../data/tables/stream.ts');
  let read = 0;
  const batches = openRows(inputs, encoding, {
    batch: flags.batch,
    limit: flags.limit,
    onBad: flags.onBad,
    signal: count.signal,
    onNote: note,
    onSkip: (error) => count.skip(error.message),
  });
  for await (const batch of batches) {
    count.check();
    read += batch.names.length;
    // Batches are cut as they were then.
    if (read > (before?.read ?? 0)) yield { ...batch, read };
  }
}

/** Rows of a table with the columns of the training file: reconstructions as CSV or JSON lines. */
async function tableSink(
  { path, format, force, rawCsv = false }: Destination,
  encoding: TableEncoding,
  work: Unfinished | null,
): Promise<Sink> {
  if (format !== 'csv' && format !== 'jsonl') {
    throw new HourglassError('usage', {
      subject: '--out',
      rule: 'must be a .csv or .jsonl file for rows',
      got: format,
    });
  }
  const [{ openRows }, { decodeRow }] = await Promise.all([
    import('../../api.ts'),
    import('../../tables/index.ts'),
  ]);
  const rows = await openRows(path, format, force, rawCsv, work);
  const width = encoding.offset.length;
  return {
    async write({ names, values }) {
      await rows.write(
        names.map((name, i) => {
          const cells = decodeRow(encoding, values.subarray(i * width, (i + 1) * width) as Float32Array);
          const columns = encoding.columns.map((column, at) => [column.name, cells[at]!] as const);
          return { row: name, ...Object.fromEntries(columns) };
        }),
      );
    },
    save: () => rows.save(),
    async finish() {
      const count = await rows.finish();
      return { files: path === null ? [] : [path], what: `${count.toLocaleString('en')} rows`, notes: [] };
    },
    abandon: () => rows.abandon(),
  };
}

/** Reconstructions of rows, in the columns of the training file. */
export async function reconstructRows(
  use: Use,
  encoding: TableEncoding,
  inputs: readonly string[],
  flags: InputFlags & DrawFlags & ClassFlag,
  destination: Destination,
  work: Unfinished | null,
): Promise<Written> {
  const before = work?.progress ?? undefined;
  const { samples } = flags;
  const draw = drawing(use.model, flags, before);
  const { ownAndAs } = await import('./told.ts');
  const reconstructions = async function* (): AsyncGenerator<Batch & SampleBatch> {
    for await (const { names, classes, values, read } of rowsFor(use, encoding, inputs, flags, before)) {
      const [own, as] = ownAndAs(use.model, flags, classes);
      if (samples === undefined) {
        const made =
          own === as ? await own.reconstruct(values) : await as.decode((await own.encode(values)).data);
        yield { names, classes, values: made.data, read };
        continue;
      }
      const each = classes.flatMap((one) => new Array<string | null>(samples).fill(one));
      const [, drawnAs] = ownAndAs(use.model, flags, each);
      const { data } = await drawnAs.decode(await draw(values, own));
      yield { ...repeated({ names, classes, read }, samples), values: data };
    }
  };
  const open = () => tableSink(destination, encoding, work);
  return writeThrough(use, work, reconstructions(), open, flags.resume);
}

/** Scores of rows, with the columns that did it. */
export async function scoreRows(
  use: Use,
  encoding: TableEncoding,
  inputs: readonly string[],
  flags: InputFlags & { worst: number; falseAlarms?: number; label?: string; normal?: string } & ClassFlag,
  destination: Destination,
  {
    score,
    threshold,
    quantile,
    work,
  }: { score: ScoreKind; threshold: number; quantile: number | null; work: Unfinished | null },
): Promise<Written & Record<string, unknown>> {
  const {
    anomaly,
    falseAlarmsAbove,
    falseAlarmsText,
    heldOutScores,
    RowAnomalyOutput,
    scoreDefinition,
    thresholdNote,
  } = await import('../../api.ts');
  const { scoredAs } = await import('./told.ts');
  const { model } = use;
  const held = heldOutScores(model.statistics, score);
  const where =
    quantile === null || held === null
      ? ''
      : `the ${Number(quantile.toFixed(5))} quantile of the scores of ${held.images.toLocaleString('en')} held-out rows (${held.note})`;
  const basis = score === 'distance' ? `, ${model.statistics?.residuals?.note}` : '';
  use.note(`score: ${scoreDefinition(score, 'row')}${basis}`);
  use.note(`threshold ${Number(threshold.toPrecision(6))}${where === '' ? '' : `: ${where}`}`);
  const falseAlarms = falseAlarmsAbove(model, threshold, score);
  if (falseAlarms !== null) use.note(falseAlarmsText(falseAlarms, 'row'));
  const caution =
    quantile === null || held === null || flags.falseAlarms !== undefined
      ? null
      : thresholdNote(held, quantile, 'row');
  if (caution !== null) use.note(caution);
  const about = {
    encoding,
    recipe: model.info.recipe,
    dataset: model.info.dataset,
    subject: named(inputs),
    score,
    definition: scoreDefinition(score, 'row'),
    threshold,
    quantile,
    basis: where,
    heldOut: held && { quantiles: held.quantiles, images: held.images, split: held.split },
    isLabelAsked: flags.label !== undefined || flags.normal !== undefined,
    worst: flags.worst,
  };
  const scored = async function* () {
    for await (const batch of rowsFor(use, encoding, inputs, flags, work?.progress ?? undefined)) {
      const { scores, flagged, contributions, reconstructions } = await anomaly(model, batch.values, {
        score,
        threshold,
        ...scoredAs(model, flags, batch.classes),
      });
      const found = {
        scores,
        flagged,
        contributions: contributions!.data,
        reconstructions: reconstructions.data,
      };
      yield { ...batch, found };
    }
  };
  const open = () => RowAnomalyOutput.open(destination, about, work);
  const written = await writeThrough(use, work, scored(), open, flags.resume);
  if (destination.path === null) use.note(written.what);
  return { ...written, score, threshold, quantile, falseAlarms };
}
