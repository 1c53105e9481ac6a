/** Rows of later files, encoded as a model's training rows were: a stream of batches in flat memory. */
import { HourglassError } from '../../errors.ts';
import {
  type Cell,
  type ChangedConstant,
  ChangeTally,
  type ColumnMatch,
  matchColumns,
  RowEncoder,
  type TableEncoding,
  textOf,
} from '../../tables/index.ts';
import { type OpenedTable, openTableFile } from './file.ts';
import { type Shard, shardsOf } from './shards.ts';

/** Some rows of a later file. */
export interface RowBatch {
  /** The number of each row in its file, from 1; of several files with the file's name before it. */
  names: string[];
  /** The class of each row, if the file has the label's column. */
  classes: (string | null)[];
  /** [n, values], in the columns' own units. */
  values: Float32Array;
  /**
   * For each row the columns that had one value in all training rows, and in which this row has another. The model does not
   * see these columns.
   */
  changedConstants: ChangedConstant[][];
}

/** How rows of later files are read. */
export interface RowOptions {
  /** Rows of a batch. Default 256. */
  batch?: number;
  /** The most rows that are read. Default: all. */
  limit?: number | undefined;
  /** Whether the first line of a CSV has the names; by default what it looks like. */
  header?: boolean | undefined;
  /** The array of an NPZ or safetensors file with the rows, or the column of lists of a Parquet file. */
  array?: string | undefined;
  /** Whether a row that cannot be encoded ends the reading (default), or is left out and given to `onSkip`. */
  onBad?: 'stop' | 'skip';
  /** Called with the error of each row that is left out. */
  onSkip?: (error: HourglassError) => void;
  /** Called with what a reader should know, once each. */
  onNote?: (text: string) => void;
  /** What `-` reads; default the process's standard input. */
  stdin?: AsyncIterable<Uint8Array | string>;
  /** Ends the wait for standard input. */
  signal?: AbortSignal;
}

/**
 * The rows of tables: files, folders of files, and `-` for standard input. Columns are matched by name, in any order; others
 * are left out with a note. A category that no training row had is `(other)`.
 * @throws HourglassError (data) for a file that is missing or damaged, a column that is not there, and a cell that does not
 * fit its column, with file, row and column.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { dataSchema, openRows } from 'hourglass';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${10 + ((i * i) % 7)},${i % 2 ? 'A2' : 'A4'}`);
 * writeFileSync('parts.csv', `width,steel\n${lines.join('\n')}\n`);
 * const { encoding } = await dataSchema('basic', { 'data.set': 'parts.csv' });
 * writeFileSync('later.csv', 'steel,width\nA4,12\n');
 * for await (const { names, values } of openRows(['later.csv'], encoding)) {
 *   console.log(names, values); // [ '1' ] Float32Array(4) [ 12, … ]
 * }
 * ```
 */
export async function* openRows(
  inputs: readonly string[],
  encoding: TableEncoding,
  options: RowOptions = {},
): AsyncGenerator<RowBatch, void, undefined> {
  const shards: Shard[] = [];
  for (const input of inputs) {
    if (input === '-') shards.push({ path: '-', name: 'standard input' });
    else shards.push(...(await shardsOf(input)));
  }
  const tables = shards.map(({ path, name }) => ({ name, open: () => openTableFile(path, name, options) }));
  const found = yield* encodedRows(tables, encoding, options);
  if (found > 0) return;
  throw new HourglassError('data', {
    subject: inputs.join(', '),
    rule: 'must hold rows',
    got: 'none that can be used',
  });
}

/** A table that is opened when its turn comes. */
interface TableInTurn {
  /** For errors and for the names of rows. */
  name: string;
  open(): Promise<Pick<OpenedTable, 'groups' | 'grows' | 'close'>>;
}

/**
 * The rows of tables, as {@link openRows} gives them.
 * @param options.refusesIncomplete whether a row that training would have left out, because a value is missing, is an error.
 * @returns how many rows there were.
 */
export async function* encodedRows(
  tables: readonly TableInTurn[],
  encoding: TableEncoding,
  options: RowOptions & { refusesIncomplete?: boolean } = {},
): AsyncGenerator<RowBatch, number, undefined> {
  const encoder = new RowEncoder(encoding);
  const maker = new BatchMaker(encoder, options.batch ?? 256);
  const changes = new ChangeTally();
  const noted = new Set<string>();
  const note = (text: string) => {
    if (!noted.has(text)) options.onNote?.(text);
    noted.add(text);
  };
  const { limit } = options;
  let found = 0;
  reading: for (const { name: file, open } of tables) {
    const isOne = tables.length === 1;
    const table = await open();
    let row = 0;
    let dropped = 0;
    let match: ColumnMatch | null = null;
    let columns = 0;
    try {
      for await (const { names, rows } of table.groups) {
        if (match === null || names.length !== columns) {
          match = matchColumns(encoding, names, file, table.grows);
          columns = names.length;
          noteUnknown(match, file, note);
        }
        for (const cells of rows) {
          row++;
          const picked = match.pick(cells);
          if (encoder.isDropped(picked)) {
            if (options.refusesIncomplete === true) throw incomplete(`${file}, row ${row}`);
            dropped++;
            continue;
          }
          const number = row;
          const name = isOne ? String(row) : `${file}:${row}`;
          const changed = match.changesIn(cells);
          const label = match.label < 0 ? null : (cells[match.label] ?? null);
          try {
            maker.add(picked, { name, label, changed }, () => `${file}, row ${number}`);
          } catch (error) {
            if (!(error instanceof HourglassError) || options.onBad !== 'skip') throw error;
            options.onSkip?.(error);
            continue;
          }
          changes.add(name, changed);
          found++;
          if (maker.isFull || found === limit) yield maker.take();
          if (found === limit) break reading;
        }
      }
    } finally {
      await table.close();
    }
    if (dropped > 0)
      note(`${file}: ${dropped.toLocaleString('en')} rows are left out, because a value is missing in them`);
  }
  if (!maker.isEmpty) yield maker.take();
  for (const text of changes.notes()) note(text);
  return found;
}

const incomplete = (subject: string): HourglassError =>
  new HourglassError('data', {
    subject,
    rule: 'must have a value in each column',
    got: 'none in one of them',
  });

const MOST_NAMED = 5;

function noteUnknown({ unknown }: ColumnMatch, name: string, note: (text: string) => void): void {
  if (unknown.length === 0) return;
  const more =
    unknown.length > MOST_NAMED ? ` and ${(unknown.length - MOST_NAMED).toLocaleString('en')} more` : '';
  note(
    `${name}: the model does not know ${unknown
      .slice(0, MOST_NAMED)
      .map((one) => `'${one}'`)
      .join(', ')}${more}, which ${unknown.length === 1 ? 'is' : 'are'} left out`,
  );
}

/** Collects encoded rows. */
class BatchMaker {
  private readonly encoder: RowEncoder;
  private readonly size: number;
  private names: string[] = [];
  private classes: (string | null)[] = [];
  private changed: ChangedConstant[][] = [];
  private values: Float32Array;

  constructor(encoder: RowEncoder, size: number) {
    this.encoder = encoder;
    this.size = size;
    this.values = new Float32Array(size * encoder.width);
  }

  get isFull(): boolean {
    return this.names.length === this.size;
  }

  get isEmpty(): boolean {
    return this.names.length === 0;
  }

  add(
    cells: readonly Cell[],
    { name, label, changed }: { name: string; label: Cell; changed: ChangedConstant[] },
    place: () => string,
  ): void {
    this.encoder.encode(cells, this.values, this.names.length * this.encoder.width, place);
    this.names.push(name);
    this.classes.push(label === null ? null : textOf(label));
    this.changed.push(changed);
  }

  take(): RowBatch {
    const { names, classes, values, encoder, size, changed: changedConstants } = this;
    this.names = [];
    this.classes = [];
    this.changed = [];
    this.values = new Float32Array(size * encoder.width);
    return { names, classes, values: values.subarray(0, names.length * encoder.width), changedConstants };
  }
}
