/** Bytes of a picture file → sharp, or pixels where sharp does not read the format; with errors that belong to the file itself. */
import type { Sharp } from 'sharp';
import { HourglassError } from '../../errors.ts';
import { FORMATS, type Format, foreignFormat, imageFormat, listed } from './formats.ts';
import { Gate } from './gate.ts';
import { MAX_PIXELS } from './preprocessing.ts';
import { loadSharp } from './sharp.ts';

export interface DecodeOptions {
  /** Default {@link MAX_PIXELS}. */
  maxPixels?: number;
  /** What is read; default all formats. */
  formats?: readonly Format[];
}

/** An image as an array has it. Floats are in [0, 1]. */
export interface RawImage {
  height: number;
  width: number;
  channels: 1 | 3 | 4;
  /** `planes`: [channels, height, width]; `pixels`: [height, width, channels]. */
  layout: 'planes' | 'pixels';
  data: Uint8Array | Float32Array;
}

const gate = new Gate();
/** How many times a file that failed is decoded again until it fails with the same message twice. */
const MOST_TRIES = 5;

/**
 * Decodes a picture: `withSharp` gets what sharp reads, `withPixels` the pixels of a BMP.
 * @throws HourglassError (data) naming the file, for one that is damaged, too large or of another format.
 */
export async function decoding<T>(
  bytes: Uint8Array,
  name: string,
  { maxPixels = MAX_PIXELS, formats = FORMATS }: DecodeOptions,
  withSharp: (image: Sharp) => Promise<T>,
  withPixels: (image: RawImage) => Promise<T>,
): Promise<T> {
  const refuse = (rule: string, got: string, cause?: unknown) =>
    new HourglassError('data', { subject: name, rule, got }, { cause });
  // Nothing else reaches the library, which reads more formats than are wanted here.
  const format = imageFormat(bytes);
  if (format === null || !formats.includes(format))
    throw refuse(`must be a ${listed(formats)} image`, format ?? foreignFormat(bytes));
  if (format === 'BMP') return withPixels(await decodeBmp(bytes, maxPixels, refuse));
  const sharp = await loadSharp();
  const work = () => withSharp(sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }));
  try {
    return await gate.shared(work);
  } catch (error) {
    if (error instanceof HourglassError) throw error;
  }
  // A file that failed while others were decoded is decoded again alone: libvips' message may belong to another file.
  let said: string | null = null;
  for (let i = 0; ; i++) {
    try {
      return await gate.exclusive(work);
    } catch (cause) {
      const reason = (cause as Error).message.split('\n')[0]!;
      if (/pixel limit/.test(reason)) throw refuse(`must have at most ${maxPixels} pixels`, 'more', cause);
      if (reason === said || i >= MOST_TRIES)
        throw refuse(`must be an undamaged ${format} image`, reason, cause);
      said = reason;
    }
  }
}

type Refuse = (rule: string, got: string, cause?: unknown) => HourglassError;

async function decodeBmp(bytes: Uint8Array, maxPixels: number, refuse: Refuse): Promise<RawImage> {
  const damaged = (got: string, cause?: unknown) => refuse('must be an undamaged BMP image', got, cause);
  if (bytes.length < 26) throw damaged('a file that is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A header of 12 bytes is OS/2's, with sides of two bytes.
  const isOld = view.getUint32(14, true) === 12;
  const [width, height] = isOld
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  if (!(width > 0 && height > 0)) throw damaged(`${width} × ${height} pixels`);
  if (width * height > maxPixels) throw refuse(`must have at most ${maxPixels} pixels`, 'more');
  const { decode } = await import('@cwasm/nsbmp').catch((cause) => {
    throw refuse("needs the package '@cwasm/nsbmp' to be read", 'none', cause);
  });
  let image: { width: number; height: number; data: Uint8Array | Uint8ClampedArray };
  try {
    image = decode(bytes);
  } catch (cause) {
    throw damaged('what cannot be decoded', cause);
  }
  return withFewestChannels(image);
}

/** RGBA as grey or RGB, where that holds the same. */
function withFewestChannels({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}): RawImage {
  let [isOpaque, isGrey] = [true, true];
  for (let i = 0; i < data.length; i += 4) {
    isOpaque &&= data[i + 3] === 255;
    isGrey &&= data[i] === data[i + 1] && data[i] === data[i + 2];
  }
  const channels = !isOpaque ? 4 : isGrey ? 1 : 3;
  const fewest = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < channels; c++) fewest[i * channels + c] = data[4 * i + c]!;
  return { width, height, channels, layout: 'pixels', data: fewest };
}
