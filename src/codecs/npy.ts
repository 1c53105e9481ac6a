/**
 * NPY, NumPy's file of one array: a magic, a version, a header that is a Python dictionary in text, then the
 * elements (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Unsigned bytes and floats
 * of 32 and 64 bits are read, of either byte order, in C or Fortran order; pickled objects never are. Bytes
 * in, values out; no disk.
 */
import { HourglassError } from '../errors.ts';

export type NpyValues = Uint8Array | Float32Array | Float64Array;
export type NpyType = 'u1' | 'f4' | 'f8';

/** `data` holds `shape[0] × shape[1] × …` values in row-major order. */
export interface NpyArray<T extends NpyValues = NpyValues> {
  shape: number[];
  data: T;
}

export interface NpyHeader {
  shape: number[];
  type: NpyType;
  littleEndian: boolean;
  /** Whether the first axis varies fastest, instead of the last. */
  fortran: boolean;
  /** Bytes before the elements, and of an element. */
  header: number;
  size: number;
}

/** The most elements of an array that is held as a whole: 1 GiB of bytes. */
export const MAX_NPY_ELEMENTS = 2 ** 30;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const SIZES: Readonly<Record<NpyType, number>> = { u1: 1, f4: 4, f8: 8 };
const MAX_RANK = 8;
/** The longest header read, in bytes; NumPy's own are of 118. */
export const MAX_NPY_HEADER = 4096;
/** The header that is written: room for its length to grow, so that a stream can put its count in at the end. */
const WRITTEN_HEADER = 128;

/** Whether `bytes` begin as an NPY file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads the header alone; `bytes` may be just the beginning of the file, {@link MAX_NPY_HEADER} bytes are enough.
 * @throws HourglassError (data) for anything but an NPY file with numbers of the types above.
 */
export const readNpyHeader = (bytes: Uint8Array, name: string): NpyHeader =>
  readHeader(bytes, name, (descr) => elementType(descr, name));

/** What an element is. */
interface ElementType<Type> {
  type: Type;
  littleEndian: boolean;
  size: number;
}

/** The header of an array of any type that `typeOf` reads from NumPy's name of it. */
export function readHeader<Type>(
  bytes: Uint8Array,
  name: string,
  typeOf: (descr: string) => ElementType<Type>,
): Omit<NpyHeader, 'type'> & { type: Type } {
  if (!isNpy(bytes)) throw refuse(name, "must begin with NPY's magic, \\x93NUMPY");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw refuse(name, 'must be of NPY version 1, 2 or 3', major);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw refuse(name, 'must not be cut off', `${bytes.length} bytes`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = start + length;
  if (header > MAX_NPY_HEADER) {
    throw refuse(name, `must have a header of at most ${MAX_NPY_HEADER} bytes`, `${header} bytes`);
  }
  if (bytes.length < header) throw refuse(name, 'must not be cut off', `${bytes.length} bytes`);
  let text = '';
  for (const byte of bytes.subarray(start, header)) text += String.fromCharCode(byte);
  const { descr, ...found } = parseHeader(text, name);
  return { ...found, ...typeOf(descr), header };
}

const DICTIONARY = /^\s*\{\s*(.*?),?\s*\}\s*$/s;
const ENTRY = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d\s,L]*\)|\[.*\])\s*(?:,|$)/sy;

function parseHeader(text: string, name: string): Pick<NpyHeader, 'shape' | 'fortran'> & { descr: string } {
  const body = DICTIONARY.exec(text)?.[1];
  const entries = new Map<string, string>();
  if (body !== undefined) {
    ENTRY.lastIndex = 0;
    while (ENTRY.lastIndex < body.length) {
      const entry = ENTRY.exec(body);
      if (entry === null) break;
      entries.set(entry[1]!, entry[2]!);
      if (ENTRY.lastIndex === body.length) break;
    }
  }
  const [descr, order, dimensions] = ['descr', 'fortran_order', 'shape'].map((key) => entries.get(key));
  const whole = /^\(\s*(?:\d+L?\s*(?:,\s*\d+L?\s*)*,?)?\s*\)$/;
  if (!descr || !['True', 'False'].includes(order ?? '') || !dimensions || !whole.test(dimensions)) {
    throw refuse(name, "must have NPY's header with descr, fortran_order and shape", text.trim());
  }
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  if (shape.length > MAX_RANK) throw refuse(name, `must have at most ${MAX_RANK} dimensions`, shape.length);
  if (!Number.isSafeInteger(shape.reduce((product, size) => product * size, 8))) {
    throw refuse(name, 'must have dimensions a file can have', shape.join('×'));
  }
  return { shape, fortran: order === 'True', descr };
}

function elementType(descr: string, name: string): ElementType<NpyType> {
  const match = /^'([<>|=]?)(u1|f4|f8)'$/.exec(descr);
  if (match === null) {
    const pickled = descr.includes('O');
    throw refuse(
      name,
      pickled
        ? 'must hold numbers: an array of Python objects is a pickle, which can run any code'
        : 'must hold unsigned bytes or floats of 32 or 64 bits (uint8, float32, float64)',
      descr.replaceAll("'", ''),
      "in Python: numpy.save(file, array.astype('float32'))",
    );
  }
  const type = match[2] as NpyType;
  // '=' is the writer's own order, which NumPy resolves before it writes.
  return { type, littleEndian: match[1] !== '>', size: SIZES[type] };
}

/** Elements from their bytes, as the header describes them; a whole number of them. */
export function npyValues(
  { type, size, littleEndian }: Pick<NpyHeader, 'type' | 'size' | 'littleEndian'>,
  bytes: Uint8Array,
): NpyValues {
  if (type === 'u1') return bytes;
  const count = bytes.length / size;
  const values = type === 'f4' ? new Float32Array(count) : new Float64Array(count);
  if (littleEndian) {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) {
    values[i] = type === 'f4' ? view.getFloat32(4 * i) : view.getFloat64(8 * i);
  }
  return values;
}

/**
 * Decodes a whole file into row-major order.
 * @throws HourglassError (data) for a bad header, or a file shorter or longer than its header says.
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const header = readNpyHeader(bytes, name);
  const count = elementCount(header, name);
  const total = header.header + count * header.size;
  if (bytes.length !== total) {
    const what = bytes.length < total ? 'truncated' : 'too long';
    throw refuse(
      name,
      `must be ${total} bytes long, as its shape ${header.shape.join('×') || '()'} says`,
      `${bytes.length} bytes (${what})`,
    );
  }
  const values = npyValues(header, bytes.subarray(header.header));
  return { shape: header.shape, data: header.fortran ? rowMajor(values, header.shape) : values };
}

/** @throws HourglassError (data) for more elements than are held at once. */
export function elementCount({ shape }: NpyHeader, name: string): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > MAX_NPY_ELEMENTS) {
    throw refuse(name, `must hold at most ${MAX_NPY_ELEMENTS} elements`, shape.join('×'));
  }
  return count;
}

/** Values whose first axis varies fastest, put in the order in which the last one does. */
export function rowMajor<T extends NpyValues>(values: T, shape: readonly number[]): T {
  // Not `slice`: of a Buffer that is a view of the same bytes.
  const result = (
    values instanceof Uint8Array
      ? new Uint8Array(values.length)
      : values instanceof Float32Array
        ? new Float32Array(values.length)
        : new Float64Array(values.length)
  ) as T;
  const rank = shape.length;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const at = new Array<number>(rank).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = rank - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}

/**
 * The {@link WRITTEN_HEADER} bytes before the elements of an array in C order, little-endian. They are as many for
 * every shape of up to four dimensions, so that the first can be put right once it is known.
 */
export function encodeNpyHeader(
  shape: readonly number[],
  type: NpyType | 'u2' | 'i4' | 'i8' | 'S3',
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const descr = `${type === 'u1' || type === 'S3' ? '|' : '<'}${type}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / WRITTEN_HEADER) * WRITTEN_HEADER;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** The inverse of {@link decodeNpy}: always C order and little-endian. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const type = data instanceof Uint8Array ? 'u1' : data instanceof Float32Array ? 'f4' : 'f8';
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new HourglassError('usage', {
      subject: 'an NPY array',
      rule: `must hold ${count} elements for shape ${shape.join('×') || '()'}`,
      got: data.length,
    });
  }
  const header = encodeNpyHeader(shape, type);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

const refuse = refuseNpy;

export function refuseNpy(subject: string, rule: string, got?: unknown, hint?: string): HourglassError {
  return new HourglassError('data', {
    subject,
    rule,
    ...(got === undefined ? {} : { got }),
    ...(hint === undefined ? {} : { hint }),
  });
}
