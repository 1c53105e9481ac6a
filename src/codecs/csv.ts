/**
 * Tables as CSV text, quoted by RFC 4180: a field that holds a comma, a quote or a line break is put in
 * quotes, and its quotes are doubled. Lines end in `\n`, which every reader takes and command-line tools
 * prefer. Values in, text out; no disk.
 *
 * Spreadsheets compute a field that begins with =, +, @ or -, quoted or not. Text that does, and is not a number, gets an
 * apostrophe before it (OWASP, "CSV injection"), unless it is asked for raw.
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
  { raw = false }: { raw?: boolean } = {},
): string {
  const cell = (value: CsvValue) => field(typeof value === 'string' && !raw ? inert(value) : value);
  const lines = [columns.map(cell)];
  for (const row of rows) {
    lines.push(columns.map((column) => cell(Object.hasOwn(row, column) ? row[column]! : null)));
  }
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

/** What a spreadsheet would take for a formula; a tab or a carriage return before it is skipped by some. */
const FORMULA = /^[\t\r\n ]*[=+@\-\uff1d\uff0b\uff20\uff0d]|^[\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const inert = (text: string): string => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);

/** The text that was written: without the apostrophe that kept it from being computed. */
export const uninert = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value);
  return value === '' || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
