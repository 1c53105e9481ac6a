/**
 * Safetensors: named arrays in one file that any framework reads and none can be harmed by. Eight bytes give
 * the length of a JSON header; the header gives each tensor's type, shape and place; the numbers follow,
 * little-endian, without gaps. Written with the header padded to 8 bytes and the tensors in the order given,
 * so that the same values always make the same bytes. Read strictly. Little-endian machines only, as is
 * everything Node's prebuilt runtimes for this project run on. Bytes ↔ values; no disk.
 *
 * Format: https://huggingface.co/docs/safetensors
 */
import { HourglassError } from '../errors.ts';

const TYPES = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;

/** Bytes of an element. */
const SIZES: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(TYPES).map(([type, { BYTES_PER_ELEMENT }]) => [type, BYTES_PER_ELEMENT]),
);

export type SafetensorType = keyof typeof TYPES;
/** Over any memory, WebAssembly's included. */
export type SafetensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Uint32Array
  | Uint8Array;

/** One array: `data` holds the product of `shape` elements in row-major order (1 for the shape `[]`). */
export interface Safetensor {
  dtype: SafetensorType;
  shape: readonly number[];
  data: SafetensorData;
}

export interface SafetensorsFile {
  tensors: Map<string, Safetensor>;
  metadata: Record<string, string>;
}

/** The format's own bound on the header, in bytes. */
const MAX_HEADER = 100_000_000;
const METADATA = '__metadata__';

/**
 * Encodes tensors in the map's order.
 * @throws HourglassError (data) when a tensor's data do not fit its type or shape.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Safetensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: string[] = [];
  // Written by hand, key by key: an object would move keys like "0" to the front and lose "__proto__".
  if (metadata) {
    const pairs = Object.entries(metadata).map(
      ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
    );
    fields.push(`"${METADATA}":{${pairs.join(',')}}`);
  }
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === METADATA) throw refuse('safetensors', `must not name a tensor ${METADATA}`);
    if (!(data instanceof TYPES[dtype])) {
      throw refuse(`tensor ${name}`, `must hold ${TYPES[dtype].name} for ${dtype}`, data.constructor.name);
    }
    if (elements(shape) !== data.length) {
      throw refuse(`tensor ${name}`, `must hold the elements of its shape [${shape}]`, data.length);
    }
    const begin = end;
    end += data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const header = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + header + end).fill(0x20, 8, 8 + header);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header), true);
  bytes.set(json, 8);
  let at = 8 + header;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes a whole file. Each tensor's data are a copy, so that `bytes` can be let go.
 * @throws HourglassError (data), naming `name` and the rule, for anything that is not a strict safetensors
 * file of the types above: bad lengths, JSON, types or shapes; offsets with holes or overlaps.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const { start, entries, metadata } = safetensorsLayout(bytes, bytes.length, name, SIZES);
  const body = bytes.subarray(start);
  const tensors = new Map<string, Safetensor>();
  for (const { key, dtype, shape, begin, end } of entries) {
    const type = dtype as SafetensorType;
    tensors.set(key, { dtype: type, shape, data: new TYPES[type](copy(body, begin, end)) });
  }
  return { tensors, metadata };
}

/** What the header of a file says. */
export interface SafetensorsLayout {
  /** Where the data begin, in bytes. */
  start: number;
  /** The tensors, in the header's order. */
  entries: Entry[];
  metadata: Record<string, string>;
}

/** The bytes of the length and the header, by the first 8 bytes of a file. @throws HourglassError (data) for an impossible length. */
export function safetensorsHead(first: Uint8Array, total: number, name: string): number {
  if (first.length < 8)
    throw refuse(name, 'must hold the 8 bytes of the header length', `${first.length} bytes`);
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER, total - 8);
  if (length < 2n || length > BigInt(most)) {
    throw refuse(name, `must have a header of 2 to ${most} bytes`, `${length}`);
  }
  return 8 + Number(length);
}

/**
 * Reads the header alone: which tensors there are, and where.
 * @param bytes the file's beginning, with the whole header.
 * @param total the bytes of the whole file; infinity where nobody knows them.
 * @param sizes the types that are taken, with the bytes of an element.
 * @throws HourglassError (data), as {@link decodeSafetensors} does.
 */
export function safetensorsLayout(
  bytes: Uint8Array,
  total: number,
  name: string,
  sizes: Readonly<Record<string, number>>,
): SafetensorsLayout {
  const start = safetensorsHead(bytes, total, name);
  const header = parseHeader(bytes.subarray(8, start), name);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === METADATA) metadata = readMetadata(value, name);
    else {
      const subject = `${name}, tensor ${JSON.stringify(key)}`;
      entries.push({ key, ...readEntry(value, subject, total - start, sizes) });
    }
  }
  // Before anything is copied: overlapping tensors could multiply a small file.
  checkCoverage(entries, total - start, name);
  return { start, entries, metadata };
}

/** Not `slice`: that of Node's Buffer, which files are read into, copies nothing. */
function copy(bytes: Uint8Array, begin: number, end: number): ArrayBuffer {
  return new Uint8Array(bytes.subarray(begin, end)).buffer;
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw refuse(name, 'must have a header that begins with {');
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw refuse(name, 'must have a header in valid JSON', (cause as Error).message);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw refuse(name, 'must name everything once in its header', `${repeated} twice`);
  return asObject(header, name, 'must have a JSON object as its header');
}

/** The first key that stands twice in an object of a valid JSON text; `JSON.parse` keeps the last one silently. */
function repeatedKey(json: string): string | null {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{') open.push(new Set());
    else if (json[at] === '}') open.pop();
    else if (json[at] === '"') {
      const begin = at;
      for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++;
      let next = at + 1;
      while (json[next]!.trim() === '') next++;
      if (json[next] !== ':') continue;
      // Two spellings, as "a" and "\u0061", are one key.
      const key: string = JSON.parse(json.slice(begin, at + 1));
      if (open.at(-1)!.has(key)) return JSON.stringify(key);
      open.at(-1)!.add(key);
    }
  }
  return null;
}

function readMetadata(value: unknown, name: string): Record<string, string> {
  const rule = `must map text to text in ${METADATA}`;
  const pairs = Object.entries(asObject(value, name, rule));
  if (pairs.some(([, text]) => typeof text !== 'string')) throw refuse(name, rule);
  return Object.fromEntries(pairs) as Record<string, string>;
}

interface Entry {
  key: string;
  dtype: string;
  shape: number[];
  /** Where the data lie, in bytes from the header's end. */
  begin: number;
  end: number;
}

function readEntry(
  value: unknown,
  subject: string,
  size: number,
  sizes: Readonly<Record<string, number>>,
): Omit<Entry, 'key'> {
  const entry = asObject(value, subject, 'must be described by a JSON object');
  const [dtype, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((key) =>
    Object.hasOwn(entry, key) ? entry[key] : undefined,
  );
  if (typeof dtype !== 'string' || !Object.hasOwn(sizes, dtype)) {
    throw refuse(subject, `must be of type ${Object.keys(sizes).join(', ')}`, dtype ?? 'none');
  }
  if (!isSizes(shape) || !Number.isSafeInteger(elements(shape))) {
    throw refuse(subject, 'must have a shape of whole numbers', shape ?? 'none');
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]! || offsets[1]! > size) {
    throw refuse(subject, `must have data_offsets [begin, end] within ${size} bytes`, offsets ?? 'none');
  }
  const [begin, end] = offsets as [number, number];
  const needed = elements(shape) * sizes[dtype]!;
  if (end - begin !== needed) {
    throw refuse(subject, `must span ${needed} bytes for ${dtype} [${shape}]`, end - begin);
  }
  return { dtype, shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], size: number, name: string): void {
  let at = 0;
  for (const span of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (span.begin !== at) {
      const what = span.begin < at ? 'an overlap' : 'a hole';
      throw refuse(
        name,
        'must hold its tensors one after the other',
        `${what} before ${JSON.stringify(span.key)}`,
      );
    }
    at = span.end;
  }
  if (at !== size && size !== Number.POSITIVE_INFINITY)
    throw refuse(name, `must end with its last tensor, after ${at} bytes of data`, `${size} bytes`);
}

function asObject(value: unknown, subject: string, rule: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw refuse(subject, rule);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function refuse(subject: string, rule: string, got?: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
