/**
 * tar (POSIX ustar, with the long names of GNU and pax): the header of one entry, and what follows from the ones before
 * it. 512 bytes in, an entry out; no disk, and no name is ever used as a path.
 */
import { HourglassError } from '../errors.ts';

/** Bytes of a header, and what the content of an entry is filled up to a multiple of. */
export const TAR_BLOCK = 512;

/** The longest name or list of extended headers that is read, in bytes. */
export const LONGEST_TAR_NAME = 2 ** 16;

/** `file`: a regular file. `name`, `pax`: its content describes the next entry. `other`: a folder, a link, a device. */
export interface TarHeader {
  kind: 'file' | 'name' | 'pax' | 'other';
  name: string;
  /** Bytes of its content. */
  size: number;
}

/** Whether a file begins with a tar header. */
export const isTar = (bytes: Uint8Array): boolean =>
  bytes.length >= TAR_BLOCK && !isZero(bytes) && checksumOf(bytes) === octal(bytes, 148, 8);

const isZero = (block: Uint8Array): boolean => block.subarray(0, TAR_BLOCK).every((byte) => byte === 0);

/**
 * The header in a block of 512 bytes; null for a block of zeros, which ends an archive.
 * @param archive the file, for errors.
 * @throws HourglassError (data) for a block that is no header, and for a name that leads out of the archive.
 */
export function tarHeader(block: Uint8Array, archive: string, at: number): TarHeader | null {
  if (isZero(block)) return null;
  const place = `${archive}, byte ${at}`;
  if (checksumOf(block) !== octal(block, 148, 8)) {
    throw refuse(place, 'must be the header of a tar entry, whose checksum fits', 'another checksum');
  }
  const size = octal(block, 124, 12);
  if (!(Number.isSafeInteger(size) && size >= 0)) {
    throw refuse(place, 'must say how many bytes the entry has', text(block, 124, 12).trim() || 'nothing');
  }
  const type = String.fromCharCode(block[156]!);
  const prefix = text(block, 257, 6).startsWith('ustar') ? text(block, 345, 155) : '';
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(block, 0, 100)}`;
  const kind =
    type === '0' || type === '\0' || type === '7'
      ? 'file'
      : type === 'L'
        ? 'name'
        : type === 'x' || type === 'g'
          ? 'pax'
          : 'other';
  return { kind, name, size };
}

/** The values of an extended header of pax that matter here. */
export function paxValues(content: Uint8Array, archive: string): { path?: string; size?: number } {
  const values: { path?: string; size?: number } = {};
  const decoder = new TextDecoder();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(decoder.decode(content.subarray(at, Math.max(at, space))));
    if (space < 0 || !Number.isInteger(length) || length < space - at + 2 || at + length > content.length) {
      throw refuse(archive, 'must have extended headers of pax', 'something else');
    }
    const [key, value] = decoder.decode(content.subarray(space + 1, at + length - 1)).split(/=(.*)/s);
    if (key === 'path') values.path = value!;
    if (key === 'size') values.size = Number(value);
    at += length;
  }
  return values;
}

/** The long name that an entry of kind `name` has as its content. */
export const longName = (content: Uint8Array): string => text(content, 0, content.length);

/** @throws HourglassError (data) for the name of a file that would lie outside of the folder an archive is unpacked in. */
export function requireWithin(name: string, archive: string): void {
  const leaves = name.split(/[\\/]/).includes('..') || /^([\\/]|[a-z]:)/i.test(name);
  if (leaves) {
    throw refuse(archive, 'must hold files whose names stay within it', name.slice(0, 100));
  }
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits, or in base 256 as GNU writes large ones; NaN for anything else. */
function octal(bytes: Uint8Array, from: number, length: number): number {
  if ((bytes[from]! & 0x80) !== 0) {
    let value = bytes[from]! & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + bytes[from + i]!;
    return value;
  }
  const digits = text(bytes, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of a header's bytes, where its own eight are spaces. */
function checksumOf(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < TAR_BLOCK; i++) if (i < 148 || i >= 156) sum += block[i]!;
  return sum;
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
