/**
 * Small PNG files without anything special, decoded at once: a library takes ten times as long to begin with one. Eight
 * bits, grey or RGB, not interlaced. Whatever is unusual or damaged is left to the library, which also words the error.
 */
import { crc32, inflateSync } from 'node:zlib';

export interface PlainPng {
  height: number;
  width: number;
  channels: 1 | 3;
  /** [height, width, channels]. */
  data: Uint8Array;
}

/** Bytes of scan lines up to which a file is small: 64 KiB. */
const SMALL = 2 ** 16;

/** Chunks that change no pixel. Others may be a colour profile, transparency, an orientation. */
const HARMLESS: ReadonlySet<number> = new Set(['tIME', 'pHYs', 'gAMA', 'cHRM', 'sRGB', 'bKGD'].map(typeOf));
const [IHDR, IDAT, IEND, TEXT] = ['IHDR', 'IDAT', 'IEND', 'tEXt'].map(typeOf);

function typeOf(name: string): number {
  return [...name].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
}

type Header = Pick<PlainPng, 'height' | 'width' | 'channels'>;

/** Size and colours of such a file; null for any other. */
export const plainPngHeader = (bytes: Uint8Array): Header | null => parts(bytes)?.header ?? null;

/** The pixels of such a file; null for any other. */
export function decodePlainPng(bytes: Uint8Array): PlainPng | null {
  const found = parts(bytes);
  if (found === null) return null;
  const { header, packed } = found;
  const { height, width, channels } = header;
  const line = width * channels;
  const lines = inflated(packed, height * (line + 1));
  if (lines === null) return null;
  const data = new Uint8Array(height * line);
  return unfilter(lines, data, height, line, channels) ? { ...header, data } : null;
}

/** Exactly so many bytes; null for more, for fewer, and for damaged ones. */
function inflated(packed: Uint8Array, length: number): Uint8Array | null {
  try {
    const bytes = inflateSync(packed, { maxOutputLength: length });
    return bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}

/** The header, and the compressed scan lines. */
function parts(bytes: Uint8Array): { header: Header; packed: Uint8Array } | null {
  if (bytes.length < 57 || uint32(bytes, 0) !== 0x89504e47 || uint32(bytes, 4) !== 0x0d0a1a0a) return null;
  let header: Header | null = null;
  const packed: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = uint32(bytes, at);
    const type = uint32(bytes, at + 4);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) return null;
    if (crc32(bytes.subarray(at + 4, end)) !== uint32(bytes, end)) return null;
    const body = bytes.subarray(at + 8, end);
    if (header === null) {
      header = type === IHDR && length === 13 ? headerOf(body) : null;
      if (header === null) return null;
    } else if (type === IDAT) packed.push(body);
    else if (type === IEND)
      return end + 4 === bytes.length && packed.length > 0 ? { header, packed: joined(packed) } : null;
    else if (!HARMLESS.has(type) && !(type === TEXT && isPlainText(body))) return null;
    at = end + 4;
  }
  return null;
}

function headerOf(body: Uint8Array): Header | null {
  const [width, height] = [uint32(body, 0), uint32(body, 4)];
  const [depth, colours, compression, filter, interlace] = body.subarray(8);
  if (depth !== 8 || (colours !== 0 && colours !== 2)) return null;
  if (compression !== 0 || filter !== 0 || interlace !== 0) return null;
  const channels = colours === 0 ? 1 : 3;
  const isSmall = width > 0 && height > 0 && height * (width * channels + 1) <= SMALL;
  return isSmall ? { height, width, channels } : null;
}

/** EXIF data may be written as text, as 'Raw profile type exif'. */
const isPlainText = (body: Uint8Array): boolean =>
  !String.fromCharCode(...body.subarray(0, 3))
    .toLowerCase()
    .startsWith('raw');

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** Undoes the filter of each line. False for a filter that does not exist. */
function unfilter(lines: Uint8Array, data: Uint8Array, height: number, line: number, step: number): boolean {
  for (let y = 0; y < height; y++) {
    const from = y * (line + 1) + 1;
    const to = y * line;
    const above = to - line;
    switch (lines[from - 1]) {
      case 0:
        data.set(lines.subarray(from, from + line), to);
        break;
      case 1:
        for (let x = 0; x < line; x++) {
          data[to + x] = lines[from + x]! + (x < step ? 0 : data[to + x - step]!);
        }
        break;
      case 2:
        for (let x = 0; x < line; x++) data[to + x] = lines[from + x]! + (y === 0 ? 0 : data[above + x]!);
        break;
      case 3:
        for (let x = 0; x < line; x++) {
          const left = x < step ? 0 : data[to + x - step]!;
          data[to + x] = lines[from + x]! + ((left + (y === 0 ? 0 : data[above + x]!)) >> 1);
        }
        break;
      case 4:
        for (let x = 0; x < line; x++) {
          const left = x < step ? 0 : data[to + x - step]!;
          const up = y === 0 ? 0 : data[above + x]!;
          const corner = x < step || y === 0 ? 0 : data[above + x - step]!;
          data[to + x] = lines[from + x]! + nearest(left, up, corner);
        }
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Paeth's predictor. */
function nearest(left: number, up: number, corner: number): number {
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
