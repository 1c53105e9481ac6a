/** The columns of a later file, found by their names: in any order, with others between them. */
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import type { Cell } from './cells.ts';
import { type ChangedConstant, changeOf, constantColumns } from './constants.ts';
import type { TableEncoding } from './encoding.ts';

export interface ColumnMatch {
  /** The cells of a row of the file in the order of the encoding's columns. */
  pick(row: readonly Cell[]): Cell[];
  /** The position of the label's column in the file; -1 without one. */
  label: number;
  /** The constant columns in which a row of the file has another value than the training rows. */
  changesIn(row: readonly Cell[]): ChangedConstant[];
  /** The columns of the file that the model does not know. */
  unknown: string[];
}

const MOST_NAMED = 5;

/**
 * @param mayGrow whether further columns may follow, as in JSON lines: a column that is not there yet has no values so far.
 * @throws HourglassError (data) for a column of the model that the file does not have.
 */
export function matchColumns(
  encoding: TableEncoding,
  names: readonly string[],
  file: string,
  mayGrow = false,
): ColumnMatch {
  const { columns, leftOut, label } = encoding;
  const places = new Map(names.map((name, i) => [name, i]));
  // A file without names has its columns in the model's order, if they are as many.
  const isUnnamed = names.length === columns.length && names.every((name, i) => name === `x${i + 1}`);
  const isInOrder = isUnnamed && !columns.some(({ name }) => places.has(name));
  const found = columns.map(({ name }, i) => (isInOrder ? i : (places.get(name) ?? -1)));
  const absent = columns.filter((_, i) => found[i] === -1).map(({ name }) => name);
  if (absent.length > 0 && !mayGrow) {
    const similar = nearest(absent[0]!, names);
    const more =
      absent.length > MOST_NAMED ? ` and ${(absent.length - MOST_NAMED).toLocaleString('en')} more` : '';
    throw new HourglassError('data', {
      subject: file,
      rule: `must have the model's columns, but ${absent
        .slice(0, MOST_NAMED)
        .map((name) => `'${name}'`)
        .join(', ')}${more} ${absent.length === 1 ? 'is' : 'are'} not in it`,
      got: `${names.slice(0, 2 * MOST_NAMED).join(', ')}${names.length > 2 * MOST_NAMED ? ', …' : ''}`,
      hint:
        similar === undefined
          ? "give a file with the training file's column names; their order does not matter"
          : `rename '${similar}' to '${absent[0]}'?`,
    });
  }
  const known = new Set(isInOrder ? names : [...columns, ...leftOut].map(({ name }) => name));
  const constants = constantColumns(encoding).flatMap((constant) => {
    const place = places.get(constant.name);
    return place === undefined ? [] : [{ constant, place }];
  });
  return {
    pick: (row) => found.map((place) => row[place] ?? null),
    changesIn: (row) =>
      constants.flatMap(({ constant, place }) => changeOf(constant, row[place] ?? null) ?? []),
    label: label === null ? -1 : (places.get(label.name) ?? -1),
    unknown: names.filter((name) => !known.has(name)),
  };
}
