/**
 * Tables as CSV text, quoted by RFC 4180: a field that holds a comma, a quote or a line break is put in
 * quotes, and its quotes are doubled. Lines end in `\n`, which every reader takes and command-line tools
 * prefer. Values in, text out; no disk.
 */

export type CsvValue = number | string | boolean | null;

/**
 * One header line, then one line a row. `null` and a missing value give an empty field, an empty string gives
 * `""`; numbers print with all their digits.
 * @param columns names and order; by default every key, in the order in which they first appear.
 */
export function encodeCsv(
  rows: readonly Readonly<Record<string, CsvValue>>[],
  columns: readonly string[] = [...new Set(rows.flatMap((row) => Object.keys(row)))],
): string {
  const lines = [columns.map(field)];
  for (const row of rows) {
    lines.push(columns.map((column) => field(Object.hasOwn(row, column) ? row[column]! : null)));
  }
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value);
  return value === '' || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
