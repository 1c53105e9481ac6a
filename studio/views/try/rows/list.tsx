/** The rows by score, a page at a time, with the columns that did it. */
import { useMemo } from 'preact/hooks';
import type { RowSet } from '../../../../src/studio/protocol.ts';
import { setParameters } from '../../../address.ts';
import { pageOf } from '../pages.tsx';
import { percent, short } from '../threshold.ts';
import type { Shares } from './scoring.ts';

const PAGE = 25;

export interface RowListProps {
  readonly rows: RowSet;
  readonly scores: Float64Array;
  readonly shares: readonly Shares[];
  readonly threshold: number;
  /** The one that is shown in full. */
  readonly chosen: number | null;
}

export function RowList({ rows, scores, shares, threshold, chosen }: RowListProps) {
  const order = useMemo(
    () => Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b),
    [scores],
  );
  const { shown, turn } = pageOf(order, PAGE);
  const hasClasses = rows.classes.length > 1;
  return (
    <section class="row-list" aria-label="Rows by score">
      <div class="try-bar">
        <h3>Rows by score</h3>
        {turn}
      </div>
      <table class="row-table">
        <caption class="unseen">Rows by score, highest first</caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            {hasClasses && <th scope="col">class</th>}
            <th scope="col">score</th>
            <th scope="col">columns that did it</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((i) => (
            <tr key={i} class={scores[i]! > threshold ? 'flagged' : ''}>
              <th scope="row">
                <button type="button" aria-pressed={chosen === i} onClick={() => setParameters({ at: i })}>
                  {`Row ${rows.names[i]}`}
                </button>
              </th>
              {hasClasses && <td>{rows.classes[rows.labels[i]!]}</td>}
              <td>
                {`${scores[i]! > threshold ? '▲ ' : ''}${short(scores[i]!)}`}
                {scores[i]! > threshold && <span class="unseen"> flagged</span>}
              </td>
              <td>
                {(shares[i] ?? [])
                  .map(({ column, share }) => `${rows.encoding.columns[column]!.name} ${percent(share)}`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
