/** The encoding of a table, learned from its training rows. */
import { HourglassError } from '../errors.ts';
import { booleanWords, type Cell, isDate, textOf } from './cells.ts';
import type { EncodedColumn, TableEncoding } from './encoding.ts';
import { type ColumnProfile, profileOf, quartilesOf } from './profile.ts';
import type { Reason, Roles } from './roles.ts';
import type { TableSettings } from './settings.ts';
import type { ColumnStore } from './store.ts';
import { widthOf } from './values.ts';

/** A column whose values are numbers to this share is one of numbers: a text in it is a mistake, not a category. */
const MOSTLY_NUMBERS = 0.9;
/** A column of more different texts than this share of its rows has names rather than categories. */
const MOSTLY_DIFFERENT = 0.5;
/** Rows from which on whole numbers that go up by 1 are taken for row numbers. */
const ENOUGH_TO_COUNT = 10;
export const DEFAULT_CATEGORIES = 32;
/** The longest text that is recorded as the value of a constant column. */
const LONGEST_CONSTANT = 200;
/** float32 has 24 bits: beyond this ratio of mean to deviation fewer than 8 of them tell rows apart. */
const MOST_OFFSET = 2 ** 16;

/** Where a row is, for errors: `table.csv, row 7`. */
export type PlaceOf = (row: number) => string;

export interface Fitted {
  encoding: TableEncoding;
  /** Notes to read before training. */
  notes: string[];
}

/** What becomes of a column. */
export type Fate =
  | { column: EncodedColumn; scaling: [offset: number, scale: number] }
  | { why: Reason; value?: Cell };

/**
 * @param rows the training rows; nothing is learned from others.
 * @throws HourglassError (data) for a column of dates, for texts among numbers, and if no column is left.
 */
export function fitEncoding(
  roles: Roles,
  rows: Uint32Array,
  settings: TableSettings,
  { file, place, normal }: { file: string; place: PlaceOf; normal: string | null },
): Fitted {
  const { label } = roles;
  return encodingOf(
    roles.inputs.map((column) => ({
      name: column.name,
      fate: fateOf(column, rows, settings, { file, place }),
    })),
    settings,
    {
      file,
      leftOut: roles.leftOut,
      label: label === null ? null : { name: label.name, normal },
      lengthScale: (columns) => lengthScale(columns, roles, rows),
    },
  );
}

/**
 * The encoding that columns of these fates have.
 * @param about.lengthScale what the numbers of rows are divided by for a mean length of the root of their columns.
 * @throws HourglassError (data) if no column is left.
 */
export function encodingOf(
  fates: readonly { name: string; fate: Fate }[],
  { missing = 'refuse', scaling = 'standard' }: TableSettings,
  about: {
    file: string;
    leftOut: TableEncoding['leftOut'];
    label: TableEncoding['label'];
    lengthScale(columns: readonly EncodedColumn[]): number;
  },
): Fitted {
  const columns: EncodedColumn[] = [];
  const leftOut: TableEncoding['leftOut'] = [...about.leftOut];
  const [offset, scale]: [number[], number[]] = [[], []];
  const notes: string[] = [];
  for (const { name, fate } of fates) {
    if ('why' in fate) {
      leftOut.push({ name, ...fate });
      continue;
    }
    const of = fate.column;
    const width = widthOf(of);
    columns.push(of);
    // One value of a number is scaled; ones and zeros stay as they are.
    for (let i = 0; i < width; i++) {
      offset.push(i === 0 ? Math.fround(fate.scaling[0]) : 0);
      scale.push(i === 0 ? Math.fround(fate.scaling[1]) || 1 : 1);
    }
    if (of.type === 'number' && Math.abs(fate.scaling[0]) > MOST_OFFSET * fate.scaling[1]) {
      notes.push(
        `'${name}' differs from row to row by less than a 65,000th of its values, which single precision hardly tells apart: subtract a constant from it, or leave it out: data.ignore=${name}`,
      );
    }
  }
  if (columns.length === 0) {
    throw new HourglassError('data', {
      subject: about.file,
      rule: 'must have a column whose values differ from row to row',
      got: listed(leftOut.map(({ name, why }) => `${name} (${SHORT[why]})`)) || 'none',
    });
  }
  if (scaling === 'norm') {
    const factor = Math.fround(about.lengthScale(columns)) || 1;
    let at = 0;
    for (const column of columns) {
      if (column.type === 'number') scale[at] = factor;
      at += widthOf(column);
    }
  }
  const { label } = about;
  return { encoding: { version: 1, columns, leftOut, label, missing, scaling, offset, scale }, notes };
}

const SHORT: Readonly<Record<Reason, string>> = {
  label: 'label',
  time: 'time',
  group: 'group',
  ignored: 'left out',
  constant: 'constant',
  empty: 'empty',
  texts: 'a text of its own in each row',
  counter: 'row numbers',
};

function fateOf(
  column: ColumnStore,
  rows: Uint32Array,
  settings: TableSettings,
  where: { file: string; place: PlaceOf },
): Fate {
  const { name } = column;
  const profile = profileOf(column, rows);
  const { missing, numbers, texts, textCounts } = profile;
  const indicator = settings.missing === 'mean' && missing > 0;
  const set = settings.types?.[name];
  if (numbers + texts === 0) return { why: 'empty', value: null };
  const words = numbers === 0 ? booleanWords(textCounts.keys()) : null;
  if (set === 'boolean' && words === null) throw notBoolean(column, profile, where.file);
  const isConstant =
    texts === 0 ? profile.least === profile.greatest : numbers === 0 && textCounts.size === 1;
  if (isConstant && missing === 0) {
    const value = column.cell(rows[0]!);
    // A long text is a document rather than a constant, and too much to carry with a model.
    const isLong = typeof value === 'string' && value.length > LONGEST_CONSTANT;
    return { why: 'constant', ...(isLong ? {} : { value }) };
  }
  if (set === 'number' || (set === undefined && numbers >= MOSTLY_NUMBERS * (numbers + texts))) {
    if (texts > 0) throw textAmongNumbers(column, rows, profile, where.place);
    if (set === undefined && profile.counts && rows.length >= ENOUGH_TO_COUNT) return { why: 'counter' };
    const quartiles = () => quartilesOf(column, rows);
    return numberOf(name, profile, settings, { indicator, quartiles });
  }
  if (words !== null && set !== 'category') {
    const mean =
      [...textCounts].reduce((n, [text, count]) => n + (text.toLowerCase() === words[1] ? count : 0), 0) /
      texts;
    return { column: { type: 'boolean', name, indicator, mean, words: [...words] }, scaling: [0, 1] };
  }
  if (set === undefined) {
    const dates = [...textCounts.keys()].filter(isDate).length;
    if (dates >= MOSTLY_NUMBERS * textCounts.size) throw dateColumn(column, textCounts, where.file);
    const most = Math.max(settings.categories ?? DEFAULT_CATEGORIES, MOSTLY_DIFFERENT * rows.length);
    if (textCounts.size > most) return { why: 'texts' };
  }
  return { column: categoriesOf(column, rows, settings, indicator), scaling: [0, 1] };
}

function categoriesOf(
  column: ColumnStore,
  rows: Uint32Array,
  { categories = DEFAULT_CATEGORIES }: TableSettings,
  indicator: boolean,
): EncodedColumn {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = column.category(row);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([text]) => text);
  // A category that no training row has is `other`, which is always there: an anomaly often is one.
  return { type: 'category', name: column.name, indicator, values: sorted.slice(0, categories), other: true };
}

/**
 * The fate of a column that has a number in each training row, as columns of arrays do.
 * @param profile of the training rows.
 */
export function fateOfNumbers(
  name: string,
  profile: ColumnProfile,
  settings: TableSettings,
  quartiles: () => [number, number, number],
): Fate {
  if (profile.least === profile.greatest) return { why: 'constant', value: profile.least };
  if (profile.counts && profile.rows >= ENOUGH_TO_COUNT) return { why: 'counter' };
  return numberOf(name, profile, settings, { indicator: false, quartiles });
}

function numberOf(
  name: string,
  { mean, deviation, least, greatest }: ColumnProfile,
  { scaling = 'standard' }: TableSettings,
  { indicator, quartiles }: { indicator: boolean; quartiles: () => [number, number, number] },
): Fate {
  return {
    column: { type: 'number', name, indicator, mean, range: [least, greatest] },
    scaling: scalingOf(),
  };

  function scalingOf(): [number, number] {
    switch (scaling) {
      case 'standard':
        return [mean, deviation || 1];
      case 'min-max':
        return [least, greatest - least || 1];
      case 'robust': {
        const [lower, median, upper] = quartiles();
        // 1.349 deviations of a normal distribution lie between its quartiles; half of the values may be one number.
        return [median, (upper - lower) / 1.349 || deviation || 1];
      }
      // One number for all columns follows when they are known.
      case 'norm':
      case 'none':
        return [0, 1];
    }
  }
}

/** What the numbers of rows are divided by for a mean length of the root of their columns. */
function lengthScale(columns: readonly EncodedColumn[], { inputs }: Roles, rows: Uint32Array): number {
  const numbers = inputs.filter(({ name }) =>
    columns.some((column) => column.type === 'number' && column.name === name),
  );
  const squares = new Float64Array(rows.length);
  for (const column of numbers) {
    for (const [i, row] of rows.entries()) squares[i]! += (column.number(row) || 0) ** 2;
  }
  const mean = squares.reduce((sum, square) => sum + Math.sqrt(square), 0) / rows.length;
  return mean / Math.sqrt(numbers.length);
}

const quoted = (texts: readonly string[]) =>
  texts.map((text) => JSON.stringify(text.slice(0, 30))).join(', ');
const listed = (texts: readonly string[], most = 8) =>
  texts.slice(0, most).join(', ') +
  (texts.length > most ? ` and ${(texts.length - most).toLocaleString('en')} more` : '');

function textAmongNumbers(
  column: ColumnStore,
  rows: Uint32Array,
  { numbers, texts }: ColumnProfile,
  place: PlaceOf,
): HourglassError {
  const row = rows.find((each) => column.code(each) > 0)!;
  return new HourglassError('data', {
    subject: `${place(row)}, column '${column.name}'`,
    rule: `must be a number, like ${numbers.toLocaleString('en')} of ${(numbers + texts).toLocaleString('en')} training rows`,
    got: textOf(column.cell(row)!).replace(/\s+/g, ' ').slice(0, 40),
    hint: `correct it, leave it empty and set data.missing, or, if the column has categories, set data.types.${column.name}=category`,
  });
}

function dateColumn({ name }: ColumnStore, texts: ReadonlyMap<string, number>, file: string): HourglassError {
  return new HourglassError('data', {
    subject: `${file}, column '${name}'`,
    rule: 'must not be dates or times, from which a model learns nothing that holds for later rows',
    got: quoted([...texts.keys()].slice(0, 2)),
    hint: `leave it out: data.ignore=${name}; or divide the rows by it: data.time=${name}; or replace it by numbers, such as the hour, the weekday, the days since an event`,
  });
}

function notBoolean({ name }: ColumnStore, { textCounts }: ColumnProfile, file: string): HourglassError {
  return new HourglassError('data', {
    subject: `${file}, column '${name}'`,
    rule: 'must be true or false, yes or no, on or off',
    got: quoted([...textCounts.keys()].slice(0, 3)) || 'numbers',
    hint: `set data.types.${name}=category or number`,
  });
}
