/**
 * Rows of text in columns. On a terminal a table fits the width: the widest columns are wrapped, between words if
 * possible. In a pipe or a file a row is one line, however long.
 */
import stringWidth from 'string-width';

export interface TableOptions {
  /** Columns of the terminal; by default there is no limit. */
  width?: number;
  /** How the first row is shown. */
  head?: (line: string) => string;
}

const GAP = '  ';
/** No column is made narrower than this. */
const NARROWEST = 6;

/** The width a table may have on a stream. */
export const widthOf = (out: NodeJS.WriteStream): number =>
  out.isTTY ? (out.columns ?? 80) : Number.POSITIVE_INFINITY;

/** The lines of a table. */
export function table(
  rows: readonly (readonly string[])[],
  { width = Number.POSITIVE_INFINITY, head = (line) => line }: TableOptions = {},
): string[] {
  const widths = fitted(naturalWidths(rows), rows, width);
  return rows.flatMap((row, i) => {
    const lines = wrapped(row, widths);
    return i === 0 ? lines.map(head) : lines;
  });
}

/** Whether every row of a table fits on one line. */
export const fits = (rows: readonly (readonly string[])[], width: number): boolean =>
  totalOf(naturalWidths(rows)) <= width;

function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, columnsOf(cell));
  }
  return widths;
}

const totalOf = (widths: readonly number[]): number =>
  widths.reduce((sum, one) => sum + one, 0) + GAP.length * Math.max(0, widths.length - 1);

/**
 * Narrows the widest column until all fit: as long as that cuts no word, then as long as it breaks words only where they
 * have parts, then further.
 */
function fitted(widths: readonly number[], rows: readonly (readonly string[])[], most: number): number[] {
  const result = [...widths];
  for (const parts of [wordsOf, partsOf, null]) {
    const least = widths.map((_, i) =>
      Math.max(
        NARROWEST,
        ...(parts === null ? [] : rows.flatMap((row) => parts(row[i] ?? '').map(columnsOf))),
      ),
    );
    while (totalOf(result) > most) {
      const widest = Math.max(0, ...result.filter((width, i) => width > least[i]!));
      const at = result.findIndex((width, i) => width === widest && width > least[i]!);
      if (at < 0) break;
      result[at]!--;
    }
  }
  return result;
}

const wordsOf = (text: string): string[] => text.split(/\s+/);

/** Words, broken after a hyphen or a slash that is next to a letter: a date stays whole. */
const partsOf = (text: string): string[] => wordsOf(text).flatMap((word) => word.split(BREAK));
const BREAK = /(?<=\p{L}[-/])|(?<=[-/])(?=\p{L})/u;

function wrapped(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, i) => wrap(cell, widths[i]!));
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, i) => padded(lines[line] ?? '', widths[i]!))
      .join(GAP)
      .trimEnd(),
  );
}

const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - columnsOf(text)));

/** Text in lines of at most `width` columns; a longer word is broken. Text that fits stays as it is. */
export function wrap(text: string, width: number): string[] {
  if (columnsOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/\s+/)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columnsOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (columnsOf(word) > width) {
      const piece = broken(word, width);
      lines.push(piece);
      word = word.slice(piece.length);
    }
    line = word;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** As many parts of a word as fit; if its first part is too long, as many characters. */
function broken(word: string, width: number): string {
  let piece = '';
  for (const part of partsOf(word)) {
    if (columnsOf(piece + part) > width) break;
    piece += part;
  }
  return piece === '' ? beginning(word, width) : piece;
}

/** The longest beginning of a word that fits, one character at least. */
export function beginning(word: string, width: number): string {
  let piece = '';
  for (const character of word) {
    if (piece !== '' && columnsOf(piece + character) > width) break;
    piece += character;
  }
  return piece;
}

/** The number of columns that text takes in a terminal: 猫 takes two, a combining mark none. */
export const columnsOf = (text: string): number => stringWidth(text);
