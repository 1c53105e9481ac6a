/** Codes from a file or a pipe, NPY, CSV, JSON lines or Parquet: a stream of batches in flat memory. */

import { uninert } from '../codecs/csv.ts';
import { isNpy, MAX_NPY_HEADER, npyValues, readHeader } from '../codecs/npy.ts';
import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import { type CodeBatch, type CodeSizes, jsonCodes, parquetCodes } from './codes-records.ts';
import { csvRecords } from './csv-records.ts';
import { abortable, ByteReader } from './images/bytes.ts';
import { openFile } from './images/files.ts';

export interface CodesOptions {
  batch?: number;
  /** The shape of one code as whole numbers, for a model whose codes are quantised: these are then taken, too. */
  integers?: readonly number[];
  stdin?: NodeJS.ReadStream;
  /** Ends the wait for standard input. */
  signal?: AbortSignal;
}

/**
 * Codes of `units` numbers each. From a CSV with a heading, the columns `z1`, `z2`, … (as `hourglass encode` writes
 * them) and `name` are read; without a heading, all columns. Whole numbers are an NPY file of integers, or the columns `i1`, `i2`,
 * …. JSON lines and Parquet have lists; see codes-records.ts.
 * @param path a file, or `-` for standard input.
 * @throws HourglassError (data) for a file that is missing, damaged, empty or has codes of another size.
 */
export async function* openCodes(
  path: string,
  units: number,
  { batch = 256, stdin = process.stdin, signal, integers }: CodesOptions = {},
): AsyncGenerator<CodeBatch, void, undefined> {
  const file = path === '-' ? null : (await openFile(Buffer.from(path), path)).file;
  const name = path === '-' ? 'standard input' : path;
  const reader = await ByteReader.unpacked(
    file === null ? abortable(stdin, signal) : file.createReadStream(),
    name,
  );
  let found = 0;
  try {
    const batches = batchesIn(await reader.peek(64), { reader, path }, { units, integers }, batch);
    for await (const each of batches) {
      const wrong = each.codes.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) {
        const code = each.names[Math.floor((wrong * each.names.length) / each.codes.length)]!;
        const subject = code.startsWith(name) ? code : `${name}, ${code}`;
        throw refuse(subject, 'must have only finite numbers', String(each.codes[wrong]));
      }
      found += each.names.length;
      yield each;
    }
    if (found === 0) throw refuse(name, 'must hold at least one code', 'none');
  } finally {
    await reader.close();
    await file?.close().catch(() => {});
  }
}

/** The codes of a file, by its first bytes. */
function batchesIn(
  head: Uint8Array,
  { reader, path }: { reader: ByteReader; path: string },
  sizes: CodeSizes,
  batch: number,
): AsyncGenerator<CodeBatch> {
  if (isNpy(head)) return npyCodes(reader, sizes, batch);
  const text = new TextDecoder().decode(head);
  if (text.startsWith('PAR1')) {
    if (path !== '-') return parquetCodes(path, sizes, batch);
    throw refuse(reader.name, 'must be NPY, CSV or JSON lines: Parquet is read from its end', 'Parquet');
  }
  return text.trimStart().startsWith('{') ? jsonCodes(reader, sizes, batch) : csvCodes(reader, sizes, batch);
}

/** NumPy's types that codes may have: floats, and integers for those that are quantised. */
function codeType(descr: string, name: string) {
  const match = /^'([<>|=]?)([fiu])(1|2|4|8)'$/.exec(descr);
  const size = Number(match?.[3]);
  if (match === null || (match[2] === 'f' && size < 4)) {
    throw refuse(name, 'must hold codes: float32 or float64, or integers', descr.replaceAll("'", ''));
  }
  return { type: `${match[2]}${size}`, littleEndian: match[1] !== '>', size };
}

type CodeHeader = ReturnType<typeof readHeader<string>>;

/** Integers from their bytes, as floats. */
function wholeNumbers({ type, size, littleEndian }: CodeHeader, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSigned = type.startsWith('i');
  const values = new Float32Array(bytes.length / size);
  for (let i = 0; i < values.length; i++) {
    const at = i * size;
    if (size === 1) values[i] = isSigned ? view.getInt8(at) : view.getUint8(at);
    else if (size === 2)
      values[i] = isSigned ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    else if (size === 4)
      values[i] = isSigned ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    else
      values[i] = Number(isSigned ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian));
  }
  return values;
}

async function* npyCodes(
  reader: ByteReader,
  { units, integers }: CodeSizes,
  batch: number,
): AsyncGenerator<CodeBatch> {
  const { name } = reader;
  const header = readHeader(await reader.peek(MAX_NPY_HEADER), name, (descr) => codeType(descr, name));
  const { shape, fortran, type, size } = header;
  const isFloat = type.startsWith('f');
  const width = isFloat || integers === undefined ? units : sizeOf(integers);
  const isOne = shape.length === (isFloat || integers === undefined ? 1 : integers.length);
  const count = isOne ? 1 : shape[0]!;
  const each = sizeOf(shape.slice(isOne ? 0 : 1));
  if (each !== width || fortran || (!isFloat && integers === undefined)) {
    const whole = integers === undefined ? '' : `, or integers [${['n', ...integers].join(', ')}]`;
    throw refuse(
      name,
      `must hold codes: float32 or float64 [n, ${units}]${whole} in C order`,
      `${type} [${shape.join(', ')}]${fortran ? ' in Fortran order' : ''}`,
    );
  }
  await reader.read(header.header);
  for (let start = 0; start < count; start += batch) {
    const n = Math.min(batch, count - start);
    const bytes = (await reader.read(n * width * size))!;
    const values = isFloat
      ? npyValues({ ...header, type: type as 'f4' | 'f8' }, bytes)
      : wholeNumbers(header, bytes);
    yield {
      isIntegers: !isFloat,
      names: Array.from({ length: n }, (_, i) => `${name}[${start + i}]`),
      codes: Float32Array.from(values),
    };
  }
  if ((await reader.peek(1)).length > 0)
    throw refuse(name, 'must have the length that its dimensions give', 'more bytes');
}

async function* csvCodes(reader: ByteReader, sizes: CodeSizes, batch: number): AsyncGenerator<CodeBatch> {
  let columns: { codes: number[]; name: number; isIntegers?: boolean } | null = null;
  let place = 0;
  let { units } = sizes;
  const begin = (isIntegers: boolean): CodeBatch => ({
    names: [],
    codes: new Float32Array(batch * units),
    isIntegers,
  });
  let held = begin(false);
  for await (const { line, fields } of csvRecords(reader, 'codes as NPY, CSV, JSON lines or Parquet')) {
    if (columns === null) {
      const heading = fields.some((field) => field.trim() === '' || Number.isNaN(Number(field)));
      columns = heading
        ? headed(
            fields.map((field) => field.trim()),
            sizes,
            reader.name,
          )
        : { codes: fields.map((_, i) => i), name: -1 };
      if (columns.isIntegers) {
        units = columns.codes.length;
        held = begin(true);
      }
      if (heading) continue;
    }
    const values = columns.codes.map((column) => fields[column]);
    if (values.length !== units || values.some((value) => value === undefined)) {
      throw refuse(
        `${reader.name}, line ${line}`,
        `must hold ${units} numbers, a code's units`,
        fields.length,
      );
    }
    const i = held.names.length;
    for (const [unit, value] of values.entries()) {
      held.codes[i * units + unit] = value?.trim() === '' ? Number.NaN : Number(value);
    }
    held.names.push((columns.name >= 0 && uninert(fields[columns.name] ?? '')) || `${reader.name}[${place}]`);
    place++;
    if (held.names.length < batch) continue;
    yield held;
    held = begin(held.isIntegers);
  }
  if (held.names.length > 0) yield { ...held, codes: held.codes.slice(0, held.names.length * units) };
}

/** The columns of the code, from the heading. */
function headed(fields: readonly string[], { units, integers }: CodeSizes, name: string) {
  const columnsOf = (letter: string, count: number) => {
    const codes = Array.from({ length: count }, (_, unit) => fields.indexOf(`${letter}${unit + 1}`));
    const fits = codes.every((column) => column >= 0) && !fields.includes(`${letter}${count + 1}`);
    return fits ? { codes, name: fields.indexOf('name') } : null;
  };
  const vectors = columnsOf('z', units);
  if (vectors !== null) return vectors;
  const whole = integers === undefined ? null : columnsOf('i', sizeOf(integers));
  if (whole !== null) return { ...whole, isIntegers: true };
  const or = integers === undefined ? '' : ` or i1 to i${sizeOf(integers)}`;
  throw refuse(
    name,
    `must have the columns z1 to z${units}${or}, or ${units} columns and no heading`,
    fields.join(','),
  );
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
