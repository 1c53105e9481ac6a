/** Samples that lie next to each other where they come from, and are therefore read together. */

export interface Blocks {
  /** The first sample of each block, ascending from 0. */
  readonly starts: Uint32Array;
  /** How many blocks are mixed with one another in an epoch: as many as a source can hold at once. */
  readonly mixed: number;
}

/** The blocks of some samples of a source: neighbours in `indices` that are in one block there are in one block here. */
export function someBlocks({ starts, mixed }: Blocks, indices: Uint32Array): Blocks {
  const found: number[] = [];
  let [from, to] = [0, 0];
  for (const [place, index] of indices.entries()) {
    if (place > 0 && index >= from && index < to) continue;
    const block = blockOf(starts, index);
    from = starts[block]!;
    to = starts[block + 1] ?? Number.POSITIVE_INFINITY;
    found.push(place);
  }
  return { starts: Uint32Array.from(found), mixed };
}

/** The block that a sample is in. */
export function blockOf(starts: Uint32Array, sample: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= sample) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Some samples of a source, ascending: spread evenly, or blocks that are spread evenly, until there are at least `most`
 * of them; all if there are no more.
 */
export function evenly(count: number, blocks: Blocks | undefined, most: number): Uint32Array {
  if (blocks === undefined || count <= most) {
    const wanted = Math.min(most, count);
    return Uint32Array.from({ length: wanted }, (_, i) =>
      wanted === count ? i : Math.floor((i * count) / wanted + 1e-9),
    );
  }
  const { starts } = blocks;
  const wanted = Math.max(1, Math.ceil((most / count) * starts.length));
  const found: number[] = [];
  for (let i = 0; i < wanted && found.length < most; i++) {
    const block = Math.floor((i * starts.length) / wanted);
    const end = Math.min(starts[block + 1] ?? count, starts[block]! + most - found.length);
    for (let sample = starts[block]!; sample < end; sample++) found.push(sample);
  }
  return Uint32Array.from(found);
}
