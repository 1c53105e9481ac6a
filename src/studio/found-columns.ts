/** What was found in a table, as the page shows it. */
import type { TableSchema } from '../data/tables/schema.ts';
import type { FoundColumns } from './protocol.ts';

/** Columns that are sent: a page with more of them is no help. */
const MOST = 500;

export function foundIn({
  encoding,
  about,
  splits,
  rows,
  classes,
  columns,
  notes,
}: TableSchema): FoundColumns {
  const more = columns.length - MOST;
  return {
    ...{ about, splits, rows, classes, label: encoding.label?.name ?? null },
    columns: columns.slice(0, MOST).map(({ name, type, missing, about }) => ({ name, type, missing, about })),
    notes: more > 0 ? [...notes, `${more.toLocaleString('en')} further columns are not listed`] : notes,
  };
}
