/** Uploaded pictures as a model's images: PNG, JPEG or WebP, told by what the bytes are and not by their name. */
import { z } from '@hono/zod-openapi';
import { convertFile, describeConversion, FITS, wholePreprocessing } from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';
import { Problem } from '../problem.ts';

export interface ImageInfo {
  channels: number;
  height: number;
  width: number;
}

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** How pictures are brought to the model's size and colours. */
export const CONVERSION = {
  fit: z
    .enum(FITS)
    .default('contain')
    .openapi({ description: 'of pictures of other proportions: border, cut off, or stretch' }),
  invert: z
    .enum(['yes', 'no'])
    .default('no')
    .openapi({ description: 'black for white, as for ink on paper where the model knows white digits' }),
};
export interface ConversionOptions {
  fit: (typeof FITS)[number];
  invert: 'yes' | 'no';
}

/**
 * Pictures as images [n, channels, height, width] in [0, 1], and what was done to them, each kind once.
 * @param pixels the largest picture that is decoded.
 * @throws Problem 413 for too many pixels, 422 for bytes that are no picture.
 */
export async function decodedPictures(
  files: readonly Uint8Array[],
  { channels, height, width }: ImageInfo,
  { fit, invert }: ConversionOptions,
  pixels: number,
): Promise<{ rows: Float32Array; notes: string[] }> {
  const want = wholePreprocessing({
    channels: channels as 1 | 3,
    height,
    width,
    fit,
    invert: invert === 'yes',
  });
  const size = channels * height * width;
  const rows = new Float32Array(files.length * size);
  const notes = new Set<string>();
  const convert = async (file: Uint8Array, n: number) => {
    try {
      const { pixels: bytes, conversion } = await convertFile(file, `picture ${n}`, want, pixels);
      for (let i = 0; i < size; i++) rows[n * size + i] = bytes[i]! / 255;
      if (conversion.steps.length > 0) notes.add(describeConversion(conversion, want));
    } catch (error) {
      if (!(error instanceof HourglassError)) throw error;
      const { rule } = error.parts;
      // What the library says of a damaged file stays here.
      throw new Problem(/at most \d+ pixels/.test(rule) ? 413 : 422, `Picture ${n} ${rule}.`);
    }
  };
  // Side by side: the library has threads of its own, a few, and the rest wait.
  await Promise.all(files.map(convert));
  return { rows, notes: [...notes].sort() };
}
