/** Tables as arrays: NPY and safetensors row by row; NPZ, and safetensors with further columns, as a whole. */

import { isNpy, MAX_NPY_HEADER } from '../../codecs/npy.ts';
import {
  type NumberFormat,
  type NumbersHeader,
  numberReader,
  numberSize,
  numbersOf,
  readNumbersHeader,
} from '../../codecs/npy-numbers.ts';
import { safetensorsHead } from '../../codecs/safetensors.ts';
import { type TensorPlace, tensorPlaces } from '../../codecs/safetensors-numbers.ts';
import { HourglassError } from '../../errors.ts';
import { sizeOf } from '../../size.ts';
import type { Cell } from '../../tables/index.ts';
import type { ByteSource } from '../byte-source.ts';
import {
  checkCount,
  checkNames,
  numberedNames,
  type RowGroup,
  rowsAtOnce,
  type TableReader,
} from './reader.ts';

/** The largest NPZ or safetensors file, and the largest array in one, in bytes. */
const LARGEST = 2 ** 30;

interface Shaped {
  name: string;
  shape: readonly number[];
}

/** An array in memory, row by row. */
interface NamedArray extends Shaped {
  at(index: number): number;
}

/** NPY: an array [rows, columns], or [rows] for one column; read some rows at a time. */
export async function npyTable(reader: ByteSource): Promise<TableReader> {
  const { name } = reader;
  const header = readNumbersHeader(await reader.peek(MAX_NPY_HEADER), name);
  const columns = columnsOf(header.shape, name);
  await reader.read(header.header);
  return { about: `NPY ${header.type}`, grows: false, groups: npyGroups(reader, header, columns) };
}

async function* npyGroups(
  reader: ByteSource,
  header: NumbersHeader,
  columns: number,
): AsyncGenerator<RowGroup> {
  const { name } = reader;
  const count = header.shape[0]!;
  if (header.fortran && header.shape.length > 1) {
    const bytes = count * columns * header.size;
    if (bytes > LARGEST) {
      throw refuse(
        name,
        `must be at most ${LARGEST / 2 ** 20} MiB in Fortran order`,
        `${bytes} bytes`,
        'save it in C order: numpy.ascontiguousarray',
      );
    }
    const values = numbersOf(header, (await reader.read(bytes))!);
    yield* groupsOf(numberedNames(columns), count, (row, column) => values[column * count + row]!);
  } else yield* inOrder(reader, header, count, columns);
  if ((await reader.peek(1)).length > 0) {
    throw refuse(name, 'must have the length that its dimensions give', 'more bytes');
  }
}

/** NPZ: one array of rows, and any arrays with a number for each row. */
export async function npzTable(reader: ByteSource, wanted: string | undefined): Promise<TableReader> {
  const { name } = reader;
  const bytes = await reader.rest(LARGEST);
  const { unzipSync } = await import('fflate');
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        if (!file.name.endsWith('.npy')) return false;
        if (file.originalSize > LARGEST)
          throw refuse(`${name}, ${file.name}`, 'must be at most 1 GiB', file.originalSize);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    throw refuse(name, 'must be an undamaged NPZ file', (cause as Error).message);
  }
  const arrays = Object.entries(files).map(([file, content]): NamedArray => {
    const subject = `${name}, ${file}`;
    if (!isNpy(content)) throw refuse(subject, 'must be an NPY file', 'something else');
    const header = readNumbersHeader(content, subject);
    const values = numbersOf(header, content.subarray(header.header));
    const { shape, fortran } = header;
    if (values.length !== sizeOf(shape))
      throw refuse(subject, 'must have the length that its dimensions give', `${values.length} numbers`);
    const [rows = 1, columns = 1] = shape;
    const at =
      fortran && shape.length === 2
        ? (i: number) => values[(i % columns) * rows + Math.floor(i / columns)]!
        : (i: number) => values[i]!;
    return { name: file.replace(/\.npy$/, ''), shape, at };
  });
  return arrayTable(name, 'NPZ', arrays, wanted);
}

/**
 * Safetensors, in the same way. One array of rows without further columns is read some rows at a time, however large it is.
 */
export async function safetensorsTable(reader: ByteSource, wanted: string | undefined): Promise<TableReader> {
  const { name } = reader;
  const length = safetensorsHead(await reader.peek(8), Number.POSITIVE_INFINITY, name);
  const head = await reader.peek(length);
  if (head.length < length) throw refuse(name, 'must not be cut off', 'an end within its header');
  const places = tensorPlaces(head, Number.POSITIVE_INFINITY, name);
  const rows = rowsAlone(name, places, wanted);
  if (rows !== null) {
    const about = `safetensors ${rows.dtype}, array '${rows.name}'`;
    return { about, grows: false, groups: tensorGroups(reader, rows, places.at(-1)!.end) };
  }
  const bytes = await reader.rest(LARGEST);
  if (bytes.length !== (places.at(-1)?.end ?? length))
    throw refuse(
      name,
      `must end with its last tensor, after ${places.at(-1)?.end ?? length} bytes`,
      `${bytes.length} bytes`,
    );
  const arrays = places.map(({ name: own, shape, type, begin, end }): NamedArray => {
    const at = numberReader({ type, littleEndian: true }, bytes.subarray(begin, end));
    return { name: own, shape, at };
  });
  return arrayTable(name, 'safetensors', arrays, wanted);
}

/** The array of rows of a file that has no further columns; null for any other file. */
export function rowsAlone(
  file: string,
  places: readonly TensorPlace[],
  wanted: string | undefined,
): TensorPlace | null {
  const main = mainArray(file, places, wanted);
  if (main === null || main.shape.length !== 2) return null;
  return places.some((place) => place !== main && isColumn(place, main.shape[0]!)) ? null : main;
}

/** Bytes that are skipped at a time. */
const PASSED = 2 ** 20;

async function* tensorGroups(
  reader: ByteSource,
  { name, shape, type, begin, end }: TensorPlace,
  total: number,
): AsyncGenerator<RowGroup> {
  const pass = async (bytes: number) => {
    for (let left = bytes; left > 0; left -= PASSED) await reader.read(Math.min(PASSED, left));
  };
  const columns = columnsOf(shape, `${reader.name}, ${name}`);
  await pass(begin);
  yield* inOrder(reader, { type, littleEndian: true }, shape[0]!, columns);
  await pass(total - end);
  if ((await reader.peek(1)).length > 0)
    throw refuse(reader.name, `must end with its last tensor, after ${total} bytes`, 'more bytes');
}

/** Rows that lie one after the other, some at a time. */
async function* inOrder(
  reader: ByteSource,
  format: NumberFormat,
  count: number,
  columns: number,
): AsyncGenerator<RowGroup> {
  const names = numberedNames(columns);
  const step = rowsAtOnce(columns);
  for (let start = 0; start < count; start += step) {
    const rows = Math.min(step, count - start);
    const values = numbersOf(format, (await reader.read(rows * columns * numberSize(format.type)))!);
    yield* groupsOf(names, rows, (row, column) => values[row * columns + column]!);
  }
}

/** The array of the rows, and as further columns the arrays with one number for each row. */
function arrayTable(
  file: string,
  format: string,
  arrays: readonly NamedArray[],
  wanted: string | undefined,
): TableReader {
  const main = mainArray(file, arrays, wanted);
  const count = main === null ? (arrays[0]!.shape[0] ?? 1) : main.shape[0]!;
  const single = arrays.filter((array) => array !== main && isColumn(array, count));
  const columns = main === null ? 0 : columnsOf(main.shape, `${file}, ${main.name}`);
  const names = [...numberedNames(columns), ...single.map(({ name }) => name)];
  checkNames(names, file);
  const about =
    main === null
      ? format
      : `${format}, array '${main.name}'${single.length > 0 ? ` with ${single.map(({ name }) => `'${name}'`).join(', ')}` : ''}`;
  return {
    about,
    grows: false,
    groups: spread(
      groupsOf(names, count, (row, column) =>
        column < columns ? main!.at(row * columns + column) : single[column - columns]!.at(row),
      ),
    ),
  };
}

const isColumn = ({ shape }: Shaped, count: number): boolean =>
  shape[0] === count && sizeOf(shape) === count && shape.length <= 2;

/** Null if all arrays have one number for each row: then each is a column. */
function mainArray<A extends Shaped>(
  file: string,
  arrays: readonly A[],
  wanted: string | undefined,
): A | null {
  const known =
    arrays
      .map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
      .slice(0, 8)
      .join(', ') || 'none';
  if (wanted !== undefined) {
    const found = arrays.find(({ name }) => name === wanted);
    if (found === undefined)
      throw refuse(file, `must have an array '${wanted}'`, known, 'data.array names the array with the rows');
    return found;
  }
  const wide = arrays.filter(({ shape }) => shape.length === 2 && shape[1]! > 1);
  const found = wide.length === 1 ? wide[0]! : arrays.find(({ name }) => name === 'X');
  if (found !== undefined) return found;
  const [first] = arrays;
  if (
    wide.length === 0 &&
    first !== undefined &&
    arrays.every((array) => isColumn(array, first.shape[0] ?? -1))
  )
    return null;
  throw refuse(file, 'must have one array of rows, [rows, columns]', known, 'name it: data.array=<name>');
}

function* groupsOf(
  names: readonly string[],
  count: number,
  at: (row: number, column: number) => number,
): Generator<RowGroup> {
  const columns = names.length;
  const step = rowsAtOnce(columns);
  for (let start = 0; start < count; start += step) {
    const rows = Array.from({ length: Math.min(step, count - start) }, (_, i) =>
      Array.from({ length: columns }, (_, column): Cell => cellOfNumber(at(start + i, column))),
    );
    yield { names, rows };
  }
}

/** NaN is a missing value. Infinity becomes a text, which is refused where a column must have numbers. */
const cellOfNumber = (value: number): Cell =>
  Number.isNaN(value) ? null : Number.isFinite(value) ? value : String(value);

async function* spread(groups: Iterable<RowGroup>): AsyncGenerator<RowGroup> {
  yield* groups;
}

/** The number of columns. @throws HourglassError (data) for an array that is not [rows] or [rows, columns]. */
function columnsOf(shape: readonly number[], subject: string): number {
  if (shape.length !== 1 && shape.length !== 2) {
    throw refuse(
      subject,
      'must be [rows, columns] or [rows]',
      `[${shape.join(', ')}]`,
      'in Python: array.reshape(len(array), -1)',
    );
  }
  const columns = shape[1] ?? 1;
  if (columns === 0) throw refuse(subject, 'must have columns', `[${shape.join(', ')}]`);
  checkCount(columns, subject);
  return columns;
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
