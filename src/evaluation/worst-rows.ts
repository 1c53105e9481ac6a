/** The rows of a split that a model reconstructs worst, with the columns that make them so. */
import { type ResidualDistance, residualDistance, rowScores, type ScoreKind } from '../metrics/index.ts';
import { thresholdOf } from '../model/apply/threshold.ts';
import type { RowInfo } from '../model/rows.ts';
import { scalingOf } from '../model/rows.ts';
import { heldOutScores, type Statistics } from '../model/statistics.ts';
import { unscaleInto } from '../samples/index.ts';
import { explainRow, recordedEncoding, type ScoredRow, sumByColumn } from '../tables/index.ts';

/** The rows with the highest scores, the highest first. */
export interface WorstRows {
  /** The kind of the scores. */
  score: ScoreKind;
  /** The score above which a row is flagged; null if it is not known. */
  threshold: number | null;
  /** The rows. */
  rows: ScoredRow[];
}

const MOST_ROWS = 10;
const MOST_COLUMNS = 5;
const SCORE = 'distance';

interface Kept {
  index: number;
  score: number;
  row: Float32Array;
  expected: Float32Array;
  contributions: Float64Array;
}

/** Finds them in one pass; memory is that of the rows that it keeps. */
export class WorstRowSearch {
  private readonly info: RowInfo;
  private readonly statistics: Statistics;
  private readonly distance: ResidualDistance;
  private readonly kept: Kept[] = [];
  private count = 0;

  /** @param statistics those of the model, with the residuals of its training rows. */
  constructor(info: RowInfo, statistics: Statistics) {
    this.info = info;
    this.statistics = statistics;
    this.distance = residualDistance(statistics.residuals!);
  }

  /** @param rows the next rows, [n, values], as the network sees them. @param expected their reconstructions. */
  add(rows: Float32Array, expected: Float32Array): void {
    const size = this.info.columns.length;
    const { scores, contributions } = rowScores(SCORE, rows, expected, size, this.distance);
    for (const [i, score] of scores.entries()) {
      const index = this.count++;
      if (this.kept.length === MOST_ROWS && !(score > this.kept.at(-1)!.score)) continue;
      const own = <T extends Float32Array | Float64Array>(all: T) => all.slice(i * size, (i + 1) * size) as T;
      const at = this.kept.findIndex((other) => score > other.score);
      const one = {
        index,
        score,
        row: own(rows),
        expected: own(expected),
        contributions: own(contributions),
      };
      this.kept.splice(at < 0 ? this.kept.length : at, 0, one);
      if (this.kept.length > MOST_ROWS) this.kept.pop();
    }
  }

  /** @param names of the rows, and their classes; by their positions in the split. */
  result(nameOf: (index: number) => string, classOf: (index: number) => string | null): WorstRows {
    const { info, statistics } = this;
    const encoding = recordedEncoding(info);
    const held = heldOutScores(statistics, SCORE);
    const threshold = held === null ? null : thresholdOf(held);
    const inOwnUnits = (scaled: Float32Array) => {
      const out = new Float32Array(scaled.length);
      unscaleInto(scalingOf(info), scaled, out);
      return out;
    };
    return {
      score: SCORE,
      threshold,
      rows: this.kept.map(({ index, score, row, expected, contributions }) => ({
        row: nameOf(index),
        class: classOf(index),
        score,
        flagged: threshold !== null && score > threshold,
        columns: explainRow(
          encoding,
          {
            values: inOwnUnits(row),
            expected: inOwnUnits(expected),
            contributions: sumByColumn(encoding, contributions),
          },
          MOST_COLUMNS,
        ),
        changedConstants: [],
      })),
    };
  }
}
