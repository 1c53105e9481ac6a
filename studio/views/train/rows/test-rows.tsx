/** Some test rows while a model of rows trains: value, reconstruction, and the columns with the largest residuals. */
import type { Snapshot } from '../../../../src/studio/protocol.ts';
import { shortNumber } from '../../../parts/numbers.ts';
import { RowTable } from '../../../parts/rows/row-table.tsx';

export function TestRows({ rows }: { rows: NonNullable<Snapshot['rows']> }) {
  return (
    <figure class="card test-rows">
      <figcaption>
        Test rows, and what the model makes of them: the columns with the largest errors
      </figcaption>
      <div class="row-tables">
        {rows.map(({ name, caption, error, columns }) => {
          const total = columns.reduce((sum, { error: part }) => sum + part, 0) || 1;
          const of = caption === '' ? '' : `, ${caption}`;
          return (
            <RowTable
              key={name}
              title={`Row ${name}${of}: error ${shortNumber(error)}`}
              share="of the error"
              columns={columns.map(({ error: part, ...column }) => ({ ...column, share: part / total }))}
            />
          );
        })}
      </div>
    </figure>
  );
}
