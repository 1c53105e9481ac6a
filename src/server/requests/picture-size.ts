/** The number of pixels in a picture's header, read without decoding anything. */
import { imageFormat, listed, PLAIN_FORMATS } from '../../data/images/index.ts';
import { Problem } from '../problem.ts';

/** Pixels of a side: JPEG has no more, and thin pictures take far longer a pixel. */
const LONGEST_SIDE = 65_535;

export interface PixelLimits {
  /** The most for one picture. */
  imagePixels: number;
  /** The most for all pictures of a request. */
  requestPixels: number;
}

/**
 * The pixels of each picture.
 * @throws Problem 413 if they are too many, 422 for a file without the header of a picture.
 */
export function checkedPixels(
  files: readonly Uint8Array[],
  { imagePixels, requestPixels }: PixelLimits,
): number[] {
  let sum = 0;
  return files.map((file, n) => {
    const format = imageFormat(file);
    if (format === null || !PLAIN_FORMATS.includes(format)) {
      throw new Problem(422, `Picture ${n} must be a ${listed(PLAIN_FORMATS)} image.`);
    }
    const size = pictureSize(file);
    if (size === null) throw new Problem(422, `Picture ${n} must be an undamaged ${format} image.`);
    const pixels = size.width * size.height;
    if (pixels > imagePixels) {
      const got = `${size.width} × ${size.height} has ${pixels}`;
      throw new Problem(413, `Picture ${n} must have at most ${imagePixels} pixels; ${got}.`);
    }
    if (Math.max(size.width, size.height) > LONGEST_SIDE) {
      const got = `${size.width} × ${size.height}`;
      throw new Problem(413, `Picture ${n} must have sides of at most ${LONGEST_SIDE} pixels; it is ${got}.`);
    }
    sum += pixels;
    if (sum > requestPixels) {
      throw new Problem(413, `The pictures of a request may have at most ${requestPixels} pixels together.`);
    }
    return pixels;
  });
}

interface Size {
  width: number;
  height: number;
}

function pictureSize(bytes: Uint8Array): Size | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length >= 24 && file.toString('latin1', 12, 16) === 'IHDR') {
    return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
  }
  if (file.length >= 30 && file.toString('latin1', 8, 12) === 'WEBP') return webpSize(file);
  return file.length > 4 && file.readUInt16BE(0) === 0xffd8 ? jpegSize(file) : null;
}

function webpSize(file: Buffer): Size | null {
  const kind = file.toString('latin1', 12, 16);
  if (kind === 'VP8X') return { width: 1 + file.readUIntLE(24, 3), height: 1 + file.readUIntLE(27, 3) };
  if (kind === 'VP8 ')
    return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
  if (kind !== 'VP8L') return null;
  const bits = file.readUInt32LE(21);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function jpegSize(file: Buffer): Size | null {
  const at = jpegFrame(file);
  return at === null ? null : { height: file.readUInt16BE(at + 5), width: file.readUInt16BE(at + 7) };
}

/** The place of a JPEG's frame header, which has its size; null if there is none. Bytes between segments are skipped, as decoders do. */
export function jpegFrame(file: Uint8Array): number | null {
  for (let at = 2; at + 9 < file.length; ) {
    const marker = file[at + 1]!;
    if (file[at] !== 0xff || marker === 0xff || marker === 0) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return at;
    else if (marker >= 0xd0 && marker <= 0xd9) at += 2;
    else at += 2 + Math.max(2, file[at + 2]! * 256 + file[at + 3]!);
  }
  return null;
}

/** Where a WebP's compressed image lies; null where there is none, or several as in an animation. */
export function webpFrame(bytes: Uint8Array): { kind: string; at: number; length: number } | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 20 || file.toString('latin1', 8, 12) !== 'WEBP') return null;
  for (let at = 12; at + 8 < file.length; ) {
    const [kind, length] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    if (kind === 'VP8 ' || kind === 'VP8L') {
      return at + 8 + length <= file.length ? { kind, at: at + 8, length } : null;
    }
    at += 8 + length + (length % 2);
  }
  return null;
}
