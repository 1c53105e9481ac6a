/** The row that is decoded now, and the row that is pointed at or chosen, with its score and its neighbours. */
import { useEffect } from 'preact/hooks';
import { decodeRow } from '../../../../src/tables/decode.ts';
import { short } from '../../../parts/plot/ticks.ts';
import { type Cell, cellText } from '../../../parts/rows/cells.ts';
import { scoreKind } from '../../try/score-choice.tsx';
import { heldOutOf, thresholdAt, verdictOf } from '../../try/threshold.ts';
import { Panels } from '../panels.tsx';
import { CodeOf, useNearest, WalkButtons } from '../sample-panel.tsx';
import { Sliders } from '../sliders.tsx';
import type { RowExplorer } from './explorer.ts';
import { RowSelection } from './selection.tsx';
import { RowWalk } from './walk.tsx';

/** Columns that are shown, those that did most first. */
const MOST = 40;

/** Where on the plane the row is decoded. */
function placeOf(explorer: RowExplorer): string {
  const labels = explorer.projection.value?.labels ?? [];
  const place = explorer.cursor.value;
  if (place !== null) return place.map((value, i) => `${labels[i]} = ${short(value)}`).join(', ');
  const code = explorer.code.value;
  return code.length === 1 ? `unit 1 = ${short(code[0]!)}` : '';
}

/** Column by column: what is decoded here, the values of the row, and what the model makes of it. */
function RowHere({ explorer }: { explorer: RowExplorer }) {
  const { encoding } = explorer.set;
  const index = explorer.shown.value;
  useEffect(() => {
    if (index !== null) explorer.judge(index);
  }, [explorer, index]);
  const found = explorer.reconstruction.value;
  const reconstruction = found !== null && found.index === index ? found : null;
  const judged = explorer.judged.value?.index === index ? explorer.judged.value : null;
  const cellsIn = (values: Float32Array | undefined) => values && decodeRow(encoding, values);
  const here = cellsIn(explorer.decoded.value?.values);
  const own = index === null ? undefined : cellsIn(explorer.sampleOf(index));
  const made = cellsIn(reconstruction?.values);
  const columns = index === null ? [...encoding.columns.keys()] : explorer.order.value;
  const text = (cells: readonly Cell[] | undefined, at: number) =>
    cells === undefined ? '' : cellText(cells[at]!);
  const place = placeOf(explorer);
  return (
    <>
      <section
        class="row-here"
        aria-label="Decoded row"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
      >
        <table class="row-table decoded-row">
          <caption>Decoded here{place !== '' && <span class="soft"> {place}</span>}</caption>
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">decoded</th>
              {index !== null && (
                <>
                  <th scope="col">{explorer.titleOf(index)}</th>
                  <th scope="col">model</th>
                  <th scope="col">of the score</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {columns.slice(0, MOST).map((at) => {
              const share = Math.round(100 * (judged?.shares[at] ?? 0));
              return (
                <tr key={at}>
                  <th scope="row">{encoding.columns[at]!.name}</th>
                  <td>{text(here, at)}</td>
                  {index !== null && (
                    <>
                      <td>{text(own, at)}</td>
                      <td>{text(made, at)}</td>
                      <td class="share" title={`${share} %`}>
                        <span style={{ width: `${share}%` }} />
                        <span class="unseen">{`${share} %`}</span>
                      </td>
                    </>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {columns.length > MOST && (
        <p class="soft">{`and ${(columns.length - MOST).toLocaleString('en')} more columns`}</p>
      )}
      <p class="facts" aria-live="polite">
        {index === null
          ? 'Point at a dot, or press Enter on the plane, to see its row.'
          : [
              explorer.titleOf(index),
              ...(explorer.hasClasses ? [`class ${explorer.className(index)}`] : []),
              ...(reconstruction === null ? [] : [`squared error ${short(reconstruction.error)}`]),
            ].join(' · ')}
      </p>
      {explorer.failure.value !== null && <p class="failed">{explorer.failure.value}</p>}
    </>
  );
}

function RowPanel({ explorer }: { explorer: RowExplorer }) {
  const index = explorer.shown.value;
  const near = useNearest(explorer, index);
  if (index === null) {
    return <p class="soft">No row is chosen. Click a dot, tap it, or press Enter on the plane.</p>;
  }
  const judged = explorer.judged.value?.index === index ? explorer.judged.value : null;
  const held = heldOutOf(explorer.model, scoreKind(explorer.model));
  return (
    <>
      <p>{judged !== null && explorer.worded(verdictOf(judged.score, held, held && thresholdAt(held)))}</p>
      <WalkButtons explorer={explorer} index={index} />
      <table class="row-table near">
        <caption>Nearest in code space</caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            {explorer.hasClasses && <th scope="col">class</th>}
            <th scope="col">distance</th>
          </tr>
        </thead>
        <tbody>
          {near.map(({ index: other, distance }) => (
            <tr key={other}>
              <th scope="row">
                <button type="button" onClick={() => explorer.select(other)}>
                  {explorer.titleOf(other)}
                </button>
              </th>
              {explorer.hasClasses && <td>{explorer.className(other)}</td>}
              <td>{short(distance)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <CodeOf explorer={explorer} index={index} />
    </>
  );
}

export function RowDetails({ explorer, name }: { explorer: RowExplorer; name: string }) {
  return (
    <>
      <RowHere explorer={explorer} />
      <Panels
        explorer={explorer}
        panels={{
          image: { title: 'Row', part: <RowPanel explorer={explorer} /> },
          sliders: { title: 'Sliders', part: <Sliders explorer={explorer} /> },
          walk: { title: 'Walk', part: <RowWalk explorer={explorer} name={name} /> },
          selection: { title: 'Selection', part: <RowSelection explorer={explorer} name={name} /> },
        }}
      />
    </>
  );
}
