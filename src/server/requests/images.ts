/** Uploaded pictures as a model's images: PNG, JPEG or WebP, recognised by their bytes and not by their names. */

import { z } from '@hono/zod-openapi';
import { FITS } from '../../choices.ts';
import type { WholePreprocessing } from '../../data/images/index.ts';
import { scaleBytes } from '../../samples/index.ts';
import { Problem } from '../problem.ts';
import { type Runner, WorkerLost, WorkerMissing } from '../work/pool.ts';
import type { Budget } from './budget.ts';
import type { DecodedPictures, PictureJob } from './decode-pictures.ts';
import { checkedPixels, type PixelLimits } from './picture-size.ts';

export interface ImageInfo {
  channels: number;
  height: number;
  width: number;
}

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** How pictures are converted to the model's size and colours, if not like its training images. */
export const CONVERSION = {
  fit: z.enum(FITS).optional().openapi({
    description:
      "how pictures of other proportions are fitted: with a border, cropped, or stretched; default: the model's own",
  }),
  invert: z.enum(['yes', 'no']).optional().openapi({
    description:
      "whether black and white are swapped, as for dark ink on paper with a model that knows light digits; default: the model's own",
  }),
};
export interface ConversionOptions {
  fit?: (typeof FITS)[number];
  invert?: 'yes' | 'no';
}

/** What decodes, and how much it may be given at once. */
export interface Decoding {
  decoders: Runner<PictureJob, DecodedPictures>;
  /** Pixels that all requests together have in decoding. */
  pixels: Budget;
  limits: PixelLimits;
  signal: AbortSignal;
}

/** Pixels of pictures that go to a decoder in one job, how many they are at most, and values of what comes back. */
const JOB = { pixels: 2 ** 20, files: 16, values: 2 ** 22 };
/** A picture of more pixels counts as large. */
const LARGE = 4 * 2 ** 20;

/**
 * Pictures as images [n, channels, height, width] in [0, 1], and what was done to them, each kind once.
 * @param preprocessing what was done to the images that the model was trained on.
 * @throws Problem 413 for too many pixels, 422 for bytes that are not a picture, 503 if too much is being decoded.
 */
export async function decodedPictures(
  files: readonly Uint8Array[],
  preprocessing: WholePreprocessing,
  { fit = preprocessing.fit, invert }: ConversionOptions,
  { decoders, pixels: budget, limits, signal }: Decoding,
): Promise<{ rows: Float32Array; notes: string[] }> {
  const inverted = invert === undefined ? preprocessing.invert : invert === 'yes';
  // Behind transparent pixels and in borders is black, unless it was otherwise in the model's own images.
  const background =
    inverted === preprocessing.invert ? preprocessing.background : 255 - preprocessing.background;
  const want = { ...preprocessing, fit, invert: inverted, background };
  const pixels = checkedPixels(files, limits);
  const sum = pixels.reduce((a, b) => a + b, 0);
  // Small requests are limited by their number: they continue next to large ones.
  const counted = sum > JOB.pixels ? sum : 0;
  budget.take(counted);
  const size = want.channels * want.height * want.width;
  const rows = new Float32Array(files.length * size);
  const notes = new Set<string>();
  const end = new AbortController();
  const owner = {};
  const decode = async ({ first, count, large }: Job) => {
    const job = { files: files.slice(first, first + count), first, want, pixels: limits.imagePixels };
    const turn = { owner, large, signal: AbortSignal.any([signal, end.signal]) };
    const decoded = await decoders.run(job, turn).catch((error) => {
      // A file that crashes the decoder is not a picture.
      if (error instanceof WorkerLost && !(error instanceof WorkerMissing))
        throw new Problem(422, `Picture ${first} could not be decoded.`);
      throw error;
    });
    scaleBytes(decoded.bytes.subarray(0, count * size), rows.subarray(first * size));
    for (const note of decoded.notes) notes.add(note);
  };
  try {
    await Promise.all(jobsOf(pixels, size).map(decode));
  } finally {
    // The first that fails ends the others.
    end.abort(new Problem(422, 'Another picture of the request was refused.'));
    budget.give(counted);
  }
  return { rows, notes: [...notes].sort() };
}

interface Job {
  first: number;
  count: number;
  large: boolean;
}

/** Pictures side by side in jobs of about a megapixel. */
function jobsOf(pixels: readonly number[], size: number): Job[] {
  const most = Math.min(JOB.files, JOB.values / size);
  const jobs: (Job & { pixels: number })[] = [];
  for (const [n, count] of pixels.entries()) {
    const last = jobs.at(-1);
    if (last !== undefined && last.count < most && last.pixels + count <= JOB.pixels) {
      last.count++;
      last.pixels += count;
    } else jobs.push({ first: n, count: 1, large: count > LARGE, pixels: count });
  }
  return jobs;
}
