/**
 * PNG: bytes ↔ eight-bit pixels, through fast-png.
 *
 * Decoding is for files from strangers: the header is read and bounded before anything is inflated, the
 * inflated size must be exactly what the header promises, and only the chunks that make the picture reach the
 * library. Colour-key transparency and colour profiles are ignored.
 */
import { convertIndexedToRgb, type DecodedPng, decode, encode, hasPngSignature } from 'fast-png';
import { Unzlib } from 'fflate';
import { HourglassError } from '../errors.ts';

/** Pixels row by row, channels interleaved: grey (1), RGB (3) or RGBA (4), 0…255. */
export interface PngImage {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Uint8Array;
}

/** The largest picture that is read: 64 megapixels. One that is written was made here, and has no such limit. */
const MAX_PNG_PIXELS = 64 * 1024 * 1024;

/**
 * The PNG file of an image; the same pixels always give the same bytes. `effort` is zlib's level: on a sheet of
 * 1,000 digits, 4 takes a seventh of the time of 9 for 2 % more bytes.
 */
export function encodePng(image: PngImage, effort: 4 | 9 = 9): Uint8Array {
  const { width, height, channels, data } = image;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw usage('width and height must be positive integers', `${width}×${height}`);
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) throw usage('channels must be 1, 3 or 4', channels);
  if (data.length !== width * height * channels) {
    throw usage(`data must hold ${width}×${height}×${channels} bytes`, data.length);
  }
  return encode({ width, height, channels, data, depth: 8 }, { zlib: { level: effort } });
}

/**
 * The pixels of a PNG file of any colour type and depth, as eight bits a channel: palettes become RGB(A), grey
 * with alpha becomes RGBA, sixteen bits lose the lower eight.
 *
 * @param name the file, for the error: a damaged or too large one throws a `HourglassError('data', …)`.
 */
export function decodePng(bytes: Uint8Array, name: string): PngImage {
  const damaged = (rule: string, got?: unknown, cause?: unknown) =>
    new HourglassError('data', { subject: name, rule, ...(got === undefined ? {} : { got }) }, { cause });
  if (bytes.length < 8 || !hasPngSignature(bytes)) throw damaged('must be a PNG file');
  let stripped: Uint8Array;
  try {
    stripped = pictureChunks(bytes);
  } catch (error) {
    throw error instanceof Refusal
      ? damaged(error.rule, error.got)
      : damaged('must be an undamaged PNG file');
  }
  try {
    return eightBit(decode(stripped, { checkCrc: true }), bytes[25] === 3);
  } catch (error) {
    throw damaged('must be an undamaged PNG file', (error as Error).message, error);
  }
}

/**
 * Checks that a PNG file's pixels inflate to exactly what its header promises; nothing is decoded.
 * @throws HourglassError (data) naming the file.
 */
export function checkPngSize(bytes: Uint8Array, name: string): void {
  try {
    pictureChunks(bytes);
  } catch (error) {
    const { rule, got } =
      error instanceof Refusal ? error : { rule: 'must be an undamaged PNG file', got: undefined };
    throw new HourglassError(
      'data',
      { subject: name, rule, ...(got === undefined ? {} : { got }) },
      { cause: error },
    );
  }
}

/** What is wrong with a file, before its name is known. */
class Refusal extends Error {
  readonly rule: string;
  readonly got: unknown;
  constructor(rule: string, got?: unknown) {
    super(rule);
    this.rule = rule;
    this.got = got;
  }
}

/** The file with only its header, palette and pixels, once their sizes have been found to agree. */
function pictureChunks(file: Uint8Array): Uint8Array {
  const numbers = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const kept: Uint8Array[] = [file.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  let expected = -1;
  for (let at = 8, ended = false; !ended; ) {
    if (at + 12 > file.length) throw new Refusal('must not be cut off', `${file.length} bytes`);
    const end = at + 12 + numbers.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (end > file.length) throw new Refusal('must not be cut off', `${file.length} bytes`);
    const body = file.subarray(at + 8, end - 4);
    if (expected < 0 || type === 'IHDR') {
      if (type !== 'IHDR' || expected >= 0 || body.length !== 13)
        throw new Refusal('must begin with one header');
      expected = inflatedSize(body);
    }
    if (type === 'IDAT') packed.push(body);
    // Other colour types have no use for a palette, and their tRNS names one see-through colour only.
    const palette = file[25] === 3 && (type === 'PLTE' || type === 'tRNS');
    if (palette || ['IHDR', 'IDAT', 'IEND'].includes(type)) kept.push(file.subarray(at, end));
    ended = type === 'IEND';
    at = end;
  }
  requireInflated(joined(packed), expected);
  return joined(kept);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Packed bytes that are inflated at once: at most a thousand times as many come out, before they are counted. */
const PIECE = 2 ** 14;

/** Inflates zlib's data without keeping them, and counts them; what reads the pixels checks the checksums. */
function requireInflated(packed: Uint8Array, expected: number): void {
  let size = 0;
  const inflate = new Unzlib(({ length }) => {
    size += length;
    if (size > expected) throw new Refusal('must hold no more pixels than its header says');
  });
  try {
    for (let at = 0; at === 0 || at < packed.length; at += PIECE) {
      inflate.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('must be an undamaged PNG file');
  }
  if (size !== expected) throw new Refusal(`must inflate to the ${expected} bytes its header says`, size);
}

/** Bytes of the inflated scan lines that a header promises, filter bytes included. */
function inflatedSize(header: Uint8Array): number {
  const numbers = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [numbers.getUint32(0), numbers.getUint32(4)];
  const bits = header[8]! * ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[header[9]!] ?? Number.NaN);
  if (width === 0 || height === 0) throw new Refusal('must not be empty', `${width}×${height}`);
  if (width * height > MAX_PNG_PIXELS)
    throw new Refusal('must have at most 64 megapixels', `${width}×${height}`);
  if (Number.isNaN(bits)) throw new Refusal('must have a colour type of PNG', header[9]);
  const lines = (w: number, h: number) => (w > 0 ? (Math.ceil((w * bits) / 8) + 1) * h : 0);
  if (header[12] !== 1) return lines(width, height);
  // Adam7: seven passes, each [first column, first row, column step, row step].
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return passes.reduce(
    (sum, [x, y, dx, dy]) => sum + lines(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}

function eightBit(png: DecodedPng, indexed: boolean): PngImage {
  const { width, height } = png;
  const pixels = width * height;
  if (indexed) {
    const data = convertIndexedToRgb(png);
    return { width, height, channels: data.length === pixels * 4 ? 4 : 3, data };
  }
  const values = new Uint8Array(pixels * png.channels);
  if (png.depth === 16) for (let i = 0; i < values.length; i++) values[i] = png.data[i]! >> 8;
  else if (png.depth === 8) values.set(png.data);
  else {
    // Grey of 1, 2 or 4 bits: packed from the high bit, each line from a new byte.
    const top = 2 ** png.depth - 1;
    const perByte = 8 / png.depth;
    const line = Math.ceil(width / perByte);
    for (let i = 0; i < pixels; i++) {
      const x = i % width;
      const byte = png.data[Math.floor(i / width) * line + Math.floor(x / perByte)]!;
      values[i] = (((byte >> (8 - png.depth * ((x % perByte) + 1))) & top) * 255) / top;
    }
  }
  if (png.channels !== 2) return { width, height, channels: png.channels as 1 | 3 | 4, data: values };
  const data = new Uint8Array(pixels * 4);
  for (let i = 0; i < pixels; i++)
    data.set([values[2 * i]!, values[2 * i]!, values[2 * i]!, values[2 * i + 1]!], 4 * i);
  return { width, height, channels: 4, data };
}

function usage(rule: string, got: unknown): HourglassError {
  return new HourglassError('usage', { subject: 'a PNG picture', rule, got });
}
