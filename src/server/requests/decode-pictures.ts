/** Converts pictures to bytes of a model's size: the job of a decoder, which runs in a process that can be killed. */
import sharp from 'sharp';
import { checkPngSize } from '../../codecs/png.ts';
import {
  convertFile,
  describeConversion,
  PLAIN_FORMATS,
  type WholePreprocessing,
} from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';
import { Problem } from '../problem.ts';
import { jpegFrame, webpFrame } from './picture-size.ts';

export interface PictureJob {
  files: readonly Uint8Array[];
  /** The position of the first in the request, for errors. */
  first: number;
  want: WholePreprocessing;
  /** The pixels of the largest picture. */
  pixels: number;
}

export interface DecodedPictures {
  /** Bytes [n, channels, height, width]. */
  bytes: Uint8Array;
  /** The conversions, each kind once. */
  notes: string[];
}

/**
 * Whether a JPEG's data are of the size in its header. The library reports data that end too early as a warning, and
 * says nothing of data that are left over. With a header a little taller than the real one it must find too few.
 */
async function fitsItsHeader(file: Uint8Array, pixels: number): Promise<boolean> {
  const at = file[0] === 0xff ? jpegFrame(file) : null;
  if (at === null) return true;
  const said = await warningOf(file, pixels);
  if (/premature end|extraneous bytes before marker 0x(c4|da|db)/.test(said)) return false;
  const taller = Buffer.from(file);
  const height = taller.readUInt16BE(at + 5) + 64;
  if (height > 0xffff) return true;
  taller.writeUInt16BE(height, at + 5);
  return (await warningOf(taller, 2 * pixels)) !== '';
}

/** Bytes at the end of a WebP's data. An encoder adds one or two that no pixel needs. */
const WEBP_END = 16;

/**
 * Whether the pixels of a WebP need its data to the end. The library refuses data that are too short for the size in
 * the header, and says nothing of data that are left over: then the picture decodes without its last bytes, too.
 */
async function needsItsData(file: Uint8Array, pixels: number): Promise<boolean> {
  const frame = webpFrame(file);
  if (frame === null || frame.length <= WEBP_END) return true;
  const cut = frame.length - WEBP_END - (frame.length % 2);
  const shorter = Buffer.alloc(20 + cut);
  shorter.write('RIFF', 0, 'latin1');
  shorter.writeUInt32LE(12 + cut, 4);
  shorter.write(`WEBP${frame.kind}`, 8, 'latin1');
  shorter.writeUInt32LE(cut, 16);
  shorter.set(file.subarray(frame.at, frame.at + cut), 20);
  return (await warningOf(shorter, pixels)) !== '';
}

/** What the library has against a picture, decoded as cheaply as it can be; empty where there is nothing. */
async function warningOf(file: Uint8Array, pixels: number): Promise<string> {
  try {
    await sharp(file, { failOn: 'warning', limitInputPixels: pixels })
      .resize(8, 8, { fit: 'fill' })
      .raw()
      .toBuffer();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const PNG_SIGNATURE = 0x89504e47;

/** @throws Problem 413 for too many pixels, 422 for anything but a picture of the size in its header. */
export async function decodePictures({ files, first, want, pixels }: PictureJob): Promise<DecodedPictures> {
  const size = want.channels * want.height * want.width;
  // Pictures cross to the model as bytes.
  const { depth: _, ...eightBits } = want;
  const bytes = new Uint8Array(files.length * size);
  const notes = new Set<string>();
  for (const [n, file] of files.entries()) {
    try {
      const { buffer, byteOffset, length } = file;
      const isPng = length > 24 && new DataView(buffer, byteOffset, length).getUint32(0) === PNG_SIGNATURE;
      if (isPng) checkPngSize(file, 'picture');
      else if (!((await fitsItsHeader(file, pixels)) && (await needsItsData(file, pixels)))) {
        const rule = 'must hold the pixels that its header says';
        throw new HourglassError('data', { subject: 'picture', rule });
      }
      const converted = await convertFile(file, 'picture', eightBits, {
        maxPixels: pixels,
        formats: PLAIN_FORMATS,
      });
      bytes.set(converted.values, n * size);
      if (converted.conversion.steps.length > 0) notes.add(describeConversion(converted.conversion, want));
    } catch (error) {
      if (!(error instanceof HourglassError)) throw error;
      const { rule } = error.parts;
      // The library's message about a damaged file is not sent.
      throw new Problem(/at most \d+ pixels/.test(rule) ? 413 : 422, `Picture ${first + n} ${rule}.`);
    }
  }
  return { bytes, notes: [...notes] };
}
