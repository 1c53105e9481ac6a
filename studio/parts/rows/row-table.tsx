/** One row of a table: its columns, what the model makes of them, and how much each does of the error. */
import { cellText } from './cells.ts';

export interface ShownColumn {
  readonly name: string;
  readonly value: number | string | null;
  /** What the model makes of it. */
  readonly reconstruction: number | string | null;
  /** Its share of what the bar shows, 0 to 1. */
  readonly share: number;
}

export function RowTable({
  title,
  columns,
  share,
}: {
  title: string;
  columns: readonly ShownColumn[];
  /** What the bar shows a share of. */
  share: string;
}) {
  return (
    <table class="row-table">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">column</th>
          <th scope="col">value</th>
          <th scope="col">model</th>
          <th scope="col">{share}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ name, value, reconstruction, share: part }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{cellText(value)}</td>
            <td>{cellText(reconstruction)}</td>
            <td class="share" title={`${Math.round(100 * part)} %`}>
              <span style={{ width: `${Math.round(100 * part)}%` }} />
              <span class="unseen">{`${Math.round(100 * part)} %`}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
