/** The value of one cell: what a text in a file means. */

/** A number, a text, or null for a missing value. True and false are the texts `true` and `false`. */
export type Cell = number | string | null;

/** The texts that mark a missing value, in lower case: those of pandas and R, and the question mark of older data sets. */
const MISSING = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '?']);
const LONGEST_MARK = 4;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/**
 * The cell that a text means, without the spaces around it.
 * @param decimalComma whether `1,5` is a number, as in files that have semicolons between their fields.
 */
export function cellOf(text: string, decimalComma = false): Cell {
  const trimmed = text.trim();
  if (trimmed.length <= LONGEST_MARK && MISSING.has(trimmed.toLowerCase())) return null;
  const first = trimmed.charCodeAt(0);
  // Most texts are told from numbers by their first character: a digit, +, - or a point.
  const isLikely = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isLikely) return trimmed;
  const number = Number(trimmed);
  if (!Number.isNaN(number)) return Number.isFinite(number) && NUMBER.test(trimmed) ? number : trimmed;
  return decimalComma && DECIMAL_COMMA.test(trimmed) ? Number(trimmed.replace(',', '.')) : trimmed;
}

/** The cell that a value of JSON or Parquet means; null for one that no cell can hold. */
export function cellOfValue(value: unknown): { cell: Cell } | null {
  switch (typeof value) {
    case 'number':
      return { cell: Number.isNaN(value) ? null : Number.isFinite(value) ? value : String(value) };
    case 'bigint':
      return { cell: Number(value) };
    case 'boolean':
      return { cell: String(value) };
    case 'string':
      return { cell: value.trim() === '' ? null : value.trim() };
    case 'undefined':
      return { cell: null };
    default:
      if (value === null) return { cell: null };
      return value instanceof Date && !Number.isNaN(value.getTime()) ? { cell: value.toISOString() } : null;
  }
}

/** The text of a cell as a category: numbers in their shortest form, so that `1` and `1.0` are the same. */
export const textOf = (cell: number | string): string => (typeof cell === 'number' ? String(cell) : cell);

const DATE =
  /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AP]M)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/i;
const CLOCK = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AP]M)?$/i;

/** Whether a text is a date, a time of day, or both. */
export const isDate = (text: string): boolean => DATE.test(text) || CLOCK.test(text);

/** The words for false and true. */
const BOOLEAN_WORDS: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['no', 'yes'],
  ['off', 'on'],
  ['f', 't'],
  ['n', 'y'],
];

/** The words that texts are, if they are words for false and true; null otherwise. */
export function booleanWords(texts: Iterable<string>): readonly [string, string] | null {
  const found = new Set([...texts].map((text) => text.toLowerCase()));
  if (found.size === 0 || found.size > 2) return null;
  return BOOLEAN_WORDS.find((words) => [...found].every((text) => words.includes(text))) ?? null;
}
