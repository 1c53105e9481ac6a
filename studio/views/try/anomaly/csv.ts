/** Scores as a table for a spreadsheet. */

export interface Row {
  /** The file's path, or the image's number in its split. */
  readonly name: string;
  readonly of: string;
  readonly score: number;
  readonly flagged: boolean;
}

export function scoresCsv(rows: readonly Row[], kind: string): string {
  const lines = rows.map(({ name, of, score, flagged }) => [cell(name), cell(of), String(score), flagged]);
  return [['image', 'class', `score (${kind})`, 'flagged'], ...lines]
    .map((line) => `${line.join(',')}\r\n`)
    .join('');
}

/** Text that a spreadsheet would compute gets an apostrophe before it; what has a comma is quoted (RFC 4180). */
function cell(text: string): string {
  const safe = /^[=+@\-\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
