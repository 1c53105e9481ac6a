/** One row as the model judges it: each column with its value, what the model makes of it, and its share of the score. */
import { anomaly } from 'hourglass/web';
import { useEffect, useState } from 'preact/hooks';
import { inWordsFor } from '../../../../src/samples/words.ts';
import { decodeRow, largestShares, sumByColumn } from '../../../../src/tables/decode.ts';
import { RowTable, type ShownColumn } from '../../../parts/rows/row-table.tsx';
import { problemOf } from '../loaded.ts';
import { type HeldOut, type ScoreKind, verdictOf } from '../threshold.ts';
import type { LoadedRows } from './loaded.ts';

/** Columns that are shown, those that did most first. */
const MOST = 40;

type Judged = { readonly of: Float32Array; readonly score: number; readonly columns: readonly ShownColumn[] };

export interface JudgedRowProps {
  readonly loaded: LoadedRows;
  /** Its values, in the columns' own units. */
  readonly values: Float32Array;
  readonly title: string;
  readonly kind: ScoreKind;
  readonly held: HeldOut | null;
  readonly threshold: number | null;
}

export function JudgedRow({ loaded, values, title, kind, held, threshold }: JudgedRowProps) {
  const { model, rows } = loaded;
  const [judged, setJudged] = useState<Judged | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    anomaly(model, values, { score: kind, threshold: 0 }).then(
      ({ scores, reconstructions, contributions }) => {
        if (!current) return;
        const { encoding } = rows;
        const value = decodeRow(encoding, values);
        const reconstruction = decodeRow(encoding, reconstructions.data);
        const sums = sumByColumn(encoding, contributions!.data);
        const shares = largestShares(sums, MOST);
        const others = encoding.columns
          .map((_, at) => at)
          .filter((at) => shares.every(({ column }) => column !== at));
        const all = [...shares, ...others.map((column) => ({ column, share: 0 }))].slice(0, MOST);
        const columns = all.map(({ column, share }) => ({
          ...{ name: encoding.columns[column]!.name, share },
          ...{ value: value[column]!, reconstruction: reconstruction[column]! },
        }));
        setProblem(null);
        setJudged({ of: values, score: scores[0]!, columns });
      },
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [model, rows, values, kind]);
  if (problem !== null) return <p class="failed" role="alert">{`This row cannot be scored: ${problem}`}</p>;
  if (judged === null) return null;
  const more = rows.encoding.columns.length - judged.columns.length;
  return (
    <div class="judged-row">
      <p role="status" class={threshold !== null && judged.score > threshold ? 'unusual' : 'usual'}>
        {inWordsFor('row', verdictOf(judged.score, held, threshold))}
      </p>
      <RowTable title={title} share="of the score" columns={judged.columns} />
      {more > 0 && <p class="hint">{`and ${more.toLocaleString('en')} columns that did less`}</p>}
    </div>
  );
}
