/** The rows that a lasso holds: how many of each class, and what their columns are like next to those of all rows. */
import { useMemo } from 'preact/hooks';
import { decodeRow } from '../../../../src/tables/decode.ts';
import { csv, fileName, saveTable } from '../../../parts/downloads.ts';
import { shortNumber } from '../../../parts/numbers.ts';
import { ClassCounts, NothingSelected } from '../class-counts.tsx';
import { setParameters } from '../settings.ts';
import type { RowExplorer } from './explorer.ts';
import { differenceOf, summaryOf, summaryText } from './summary.ts';

const MOST_COLUMNS = 40;
const MOST_ROWS = 60;

export function RowSelection({ explorer, name }: { explorer: RowExplorer; name: string }) {
  const { set, properties } = explorer;
  const chosen = explorer.chosen.value;
  const all = useMemo(() => summaryOf(set, new Array(set.count).keys()), [set]);
  const some = useMemo(() => summaryOf(set, chosen), [set, chosen]);
  if (chosen.length === 0) return <NothingSelected />;
  const differences = some.map((each, i) => differenceOf(each, all[i]!));
  const order = [...properties.keys()].sort((a, b) => differences[b]! - differences[a]! || a - b);
  return (
    <>
      <p>
        <b>{chosen.length.toLocaleString('en')}</b> {chosen.length === 1 ? 'row' : 'rows'} selected
      </p>
      <div class="row">
        <button
          type="button"
          onClick={() => saveTable(asCsv(explorer, chosen), `${fileName(name)}-selection.csv`)}
        >
          Download CSV
        </button>
        <button type="button" onClick={() => setParameters({ lasso: null })}>
          Clear
        </button>
      </div>
      <ClassCounts explorer={explorer} />
      <table class="row-table">
        <caption>Mean or most frequent value, the largest differences first</caption>
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">selected</th>
            <th scope="col">all rows</th>
          </tr>
        </thead>
        <tbody>
          {order.slice(0, MOST_COLUMNS).map((at) => (
            <tr key={at}>
              <th scope="row">{properties[at]}</th>
              <td>{summaryText(some[at]!, shortNumber)}</td>
              <td>{summaryText(all[at]!, shortNumber)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {order.length > MOST_COLUMNS && (
        <p class="soft">{`and ${(order.length - MOST_COLUMNS).toLocaleString('en')} columns that differ less`}</p>
      )}
      <h3>Rows</h3>
      <ul class="tiles sheet">
        {chosen.slice(0, MOST_ROWS).map((i) => (
          <li key={i}>
            <button type="button" aria-label={explorer.titleOf(i)} onClick={() => explorer.select(i)}>
              {explorer.nameOf(i)}
            </button>
          </li>
        ))}
      </ul>
      {chosen.length > MOST_ROWS && (
        <p class="soft">{`and ${(chosen.length - MOST_ROWS).toLocaleString('en')} more, in the download`}</p>
      )}
    </>
  );
}

function asCsv(explorer: RowExplorer, chosen: readonly number[]): string {
  const { set, properties, hasClasses } = explorer;
  return csv(
    ['row', ...(hasClasses ? ['class'] : []), ...properties],
    chosen.map((i) => [
      explorer.nameOf(i),
      ...(hasClasses ? [explorer.className(i)] : []),
      ...decodeRow(set.encoding, explorer.sampleOf(i)).map((cell) => cell ?? ''),
    ]),
  );
}
