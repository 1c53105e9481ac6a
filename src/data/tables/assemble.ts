/** A table as a data set: its rows divided, and encoded by what its training rows hold. Knows no files. */
import { HourglassError } from '../../errors.ts';
import { type LabelledSource, memorySource } from '../../samples/index.ts';
import {
  type Cell,
  ChangeTally,
  type ColumnStore,
  changeOf,
  constantColumns,
  describeEncoding,
  fitEncoding,
  type Roles,
  RowEncoder,
  rolesOf,
  specOfRows,
  type TableEncoding,
  type TableSettings,
  TableStore,
} from '../../tables/index.ts';
import type { DataOptions, SampleSet } from '../dataset.ts';
import { splitNamed } from '../images/folder-names.ts';
import { sampleSet } from '../source.ts';
import type { ValidationChoice } from '../splits.ts';
import { baseName, type ShardGroup } from './join.ts';
import { type FileSplits, type RowSplits, splitRows } from './splits.ts';

/** The most cells of a table that is trained on: 2 GiB while it is read. */
const MOST_CELLS = 2 ** 28;
/** The most values of encoded rows: 2 GiB. */
const MOST_VALUES = 2 ** 29;
/** Bytes that a cell takes: in the table, which may just have grown to twice its size, and encoded. */
const BYTES_PER_CELL = 24;
/** The share of the free memory that a table may take; training needs some as well. */
const SHARE = 0.7;

export interface OpenTableSettings extends TableSettings {
  validation?: ValidationChoice | undefined;
}

/** A table in memory, and what was found in it. */
export interface ReadTable {
  store: TableStore;
  roles: Roles;
  splits: RowSplits;
  encoding: TableEncoding;
  notes: string[];
  /** The format in words. */
  about: string;
  /** Names a row in errors and results. */
  places: Places;
  path: string;
}

export interface ReadTableOptions extends Pick<DataOptions, 'onRead' | 'signal'> {
  /** Bytes of free memory. */
  free: number;
}

/** The rows of a table, wherever they come from. */
export interface TableRows {
  /** As it was named, for errors. */
  path: string;
  /** As it is recorded. */
  whole: string;
  /** The names of its files, for errors. */
  files: readonly string[];
  groups(onFormat: (about: string) => void): AsyncIterable<ShardGroup>;
}

/** Reads a table, divides its rows, and learns its encoding. */
export async function assembleTable(
  { path, whole, files, groups }: TableRows,
  settings: OpenTableSettings,
  { onRead, signal, free }: ReadTableOptions,
): Promise<ReadTable> {
  const store = new TableStore();
  const starts: { shard: number; row: number }[] = [];
  let about = '';
  for await (const { names, rows, shard } of groups((text) => {
    about = text;
  })) {
    signal?.throwIfAborted();
    if (starts.at(-1)?.shard !== shard) starts.push({ shard, row: store.rows });
    store.add(names, rows);
    onRead?.({ read: store.rows, total: store.rows });
    const cells = store.rows * store.columns.length;
    if (cells > MOST_CELLS) throw tooMany(path, 'cells', MOST_CELLS);
    if (cells * BYTES_PER_CELL > SHARE * free) throw tooLarge(path, store, free);
  }
  if (store.rows === 0)
    throw new HourglassError('data', { subject: path, rule: 'must have rows', got: 'none' });
  const places = placesOf(files, starts);
  const roles = rolesOf(store, settings);
  const timed = roles.time === null ? roles : { ...roles, time: asTimes(roles.time, store.rows, places) };
  const notes: string[] = [];
  const rows = usedRows(store, timed, settings, notes);
  const given = fileSplitsOf(files, starts, store.rows);
  const splits = splitRows(store, rows, timed, settings, { file: path, given });
  const fitted = fitEncoding(timed, splits.train, settings, {
    file: path,
    place: places.inErrors,
    normal: splits.normal,
  });
  notes.push(...changedConstants(store, fitted.encoding, splits, places));
  if (roles.labelIsGuess) {
    notes.unshift(
      `'${roles.label!.name}' is taken for the label, which the model does not see; if it is not: data.label=none`,
    );
  }
  const encoding = fitted.encoding;
  if (store.rows * encoding.offset.length > MOST_VALUES) throw tooMany(path, 'values', MOST_VALUES);
  return {
    store,
    roles: timed,
    splits,
    encoding,
    notes: [...notes, ...fitted.notes],
    about,
    places,
    path: whole,
  };
}

/** Constant columns of the training rows in which rows of the other splits have another value, in words. */
function changedConstants(
  store: TableStore,
  encoding: TableEncoding,
  { validation, test }: RowSplits,
  places: Places,
): string[] {
  const changes = new ChangeTally();
  const constants = constantColumns(encoding);
  for (const row of [...(validation ?? []), ...test].sort((a, b) => a - b)) {
    for (const constant of constants) {
      const change = changeOf(constant, store.column(constant.name)!.cell(row));
      if (change !== null) changes.add(places.name(row), [change]);
    }
  }
  return changes.notes();
}

/** The data set of a table that was read. */
export function tableSet(
  name: string,
  { store, splits, encoding, notes, about, places, path }: ReadTable,
): SampleSet {
  const source = (rows: Uint32Array): LabelledSource => encoded(store, rows, encoding, splits.labels, places);
  const set = sampleSet({
    name,
    source: `${about}, ${path}`,
    classes: splits.classes,
    train: source(splits.train),
    validation: splits.validation && source(splits.validation),
    test: source(splits.test),
  });
  const table = { path, encoding, notes, about: describeEncoding(encoding), splits: splits.note };
  return { ...set, table };
}

/** The rows that are used: all, or those without missing values. */
function usedRows(
  store: TableStore,
  { inputs }: Roles,
  { missing = 'refuse' }: TableSettings,
  notes: string[],
): Uint32Array {
  const all = Uint32Array.from({ length: store.rows }, (_, row) => row);
  if (missing !== 'drop') return all;
  const some = inputs.filter((column) => all.some((row) => !column.isMissing(row)));
  const rows = all.filter((row) => !some.some((column) => column.isMissing(row)));
  if (rows.length < all.length) {
    notes.push(
      `${(all.length - rows.length).toLocaleString('en')} of ${all.length.toLocaleString('en')} rows are left out: a value is missing in them`,
    );
  }
  return rows;
}

/** Encoded rows in memory. */
function encoded(
  store: TableStore,
  rows: Uint32Array,
  encoding: TableEncoding,
  labels: Uint8Array,
  places: Places,
): LabelledSource {
  const encoder = new RowEncoder(encoding);
  const columns = encoding.columns.map(({ name }) => store.column(name)!);
  const values = new Float32Array(rows.length * encoder.width);
  const cells: Cell[] = new Array(columns.length);
  for (const [i, row] of rows.entries()) {
    for (const [at, column] of columns.entries()) cells[at] = column.cell(row);
    encoder.encode(cells, values, i * encoder.width, () => places.inErrors(row));
  }
  const own = Uint8Array.from(rows, (row) => labels[row]!);
  return {
    ...memorySource(specOfRows(encoding), values, { names: Array.from(rows, places.name) }),
    labels: own,
  };
}

/** Where a row is. */
export interface Places {
  /** `table.csv, row 7`. */
  inErrors(row: number): string;
  /** `7`, or `shard.csv:7` of several files. */
  name(row: number): string;
}

export function placesOf(
  files: readonly string[],
  starts: readonly { shard: number; row: number }[],
): Places {
  const find = (row: number) => starts.findLast((start) => start.row <= row)!;
  return {
    inErrors: (row) => {
      const { shard, row: first } = find(row);
      return `${files[shard]!}, row ${row - first + 1}`;
    },
    name: (row) => {
      const { shard, row: first } = find(row);
      return files.length === 1 ? String(row + 1) : `${baseName(files[shard]!)}:${row - first + 1}`;
    },
  };
}

/** The splits that files are by their names, such as train.csv and test.csv; null if they are not. */
export function fileSplitsOf(
  files: readonly string[],
  starts: readonly { shard: number; row: number }[],
  count: number,
): FileSplits | null {
  const splits = files.map((file) =>
    splitNamed(
      baseName(file)
        .split('.')[0]!
        .replace(/[-_]?\d+$/, ''),
    ),
  );
  if (!splits.includes('train') || !splits.includes('test') || splits.includes(null)) return null;
  const rows: Record<keyof FileSplits, number[]> = { train: [], validation: [], test: [] };
  for (const [i, { shard, row }] of starts.entries()) {
    const end = starts[i + 1]?.row ?? count;
    for (let at = row; at < end; at++) rows[splits[shard]!].push(at);
  }
  return {
    train: Uint32Array.from(rows.train),
    validation: Uint32Array.from(rows.validation),
    test: Uint32Array.from(rows.test),
  };
}

/** A column of dates as milliseconds, to sort by. @throws HourglassError (data) for a row without a time. */
function asTimes(column: ColumnStore, rows: number, places: Places): ColumnStore {
  const times = new TableStore();
  for (let row = 0; row < rows; row++) {
    const cell = column.cell(row);
    const time = typeof cell === 'string' ? Date.parse(cell) : cell;
    if (time === null || Number.isNaN(time)) {
      throw new HourglassError('data', {
        subject: `${places.inErrors(row)}, column '${column.name}'`,
        rule: 'must be a number or a date, as the time by which rows are divided',
        got: cell === null ? 'no value' : String(cell).slice(0, 40),
        hint: 'write dates as 2026-01-31 or 2026-01-31T12:00:00Z',
      });
    }
    times.add([column.name], [[time]]);
  }
  return times.columns[0]!;
}

const tooLarge = (path: string, { rows, columns }: TableStore, free: number): HourglassError =>
  new HourglassError('environment', {
    subject: path,
    rule: `must fit the memory while it is trained on, of which ${(free / 1e9).toFixed(1)} GB are free`,
    got: `more than ${rows.toLocaleString('en')} rows of ${columns.length.toLocaleString('en')} columns`,
    hint: PART,
  });

const PART =
  'write its rows as NPY, which are read as a stream (data.stream=true); or train on a part of its rows, and use the model on all of them';

const tooMany = (path: string, what: string, most: number): HourglassError =>
  new HourglassError('data', {
    subject: path,
    rule: `must have at most ${(most / 2 ** 20).toLocaleString('en')} million ${what}: a table is held in memory while it is trained on`,
    got: 'more',
    hint: PART,
  });
