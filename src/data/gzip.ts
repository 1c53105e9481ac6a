/**
 * Gzip with a bound: the caller says how large the result may be, so that a small hostile file cannot fill
 * the memory. A gzip file is known by its first two bytes, never by its name. Bytes in, bytes out; no disk.
 */
import { constants, gunzipSync } from 'node:zlib';
import { HourglassError } from '../errors.ts';

/** Deflate cannot expand its input more than 1032 times. */
const MAX_EXPANSION = 1032;
const TRAILER = 8;

/** Whether `bytes` begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file of at most `maxBytes` unpacked bytes.
 * @throws HourglassError (data) when it unpacks to more, is damaged (CRC-32 included), truncated, or followed
 * by anything but zeros.
 */
export function gunzipBounded(bytes: Uint8Array, name: string, maxBytes: number): Uint8Array {
  const bound = Math.min(maxBytes, bytes.length * MAX_EXPANSION);
  // The last four bytes give the unpacked size modulo 2³². A buffer of that size (and one byte, so that zlib
  // sees the end) spares growing and copying; a lie costs time, not memory, because `bound` still holds.
  const promised = bytes.length < TRAILER + 10 ? 0 : readUint32(bytes, bytes.length - 4);
  const chunkSize = Math.max(64, Math.min(promised, bound) + 1);
  try {
    const { buffer, engine } = gunzipSync(bytes, {
      chunkSize,
      maxOutputLength: Math.max(1, maxBytes),
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    if (bytes.subarray(engine.bytesWritten).some((byte) => byte !== 0)) {
      throw refuse(
        name,
        'must end where its gzip data end',
        `${bytes.length - engine.bytesWritten} bytes more`,
      );
    }
    return plain(buffer);
  } catch (error) {
    throw explain(error, name, maxBytes);
  }
}

/**
 * Unpacks as much as the first few KiB of a gzip file hold, to read a header before the whole is unpacked.
 * The result is short, possibly empty, and not checked against the file's CRC-32.
 * @throws HourglassError (data) when the beginning is damaged already.
 */
export function gunzipBeginning(bytes: Uint8Array, name: string): Uint8Array {
  const head = bytes.subarray(0, 4096);
  const maxOutputLength = head.length * MAX_EXPANSION + 64;
  try {
    return plain(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength }));
  } catch (error) {
    throw explain(error, name, maxOutputLength);
  }
}

function explain(error: unknown, name: string, maxBytes: number): Error {
  if (error instanceof HourglassError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return refuse(
      name,
      `must unpack to at most ${maxBytes} bytes`,
      'more (a gzip bomb, or another file)',
      error,
    );
  }
  if (code === 'Z_BUF_ERROR') return refuse(name, 'must be a whole gzip file', 'a truncated one', error);
  if (code?.startsWith('Z_')) return refuse(name, 'must be an undamaged gzip file', message, error);
  return error as Error;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

/** The same memory as a plain Uint8Array: Buffer's `slice` and `toString` differ from it. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function refuse(subject: string, rule: string, got: unknown, cause?: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got }, { cause });
}
