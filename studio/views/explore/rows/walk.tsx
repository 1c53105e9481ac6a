/** The walk from one row to another: the decoded columns at each step. */
import { decodeRow } from '../../../../src/tables/decode.ts';
import { columnOfValue } from '../../../../src/tables/values.ts';
import { csv, fileName, saveTable } from '../../../parts/downloads.ts';
import { cellText } from '../../../parts/rows/cells.ts';
import { type Steps, Walk } from '../walk.tsx';
import type { RowExplorer } from './explorer.ts';

const USUAL_STEPS = 5;
const MOST_COLUMNS = 20;

export function RowWalk({ explorer, name }: { explorer: RowExplorer; name: string }) {
  const { encoding } = explorer.set;
  const tableOf = ({ samples }: Steps) => samples.map((values) => decodeRow(encoding, values));
  return (
    <Walk
      explorer={explorer}
      usual={USUAL_STEPS}
      download={(steps) => (
        <button
          type="button"
          onClick={() =>
            saveTable(
              csv(
                ['step', ...explorer.properties],
                tableOf(steps).map((cells, i) => [i + 1, ...cells.map((cell) => cell ?? '')]),
              ),
              `${fileName(name)}-walk-${explorer.nameOf(steps.from)}-${explorer.nameOf(steps.to)}.csv`,
            )
          }
        >
          Download CSV
        </button>
      )}
      show={(steps) => (
        <StepTable
          explorer={explorer}
          cells={tableOf(steps)}
          columns={changing(explorer, steps)}
          now={steps.now}
        />
      )}
    />
  );
}

/** The columns by their positions: those that change most from one end to the other, as they are scaled, come first. */
function changing({ set: { encoding } }: RowExplorer, { samples }: Steps): number[] {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const changes = new Float64Array(encoding.columns.length);
  for (const [value, column] of columnOfValue(encoding).entries()) {
    changes[column]! += ((last[value]! - first[value]!) / encoding.scale[value]!) ** 2;
  }
  return [...changes.keys()].sort((a, b) => changes[b]! - changes[a]! || a - b);
}

function StepTable({
  explorer,
  cells,
  columns,
  now,
}: {
  explorer: RowExplorer;
  /** The cells of each step. */
  cells: readonly ReturnType<typeof decodeRow>[];
  columns: readonly number[];
  /** The step that is shown. */
  now: number;
}) {
  return (
    <>
      <section
        class="row-here"
        aria-label="Steps of the walk"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
      >
        <table class="row-table">
          <caption class="unseen">Steps of the walk: the columns that change most come first</caption>
          <thead>
            <tr>
              <th scope="col">column</th>
              {cells.map((_, step) => (
                <th key={step} scope="col" class={step === now ? 'now' : ''}>
                  {step + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.slice(0, MOST_COLUMNS).map((at) => (
              <tr key={at}>
                <th scope="row">{explorer.properties[at]}</th>
                {cells.map((row, step) => (
                  <td key={step} class={step === now ? 'now' : ''}>
                    {cellText(row[at]!)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {columns.length > MOST_COLUMNS && (
        <p class="soft">{`and ${(columns.length - MOST_COLUMNS).toLocaleString('en')} columns that change less`}</p>
      )}
    </>
  );
}
