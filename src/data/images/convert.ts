/**
 * Pixels of any size and colour → what a model takes: bytes [channels, height, width]. Grey is Rec. 601's luma,
 * Y = 0.299 R + 0.587 G + 0.114 B, on the stored (gamma-coded) values, as in Pillow, OpenCV and torchvision.
 */
import type { Metadata, Sharp } from 'sharp';
import { HourglassError } from '../../errors.ts';
import { type DecodeOptions, decoding, type RawImage } from './decode.ts';
import type { ConvertedImage } from './image-file.ts';
import { decodePlainPng, plainPngHeader } from './plain-png.ts';
import { alphaStep, MAX_PIXELS, scalingStep, type WholePreprocessing } from './preprocessing.ts';
import { eightBits, rgbOfCmyk, sixteenBits } from './samples.ts';
import { loadSharp } from './sharp.ts';

/**
 * The pixels of a picture file, upright (by EXIF), in sRGB; the first picture, if it holds several.
 * @throws HourglassError (data) naming the file, for one that is damaged, too large or of another format.
 */
export async function convertFile(
  bytes: Uint8Array,
  name: string,
  to: WholePreprocessing,
  options: DecodeOptions = {},
): Promise<ConvertedImage> {
  const plain = convertPlain(bytes, to, options);
  if (plain !== null) return plain;
  return decoding(
    bytes,
    name,
    options,
    async (image) => {
      const metadata = await image.metadata();
      const { autoOrient, orientation = 1, hasAlpha } = metadata;
      requireWholeNumbers(metadata, name);
      const isGrey = isGreySpace(metadata);
      const isDeep = metadata.depth === 'ushort';
      const from = { ...autoOrient, colours: coloursOf(metadata) };
      const steps: string[] = [];
      if ((metadata.pages ?? 1) > 1) steps.push('the first of several pictures in a file');
      if (orientation > 1) steps.push('turned upright by its EXIF data');
      if (metadata.isPalette) steps.push('colours looked up in its palette');
      if (to.depth === 16 && metadata.space !== 'cmyk') {
        if (hasAlpha) steps.push(alphaStep(to));
        if (autoOrient.width !== to.width || autoOrient.height !== to.height)
          steps.push(scalingStep(from, to));
        const { data, channels } = await sixteenBits(image, isGrey, (turned) => resize(turned, to));
        const white = isDeep ? (to.range ?? 65535) : 65535;
        const shares = Float32Array.from(data, (value) => Math.min(1, value / white));
        return { values: planes(shares, channels, isGrey, to, steps), conversion: { from, steps } };
      }
      if (metadata.space === 'cmyk' || (isDeep && to.range !== undefined)) {
        const raw =
          metadata.space === 'cmyk' ? await rgbOfCmyk(image) : await eightBits(image, isGrey, to.range!);
        if (metadata.space === 'cmyk') steps.push('inks as RGB, (255 − C) · (255 − K) / 255');
        else steps.push(`16 bits a channel to 8, ${to.range} as white`);
        const { values, conversion } = await convertRaw(raw, name, to);
        return { values, conversion: { from, steps: [...steps, ...conversion.steps] } };
      }
      if (isDeep) steps.push('16 bits a channel to 8');
      if (hasAlpha) steps.push(alphaStep(to));
      const resized = autoOrient.width !== to.width || autoOrient.height !== to.height;
      if (resized) steps.push(scalingStep(from, to));
      const { data, info } = await resize(image.autoOrient(), to)
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      // The largest value that these 16 bits can have had.
      const peak = isDeep ? { peak: 256 * (brightest(data) + 1) - 1 } : {};
      return {
        values: planes(data, info.channels, isGrey, to, steps),
        conversion: { from, steps, ...peak },
      };
    },
    (raw) => convertRaw(raw, name, to),
  );
}

/** The same for a small plain PNG file of the wanted size, at once; null for any other. */
function convertPlain(
  bytes: Uint8Array,
  to: WholePreprocessing,
  { maxPixels = MAX_PIXELS, formats }: DecodeOptions,
): ConvertedImage | null {
  if (to.depth === 16 || to.height * to.width > maxPixels || formats?.includes('PNG') === false) return null;
  const header = plainPngHeader(bytes);
  if (header === null || header.height !== to.height || header.width !== to.width) return null;
  const png = decodePlainPng(bytes);
  if (png === null) return null;
  const { height, width, channels, data } = png;
  const steps: string[] = [];
  const isGrey = channels === 1;
  const isThere = isGrey && to.channels === 1 && !to.invert;
  const values = isThere ? data : planes(data, channels, isGrey, to, steps);
  return { values, conversion: { from: { height, width, colours: isGrey ? 'grey' : 'RGB' }, steps } };
}

function brightest(data: Uint8Array): number {
  let most = 0;
  for (const value of data) if (value > most) most = value;
  return most;
}

const isGreySpace = ({ space }: Metadata): boolean => space === 'b-w' || space === 'grey16';

function coloursOf(metadata: Metadata): string {
  const colours = isGreySpace(metadata) ? 'grey' : metadata.space === 'cmyk' ? 'CMYK' : 'RGB';
  return `${colours}${metadata.hasAlpha ? ' with alpha' : ''}`;
}

/** Floats have no inherent white value. */
function requireWholeNumbers({ depth, format }: Metadata, name: string): void {
  if (depth === 'uchar' || depth === 'ushort') return;
  const rule = 'must have 8 or 16 bits a channel';
  throw new HourglassError('data', {
    subject: name,
    rule,
    got: `${format?.toUpperCase()} of type ${depth}`,
    hint: 'save it with 16 bits, its values scaled to 0 to 65,535',
  });
}

/** Size and colours of such a file, upright, from its header alone where that is possible. */
export async function inspectFile(
  bytes: Uint8Array,
  name: string,
): Promise<{ height: number; width: number; isGrey: boolean }> {
  const plain = plainPngHeader(bytes);
  if (plain !== null) return { height: plain.height, width: plain.width, isGrey: plain.channels === 1 };
  return decoding<{ height: number; width: number; isGrey: boolean }>(
    bytes,
    name,
    {},
    async (image) => {
      const metadata = await image.metadata();
      return { ...metadata.autoOrient, isGrey: isGreySpace(metadata) };
    },
    async ({ height, width, channels }) => ({ height, width, isGrey: channels === 1 }),
  );
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
    return { values: to.invert ? inverted(raw.data, steps) : raw.data, conversion: { from, steps } };
  }
  if (channels === 4) steps.push(alphaStep(to));
  if (!sameSize) steps.push(scalingStep(from, to));
  const bytes = interleaved(raw);
  const sharp = await loadSharp();
  try {
    const image = sharp(bytes, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS });
    const { data, info } = await resize(image, to)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { values: planes(data, info.channels, channels === 1, to, steps), conversion: { from, steps } };
  } catch (cause) {
    const [rule, got] = ['must be an image that can be scaled', (cause as Error).message.split('\n')[0]];
    throw new HourglassError('data', { subject: name, rule, got }, { cause });
  }
}

/** Background, size and colour space, through the library. */
function resize(image: Sharp, { height, width, fit, background }: WholePreprocessing): Sharp {
  const colour = { r: background, g: background, b: background };
  return image
    .flatten({ background: colour })
    .resize({ width, height, fit, background: colour })
    .toColourspace('srgb');
}

/** Bytes, or floats in [0, 1], [height, width, from] as [to.channels, height, width], grey and inverted as is wanted. */
function planes<T extends Uint8Array | Float32Array>(
  data: T,
  from: number,
  isGrey: boolean,
  { height, width, channels, invert }: WholePreprocessing,
  steps: string[],
): T {
  const plane = height * width;
  const isFloat = data instanceof Float32Array;
  const result = (isFloat ? new Float32Array(channels * plane) : new Uint8Array(channels * plane)) as T;
  if (channels === 1) {
    if (!isGrey) steps.push('grey by luma');
    for (let i = 0; i < plane; i++) {
      const at = i * from;
      if (isGrey || from < 3) result[i] = data[at]!;
      else {
        const luma = (299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!) / 1000;
        result[i] = isFloat ? luma : Math.round(luma);
      }
    }
  } else {
    if (isGrey) steps.push('grey in all three channels');
    if (from >= 3 && data instanceof Uint8Array) separate(data, from, result as Uint8Array);
    else
      for (let c = 0; c < 3; c++)
        for (let i = 0; i < plane; i++) result[c * plane + i] = data[i * from + (from < 3 ? 0 : c)]!;
  }
  return invert ? inverted(result, steps) : result;
}

/** The first three channels of each pixel as planes, in one pass: half the time of a pass for each. */
function separate(pixels: Uint8Array, channels: number, planes: Uint8Array): void {
  const plane = planes.length / 3;
  const done = channels === 3 ? separateWords(pixels, planes) : 0;
  const [red, green, blue] = [0, 1, 2].map((c) => planes.subarray(c * plane, (c + 1) * plane)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  for (let i = done, at = done * channels; i < plane; i++, at += channels) {
    red[i] = pixels[at]!;
    green[i] = pixels[at + 1]!;
    blue[i] = pixels[at + 2]!;
  }
}

/** Four pixels of three bytes at a time, as words of the processors that hourglass runs on (little-endian): a third of the time. Gives how many are done. */
function separateWords(pixels: Uint8Array, planes: Uint8Array): number {
  const plane = planes.length / 3;
  const isAligned = [pixels.byteOffset, planes.byteOffset, plane].every((at) => at % 4 === 0);
  if (!isAligned) return 0;
  const words = plane / 4;
  const from = new Uint32Array(pixels.buffer, pixels.byteOffset, 3 * words);
  const [red, green, blue] = [0, 1, 2].map(
    (c) => new Uint32Array(planes.buffer, planes.byteOffset + c * plane, words),
  ) as [Uint32Array, Uint32Array, Uint32Array];
  for (let i = 0, at = 0; i < words; i++, at += 3) {
    // r₀g₀b₀r₁ g₁b₁r₂g₂ b₂r₃g₃b₃, the first byte the lowest.
    const [a, b, c] = [from[at]!, from[at + 1]!, from[at + 2]!];
    red[i] = (a & 0xff) | ((a >>> 16) & 0xff00) | (b & 0xff0000) | ((c & 0xff00) << 16);
    green[i] = ((a >>> 8) & 0xff) | ((b & 0xff) << 8) | ((b >>> 8) & 0xff0000) | ((c & 0xff0000) << 8);
    blue[i] = ((a >>> 16) & 0xff) | (b & 0xff00) | ((c & 0xff) << 16) | (c & 0xff000000);
  }
  return plane;
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
