/**
 * Pixels of any size and colour → what a model takes: bytes [channels, height, width]. Grey is Rec. 601's luma,
 * Y = 0.299 R + 0.587 G + 0.114 B, on the stored (gamma-coded) values, as in Pillow, OpenCV and torchvision.
 */
import type { Sharp } from 'sharp';
import { HourglassError } from '../../errors.ts';
import type { Conversion, WholePreprocessing } from './preprocessing.ts';
import { loadSharp } from './sharp.ts';

/** The most pixels an image may have before it is scaled: 64 megapixels. */
export const MAX_PIXELS = 64 * 1024 * 1024;

/** An image as an array has it. Floats are in [0, 1]. */
export interface RawImage {
  height: number;
  width: number;
  channels: 1 | 3 | 4;
  /** `planes`: [channels, height, width]; `pixels`: [height, width, channels]. */
  layout: 'planes' | 'pixels';
  data: Uint8Array | Float32Array;
}

export interface ConvertedImage {
  /** [channels, height, width]; floats in [0, 1] where the image came as floats and kept its size. */
  pixels: Uint8Array | Float32Array;
  conversion: Conversion;
}

/** What a file of pictures is by its first bytes (12 are enough); its name says nothing. */
export function imageFormat(head: Uint8Array): 'PNG' | 'JPEG' | 'WebP' | null {
  const text = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
  if (text(0, 8) === '\u0089PNG\r\n\u001a\n') return 'PNG';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'JPEG';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'WebP';
  return null;
}

/**
 * The pixels of a PNG, JPEG or WebP file, upright (by EXIF), in sRGB; of a moving picture the first.
 * @throws HourglassError (data) naming the file, for one that is damaged, too large or none of these.
 */
export async function convertFile(
  bytes: Uint8Array,
  name: string,
  to: WholePreprocessing,
  maxPixels: number = MAX_PIXELS,
): Promise<ConvertedImage> {
  return decoding(bytes, name, maxPixels, async (image) => {
    const { autoOrient, orientation = 1, space, hasAlpha } = await image.metadata();
    const isGrey = GREY_SPACES.has(space);
    const colours = isGrey ? 'grey' : space === 'cmyk' ? 'CMYK' : 'RGB';
    const from = { ...autoOrient, colours: `${colours}${hasAlpha ? ' with alpha' : ''}` };
    const steps: string[] = [];
    if (orientation > 1) steps.push('turned upright by its EXIF data');
    if (hasAlpha) steps.push(`alpha on ${shade(to.background)}`);
    const resized = autoOrient.width !== to.width || autoOrient.height !== to.height;
    if (resized) steps.push(...scaling(from, to));
    const { data, info } = await resize(image.autoOrient(), to)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = planes(data, info.channels, isGrey, to, steps);
    return { pixels, conversion: { from, steps } };
  });
}

const GREY_SPACES = new Set<string | undefined>(['b-w', 'grey16']);

/** Size and colours of such a file, upright, from its header alone. */
export async function inspectFile(
  bytes: Uint8Array,
  name: string,
): Promise<{ height: number; width: number; isGrey: boolean }> {
  return decoding(bytes, name, MAX_PIXELS, async (image) => {
    const { autoOrient, space } = await image.metadata();
    return { ...autoOrient, isGrey: GREY_SPACES.has(space) };
  });
}

async function decoding<T>(
  bytes: Uint8Array,
  name: string,
  maxPixels: number,
  work: (image: Sharp) => Promise<T>,
): Promise<T> {
  const refuse = (rule: string, got: string, cause?: unknown) =>
    new HourglassError('data', { subject: name, rule, got }, { cause });
  // Anything else stays away from the library, which knows more formats than are wanted here.
  const format = imageFormat(bytes);
  if (format === null) {
    const got = bytes.length === 0 ? 'an empty file' : 'something else';
    throw refuse('must be a PNG, JPEG or WebP image', got);
  }
  const sharp = await loadSharp();
  try {
    return await work(sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }));
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]!;
    if (/pixel limit/.test(reason)) throw refuse(`must have at most ${maxPixels} pixels`, 'more', cause);
    throw refuse(`must be an undamaged ${format} image`, reason, cause);
  }
}

/** The same of pixels that are here already. */
export async function convertRaw(
  raw: RawImage,
  name: string,
  to: WholePreprocessing,
): Promise<ConvertedImage> {
  const { height, width, channels } = raw;
  const from = { height, width, colours: { 1: 'grey', 3: 'RGB', 4: 'RGB with alpha' }[channels] };
  const steps: string[] = [];
  const sameSize = height === to.height && width === to.width;
  if (sameSize && channels === to.channels && (raw.layout === 'planes' || channels === 1)) {
    return { pixels: to.invert ? inverted(raw.data, steps) : raw.data, conversion: { from, steps } };
  }
  if (channels === 4) steps.push(`alpha on ${shade(to.background)}`);
  if (!sameSize) steps.push(...scaling(from, to));
  const bytes = interleaved(raw);
  const sharp = await loadSharp();
  try {
    const image = sharp(bytes, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS });
    const { data, info } = await resize(image, to)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { pixels: planes(data, info.channels, channels === 1, to, steps), conversion: { from, steps } };
  } catch (cause) {
    const [rule, got] = ['must be an image that can be scaled', (cause as Error).message.split('\n')[0]];
    throw new HourglassError('data', { subject: name, rule, got }, { cause });
  }
}

const shade = (grey: number) => ({ 0: 'black', 255: 'white' })[grey] ?? `grey ${grey}`;

function scaling(from: { height: number; width: number }, to: WholePreprocessing): string[] {
  const same = from.width * to.height === from.height * to.width;
  if (same || to.fit === 'fill') return [same ? 'scaled' : 'stretched'];
  if (to.fit === 'cover') return ['scaled to cover, the rest cut off'];
  return [`scaled to lie within, with a border of ${shade(to.background)}`];
}

/** Background, size and colour space, through the library. */
function resize(image: Sharp, { height, width, fit, background }: WholePreprocessing): Sharp {
  const colour = { r: background, g: background, b: background };
  return image
    .flatten({ background: colour })
    .resize({ width, height, fit, background: colour })
    .toColourspace('srgb');
}

/** Bytes [height, width, from] as [to.channels, height, width], grey and inverted as is wanted. */
function planes(
  data: Uint8Array,
  from: number,
  isGrey: boolean,
  { height, width, channels, invert }: WholePreprocessing,
  steps: string[],
): Uint8Array {
  const plane = height * width;
  const result = new Uint8Array(channels * plane);
  if (channels === 1) {
    if (!isGrey) steps.push('grey by luma');
    for (let i = 0; i < plane; i++) {
      const at = i * from;
      result[i] =
        isGrey || from < 3
          ? data[at]!
          : Math.round((299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!) / 1000);
    }
  } else {
    if (isGrey) steps.push('grey in all three channels');
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < plane; i++) result[c * plane + i] = data[i * from + (from < 3 ? 0 : c)]!;
  }
  return invert ? inverted(result, steps) : result;
}

function inverted<T extends Uint8Array | Float32Array>(values: T, steps: string[]): T {
  steps.push('inverted');
  const top = values instanceof Float32Array ? 1 : 255;
  return values.map((value) => top - value) as T;
}

/** Bytes [height, width, channels]. */
function interleaved({ height, width, channels, layout, data }: RawImage): Uint8Array {
  const bytes = data instanceof Uint8Array ? data : Uint8Array.from(data, (value) => Math.round(255 * value));
  if (layout === 'pixels' || channels === 1) return bytes;
  const plane = height * width;
  const result = new Uint8Array(bytes.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < plane; i++) result[i * channels + c] = bytes[c * plane + i]!;
  return result;
}
