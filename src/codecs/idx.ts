/**
 * IDX, the format MNIST came in: a magic number that names the element type and the rank, the dimensions as
 * big-endian 32-bit integers, then the elements in row-major order. Only unsigned bytes (type 0x08) are read,
 * which is what every MNIST-like set uses. Bytes in, values out; no disk.
 */
import { HourglassError } from '../errors.ts';

/** The most elements one file may hold: 1 GiB of bytes, well above EMNIST's largest file (547 MB). */
export const MAX_IDX_ELEMENTS = 2 ** 30;

const UNSIGNED_BYTE = 0x08;
const MAX_RANK = 4;
/** Bytes of the longest header this reader accepts. */
export const MAX_IDX_HEADER = 4 + 4 * MAX_RANK;

/** A decoded file: `data` holds `shape[0] × shape[1] × …` bytes in row-major order. */
export interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

/**
 * Reads the header alone; `bytes` may be just the beginning of the file.
 * @param most elements; by default as many as are held as a whole.
 * @returns the shape, the header's length and the length the whole file must have, in bytes.
 * @throws HourglassError (data) when the magic, the type, the rank or a dimension is not acceptable.
 */
export function readIdxHeader(
  bytes: Uint8Array,
  name: string,
  most = MAX_IDX_ELEMENTS,
): { shape: number[]; header: number; total: number } {
  if (bytes.length < 4) {
    throw refuse(name, 'must begin with an IDX header of at least 4 bytes', `${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [zero, type, rank] = [view.getUint16(0), view.getUint8(2), view.getUint8(3)];
  if (zero !== 0) {
    throw refuse(name, 'must begin with the IDX magic number (two zero bytes)', hex(bytes.subarray(0, 4)));
  }
  if (type !== UNSIGNED_BYTE) {
    throw refuse(
      name,
      'must hold unsigned bytes (IDX type 0x08)',
      `type 0x${type.toString(16).padStart(2, '0')}`,
    );
  }
  if (rank < 1 || rank > MAX_RANK) throw refuse(name, `must have 1 to ${MAX_RANK} dimensions`, rank);
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw refuse(name, `must hold its ${header}-byte IDX header whole`, `${bytes.length} bytes`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0)) throw refuse(name, 'must have dimensions of at least 1', shape.join('×'));
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > most) {
    throw refuse(name, `must hold at most ${most} elements`, shape.join('×'));
  }
  return { shape, header, total: header + elements };
}

/**
 * Decodes a whole file. `data` is a view of `bytes`, not a copy.
 * @throws HourglassError (data) for a bad header, or a file shorter or longer than its header says.
 */
export function decodeIdx(bytes: Uint8Array, name: string): IdxArray {
  const { shape, header, total } = readIdxHeader(bytes, name);
  if (bytes.length !== total) {
    const what = bytes.length < total ? 'truncated' : 'too long';
    throw refuse(
      name,
      `must be ${total} bytes long, as its dimensions ${shape.join('×')} say`,
      `${bytes.length} bytes (${what})`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

/** The inverse of {@link decodeIdx}: header and elements as one new array. */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + data.length);
  bytes.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(data, header);
  const { total } = readIdxHeader(bytes, 'IDX array');
  if (total !== bytes.length) {
    throw refuse(
      'IDX array',
      `must hold ${total - header} elements for shape ${shape.join('×')}`,
      data.length,
    );
  }
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
