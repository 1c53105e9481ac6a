/** Scores of rows, and the columns that did most of each: some rows at a time, so that the page stays awake. */
import { anomaly } from 'hourglass/web';
import { useEffect, useState } from 'preact/hooks';
import { largestShares, sumByColumn } from '../../../../src/tables/decode.ts';
import { problemOf } from '../loaded.ts';
import type { ScoreKind } from '../threshold.ts';
import type { LoadedRows } from './loaded.ts';

/** Values that are sent to the model's worker at once. */
const AT_ONCE = 2 ** 16;
/** Columns that are named for each row. */
const NAMED = 3;

export type Shares = ReturnType<typeof largestShares>;

export interface RowScoring {
  /** Null until all are known. */
  readonly scores: Float64Array | null;
  /** The columns that did most of each score. */
  readonly shares: readonly Shares[];
  /** Rows scored so far. */
  readonly done: number;
  readonly problem: string | null;
}

const NONE: RowScoring = { scores: null, shares: [], done: 0, problem: null };

export function useRowScores({ model, rows }: LoadedRows, kind: ScoreKind): RowScoring {
  const [scoring, setScoring] = useState<RowScoring>(NONE);
  useEffect(() => {
    let current = true;
    setScoring(NONE);
    const work = async () => {
      const width = rows.encoding.offset.length;
      const columns = rows.encoding.columns.length;
      const some = Math.max(1, Math.floor(AT_ONCE / width));
      const scores = new Float64Array(rows.count);
      const shares: Shares[] = [];
      for (let from = 0; from < rows.count; from += some) {
        const to = Math.min(from + some, rows.count);
        const part = rows.values.subarray(from * width, to * width);
        const found = await anomaly(model, part, { score: kind, threshold: 0 });
        if (!current) return;
        scores.set(found.scores, from);
        const sums = sumByColumn(rows.encoding, found.contributions!.data);
        for (let i = 0; i < to - from; i++)
          shares.push(largestShares(sums.subarray(i * columns, (i + 1) * columns), NAMED));
        setScoring({ ...NONE, done: to });
      }
      setScoring({ scores, shares, done: rows.count, problem: null });
    };
    work().catch((error) => current && setScoring({ ...NONE, problem: problemOf(error) }));
    return () => {
      current = false;
    };
  }, [model, rows, kind]);
  return scoring;
}
