/** The output of an anomaly search in a table: scores, the columns that did it, and for a folder the worst rows and the drift. */
import type { Drift } from '../metrics/drift.ts';
import { describeDrift, driftOf } from '../metrics/drift.ts';
import { decodeRow, largestShares, sumByColumn, type TableEncoding } from '../tables/index.ts';
import { type AnomalyTarget, abandonTarget, openAnomalyTarget } from './anomaly-target.ts';
import type { Destination } from './destination.ts';
import type { PartFolder } from './pictures.ts';
import { describeDetection, RowClasses, type RowDetection } from './row-detection.ts';
import { digits, openRows, type Row } from './rows.ts';
import { ScoreKeeper } from './score-keeper.ts';
import type { Written } from './sink.ts';

/** Fewer rows than this say nothing of a drift. */
const FEW = 30;
/** Columns that are named for each row. */
const NAMED = 3;

export interface RowAnomalySettings {
  encoding: TableEncoding;
  recipe: string;
  dataset: string;
  /** The kind of score. */
  score: string;
  /** What a score is, in words. */
  definition: string;
  threshold: number;
  /** The quantile, if the threshold is one. */
  quantile: number | null;
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

interface Worst {
  name: string;
  score: number;
  values: Float32Array;
  expected: Float32Array;
  contributions: Float64Array;
}

export class RowAnomalyOutput {
  private readonly target: AnomalyTarget;
  private readonly settings: RowAnomalySettings;
  private readonly kept: ScoreKeeper<Worst>;
  /** Two bytes per row. */
  private readonly classes = new RowClasses();

  private constructor(target: AnomalyTarget, settings: RowAnomalySettings) {
    this.target = target;
    this.settings = settings;
    this.kept = new ScoreKeeper(target.folder === null ? 0 : settings.worst);
  }

  static async open(destination: Destination, settings: RowAnomalySettings): Promise<RowAnomalyOutput> {
    return new RowAnomalyOutput(await openAnomalyTarget(destination), settings);
  }

  /** @param values the rows, [n, values], in the columns' own units. */
  async add(
    names: readonly string[],
    classes: readonly (string | null)[],
    values: Float32Array,
    found: FoundRows,
  ): Promise<void> {
    const { encoding } = this.settings;
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
        return row;
      }),
    );
    this.classes.add(classes);
    const width = encoding.offset.length;
    const own = (all: Float32Array, i: number) => all.slice(i * width, (i + 1) * width);
    for (const [i, name] of names.entries()) {
      const score = found.scores[i]!;
      this.kept.add(score, found.flagged[i]!, () => ({
        name,
        score,
        values: own(values, i),
        expected: own(found.reconstructions, i),
        contributions: of(i).slice(),
      }));
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
    await rows.finish();
    if (folder !== null) {
      const { encoding: _, isLabelAsked: __, heldOut, ...facts } = settings;
      const record = {
        ...facts,
        heldOut: heldOut && { split: heldOut.split, rows: heldOut.images },
        rows: count,
        flagged,
        drift,
        detection,
      };
      await folder.write('anomaly.json', `${JSON.stringify(record, null, 2)}\n`);
      await this.writeWorst(folder);
      await folder.finish();
    }
    return {
      files: path === null ? [] : [path],
      what,
      notes: [...(drift === null ? [] : [describeDrift(drift)]), ...(words === null ? [] : [words])],
      rows: count,
      flagged,
      drift,
      detection,
    };
  }

  /** A line for each column of each of the worst rows, those that did most first: its value, what was expected, its share. */
  private async writeWorst(folder: PartFolder): Promise<void> {
    const { encoding } = this.settings;
    const rows = await openRows(folder.at('worst.csv'), 'csv', false);
    for (const { name, score, values, expected, contributions } of this.kept.worst) {
      const [own, likely] = [decodeRow(encoding, values), decodeRow(encoding, expected)];
      await rows.write(
        largestShares(contributions, encoding.columns.length).map(
          ({ column, share }): Row => ({
            row: name,
            score: digits(score),
            column: encoding.columns[column]!.name,
            value: own[column]!,
            expected: likely[column]!,
            share: Number(share.toPrecision(3)),
          }),
        ),
      );
    }
    await rows.finish();
  }

  abandon(): Promise<void> {
    return abandonTarget(this.target);
  }
}
