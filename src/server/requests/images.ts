/** Uploaded pictures as a model's images: PNG, JPEG or WebP, told by what the bytes are and not by their name. */
import { z } from '@hono/zod-openapi';
import { convertFile, describeConversion, FITS, type WholePreprocessing } from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';
import { Problem } from '../problem.ts';

export interface ImageInfo {
  channels: number;
  height: number;
  width: number;
}

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** How pictures are brought to the model's size and colours, where not as its training images were. */
export const CONVERSION = {
  fit: z.enum(FITS).optional().openapi({
    description:
      "of pictures of other proportions: border, cut off, or stretch; by default as the model's own",
  }),
  invert: z.enum(['yes', 'no']).optional().openapi({
    description:
      "black for white, as for ink on paper where the model knows white digits; by default as the model's own images",
  }),
};
export interface ConversionOptions {
  fit?: (typeof FITS)[number];
  invert?: 'yes' | 'no';
}

/**
 * Pictures as images [n, channels, height, width] in [0, 1], and what was done to them, each kind once.
 * @param preprocessing what was done to the images that the model was trained on.
 * @param pixels the largest picture that is decoded.
 * @throws Problem 413 for too many pixels, 422 for bytes that are no picture.
 */
export async function decodedPictures(
  files: readonly Uint8Array[],
  preprocessing: WholePreprocessing,
  { fit = preprocessing.fit, invert }: ConversionOptions,
  pixels: number,
): Promise<{ rows: Float32Array; notes: string[] }> {
  const inverted = invert === undefined ? preprocessing.invert : invert === 'yes';
  // What lies behind see-through pixels and in borders becomes black, unless the model's own images had it otherwise.
  const background =
    inverted === preprocessing.invert ? preprocessing.background : 255 - preprocessing.background;
  const want = { ...preprocessing, fit, invert: inverted, background };
  const { channels, height, width } = want;
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
