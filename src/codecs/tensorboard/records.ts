/**
 * TFRecord: the frames that event files are made of. Each is a length (uint64), a checksum of the length, the
 * data and a checksum of the data, all little-endian. A file is frames one after the other, so it grows by
 * appending, and a killed process leaves complete frames up to some point. Bytes ↔ values; no disk.
 *
 * Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
import { HourglassError } from '../../errors.ts';

const HEADER = 12;
const FOOTER = 4;
/** Protobuf's own bound on a message, in bytes; a longer record is not an event. */
const MAX_RECORD = 2 ** 31 - 1;

/** CRC-32C's polynomial (Castagnoli), bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C of RFC 3720; zlib's crc32 is of another polynomial. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Rotated and shifted, because a checksum of data that hold their own checksum would say little. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One frame around `data`, to be appended to a file. */
export function encodeRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEADER + data.length + FOOTER);
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(frame.subarray(0, 8)), true);
  frame.set(data, HEADER);
  view.setUint32(HEADER + data.length, masked(data), true);
  return frame;
}

export interface RecordFile {
  /** `offset` is where the frame begins, in bytes; `data` is a part of the file's memory, not a copy. */
  records: { offset: number; data: Uint8Array }[];
  /** Bytes of whole frames; less than the file's where its last frame is cut off. */
  end: number;
}

/**
 * All whole frames of a file. A last frame that is cut off, as a killed process leaves it, ends the file.
 * @throws HourglassError (data), with the file's name and the offset, if a checksum does not match.
 */
export function readRecords(bytes: Uint8Array, name: string): RecordFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: RecordFile['records'] = [];
  let at = 0;
  while (bytes.length - at >= HEADER) {
    const length = Number(view.getBigUint64(at, true));
    if (masked(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8, true)) {
      throw damaged(name, at, 'must begin with a length that matches its checksum');
    }
    if (length > MAX_RECORD) throw damaged(name, at, `must be at most ${MAX_RECORD} bytes long`, length);
    const end = at + HEADER + length;
    if (end + FOOTER > bytes.length) break;
    const data = bytes.subarray(at + HEADER, end);
    if (masked(data) !== view.getUint32(end, true)) {
      throw damaged(name, at, 'must hold data that match their checksum');
    }
    records.push({ offset: at, data });
    at = end + FOOTER;
  }
  return { records, end: at };
}

/** A refusal that names file and place; event files are never repaired. */
export function damaged(
  name: string,
  offset: number,
  rule: string,
  got?: unknown,
  cause?: unknown,
): HourglassError {
  const parts = { subject: `${name}, record at byte ${offset}`, rule };
  return new HourglassError('data', got === undefined ? parts : { ...parts, got }, { cause });
}
