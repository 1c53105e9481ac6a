/** The output of an anomaly search in a table: scores with the columns that contribute most; for a folder also a report. */
import type { RowBatch } from '../data/tables/stream.ts';
import type { Drift } from '../metrics/drift.ts';
import { describeDrift, driftOf } from '../metrics/drift.ts';
import type { ScoreKind } from '../metrics/index.ts';
import { svgToPng } from '../raster/index.ts';
import {
  ChangeTally,
  constantColumns,
  explainRow,
  largestShares,
  type SavedChanges,
  type ScoredRow,
  sumByColumn,
  type TableEncoding,
} from '../tables/index.ts';
import { type AnomalyTarget, abandonTarget, openAnomalyTarget } from './anomaly-target.ts';
import type { Destination } from './destination.ts';
import type { PartFolder } from './pictures.ts';
import { describeDetection, RowClasses, type RowDetection } from './row-detection.ts';
import { digits, openRows, type Row } from './rows.ts';
import { histogramOf } from './score-histogram.ts';
import { ScoreKeeper } from './score-keeper.ts';
import type { Saved, Written } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

/** Fewer rows than this say nothing of a drift. */
const FEW = 30;
/** Columns that are named for each row. */
const NAMED = 3;
/** Columns of a worst row that are kept, those that contribute most: rows may have tens of thousands. */
const MOST_COLUMNS = 200;

const FILES = [
  { path: 'scores.csv', what: 'every row with its score and the columns that contribute most' },
  {
    path: 'worst.csv',
    what: 'the worst rows: the columns that contribute most, with value, expected value and share',
  },
  { path: 'anomaly.json', what: 'the threshold, the counts and the drift' },
  { path: 'histogram.png', what: 'the picture of the scores' },
];

export interface RowAnomalySettings {
  encoding: TableEncoding;
  recipe: string;
  dataset: string;
  /** What the rows are, such as their files. */
  subject: string;
  score: ScoreKind;
  /** What a score is, in words. */
  definition: string;
  threshold: number;
  /** The quantile, if the threshold is one. */
  quantile: number | null;
  /** Where the threshold comes from, in words; empty if it was given. */
  basis: string;
  /** The scores of the rows that were held out of training; null if the model has none. */
  heldOut: { quantiles: readonly number[]; images: number; split: string } | null;
  /** Whether the caller named the label or the normal class: then the lack of a figure is said. */
  isLabelAsked?: boolean;
  /** How many rows with the highest scores a folder gets in full. */
  worst: number;
}

/** What a model found in some rows. */
export interface FoundRows {
  /** [n] */
  scores: ArrayLike<number>;
  flagged: readonly boolean[];
  /** What each value contributes to the score, [n, values]. */
  contributions: ArrayLike<number>;
  /** [n, values], in the columns' own units. */
  reconstructions: Float32Array;
}

/** Some rows, and what was found in them. */
export type FoundBatch = RowBatch & { found: FoundRows };

export class RowAnomalyOutput {
  private readonly target: AnomalyTarget;
  private readonly settings: RowAnomalySettings;
  private readonly kept: ScoreKeeper<ScoredRow>;
  /** Two bytes per row. */
  private readonly classes: RowClasses;
  private readonly changes: ChangeTally;

  private constructor(target: AnomalyTarget, settings: RowAnomalySettings, work: Unfinished | null) {
    this.target = target;
    this.settings = settings;
    this.kept = new ScoreKeeper(target.folder === null ? 0 : settings.worst, work?.saved);
    this.classes = new RowClasses(work?.saved);
    this.changes = new ChangeTally(work?.saved?.values.changes as SavedChanges | undefined);
  }

  static async open(
    destination: Destination,
    settings: RowAnomalySettings,
    work: Unfinished | null = null,
  ): Promise<RowAnomalyOutput> {
    return new RowAnomalyOutput(await openAnomalyTarget(destination, work), settings, work);
  }

  async save(): Promise<Saved> {
    const rows = await this.target.rows.save();
    const [kept, classes] = [this.kept.save(), this.classes.save()];
    return {
      values: { ...rows.values, ...kept.values, ...classes.values, changes: this.changes.save() },
      tensors: new Map([...kept.tensors, ...classes.tensors]),
    };
  }

  async write({ names, classes, values, changedConstants, found }: FoundBatch): Promise<void> {
    const { encoding } = this.settings;
    const hasConstants = constantColumns(encoding).length > 0;
    const columns = encoding.columns.length;
    const sums = sumByColumn(encoding, found.contributions);
    const of = (i: number) => sums.subarray(i * columns, (i + 1) * columns);
    await this.target.rows.write(
      names.map((name, i): Row => {
        const row: Row = {
          row: name,
          class: classes[i] ?? null,
          score: digits(found.scores[i]!),
          flagged: found.flagged[i]!,
        };
        const shares = largestShares(of(i), NAMED);
        for (let rank = 0; rank < NAMED; rank++) {
          const share = shares[rank];
          row[`column${rank + 1}`] = share === undefined ? null : encoding.columns[share.column]!.name;
          row[`share${rank + 1}`] = share === undefined ? null : Number(share.share.toPrecision(3));
        }
        if (hasConstants) row.changedConstants = changedConstants[i]!.length;
        return row;
      }),
    );
    this.classes.add(classes);
    const width = encoding.offset.length;
    const own = (all: Float32Array, i: number) => all.subarray(i * width, (i + 1) * width);
    for (const [i, row] of names.entries()) {
      const [score, flagged] = [found.scores[i]!, found.flagged[i]!];
      this.changes.add(row, changedConstants[i]!);
      this.kept.add(score, flagged, () => {
        const parts = {
          values: own(values, i),
          expected: own(found.reconstructions, i),
          contributions: of(i),
        };
        return {
          row,
          class: classes[i] ?? null,
          score,
          flagged,
          columns: explainRow(encoding, parts, MOST_COLUMNS),
          changedConstants: changedConstants[i]!,
        };
      });
    }
  }

  /** How the scores lie against those of the held-out rows; null without these, and for few rows. */
  private drift(): Drift | null {
    const { heldOut, threshold } = this.settings;
    if (heldOut === null || this.kept.count < FEW) return null;
    return driftOf(this.kept.scores, heldOut.quantiles, heldOut.images, threshold);
  }

  /** How well the scores find rows of other classes; null without a normal class, and without rows of both kinds. */
  private detection(): RowDetection | null {
    const { encoding, threshold } = this.settings;
    const normal = encoding.label?.normal ?? null;
    if (normal === null) return null;
    return this.classes.detection(this.kept.scores, normal, threshold);
  }

  /** Why there is no figure for the classes that were found; null where there is one, or none is asked for. */
  private undetected(): string | null {
    const { encoding, isLabelAsked = false } = this.settings;
    const { label } = encoding;
    if (label === null) return null;
    const found = this.classes.counts();
    const names = found.slice(0, 5).map(([name]) => `'${name}'`);
    const listed = `${names.join(', ')}${found.length > 5 ? ', …' : ''}`;
    if (label.normal === null && found.length > 1)
      return `the column '${label.name}' has classes (${listed}): --normal <class> measures how well the scores tell the others from it`;
    if (!isLabelAsked) return null;
    return found.length === 0
      ? `no AUROC: no row has a class in the column '${label.name}'`
      : `no AUROC: the column '${label.name}' must have rows of '${label.normal}' and of other classes, and has ${listed}`;
  }

  async finish(): Promise<
    Written & { rows: number; flagged: number; drift: Drift | null; detection: RowDetection | null }
  > {
    const { settings } = this;
    const { rows, folder, path } = this.target;
    const { count, flagged, words: what } = this.kept;
    const drift = this.drift();
    const detection = this.detection();
    const words = detection === null ? this.undetected() : describeDetection(detection);
    const notes = [...(drift === null ? [] : [describeDrift(drift)]), ...(words === null ? [] : [words])];
    await rows.finish();
    if (folder !== null) {
      const { encoding: _, isLabelAsked: __, heldOut, basis: ___, ...facts } = settings;
      const record = {
        ...facts,
        heldOut: heldOut && { split: heldOut.split, rows: heldOut.images },
        rows: count,
        flagged,
        drift,
        detection,
        changedConstants: this.changes.columns(),
      };
      await folder.write('anomaly.json', `${JSON.stringify(record, null, 2)}\n`);
      await this.writeWorst(folder);
      await this.writeReport(folder, [...notes, ...this.changes.notes()]);
      await folder.finish();
    }
    return {
      files: path === null ? [] : [path],
      what,
      notes,
      rows: count,
      flagged,
      drift,
      detection,
    };
  }

  /** A line for each column of each of the worst rows, those that did most first: its value, what was expected, its share. */
  private async writeWorst(folder: PartFolder): Promise<void> {
    const rows = await openRows(folder.at('worst.csv'), 'csv', false);
    for (const { row, score, columns, changedConstants } of this.kept.worst) {
      const shared = { row, score: digits(score) };
      await rows.write([
        ...columns.map(({ column, value, expected, share }): Row => {
          return { ...shared, column, value, expected, share: Number(share.toPrecision(3)) };
        }),
        // The model does not see these columns: they have no share.
        ...changedConstants.map(({ column, value, expected }): Row => {
          return { ...shared, column, value, expected, share: null };
        }),
      ]);
    }
    await rows.finish();
  }

  private async writeReport(folder: PartFolder, notes: readonly string[]): Promise<void> {
    const { settings, kept } = this;
    const { count: rows, flagged, worst, scores } = kept;
    const { rowAnomalyPage } = await import('../views/index.ts');
    const histogram = histogramOf({ ...settings, sample: 'row', held: settings.heldOut, scores, flagged });
    await folder.write('histogram.png', await svgToPng(histogram));
    const uri = `data:image/svg+xml;base64,${Buffer.from(histogram).toString('base64')}`;
    const page = rowAnomalyPage({ ...settings, rows, flagged, notes, worst, histogram: uri, files: FILES });
    await folder.write('report.html', page);
  }

  abandon(): Promise<void> {
    return abandonTarget(this.target);
  }
}
