/** The order in which an epoch sees the samples of a source: a function of the seed and the epoch alone. */
import type { Source } from '../samples/index.ts';

/** A permutation of `count` numbers, by a seed and a number that is usually the epoch. */
type Shuffle = (count: number, epoch: number) => Uint32Array;

/** More epochs than a training has, so that groups of blocks have numbers of their own. */
const EPOCHS = 2 ** 20;

/**
 * All samples in random order. Where a source has blocks: the blocks are put in random order, as many of them as are mixed
 * form a group, and the samples of each group are put in random order.
 */
export function epochOrder({ count, blocks }: Source, epoch: number, shuffle: Shuffle): Uint32Array {
  if (blocks === undefined) return shuffle(count, epoch);
  const { starts, mixed } = blocks;
  const order = new Uint32Array(count);
  const shuffled = shuffle(starts.length, epoch);
  let at = 0;
  for (let first = 0; first < shuffled.length; first += mixed) {
    const group: number[] = [];
    for (const block of shuffled.subarray(first, first + mixed)) {
      const end = starts[block + 1] ?? count;
      for (let sample = starts[block]!; sample < end; sample++) group.push(sample);
    }
    const places = shuffle(group.length, epoch + EPOCHS * (1 + first / mixed));
    for (const place of places) order[at++] = group[place]!;
  }
  return order;
}
