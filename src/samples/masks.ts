/** Masks: which pixels of a sample are defective, for measuring where a model finds its defects. */

export interface Masks {
  /** Whether each sample has a mask, [count]: 1, or 0 for good samples and those without a mask. */
  readonly present: Uint8Array;
  /**
   * Writes the masks of some samples into `into`, [indices, height, width]: 1 where a pixel is defective, otherwise 0. A
   * sample without a mask has only zeros.
   */
  read(indices: Uint32Array, into: Uint8Array): Promise<void>;
}

/** Masks in memory. `places` has the position of each sample's mask in `values`, [masks, height · width]; −1 for none. */
export function memoryMasks(places: Int32Array, values: Uint8Array, size: number): Masks {
  return {
    present: Uint8Array.from(places, (place) => Number(place >= 0)),
    async read(indices, into) {
      for (const [row, index] of indices.entries()) {
        const place = places[index]!;
        if (place < 0) into.fill(0, row * size, (row + 1) * size);
        else into.set(values.subarray(place * size, (place + 1) * size), row * size);
      }
    },
  };
}

/** The masks of some samples of a source, in the order of `indices`. */
export function someMasks(masks: Masks, indices: Uint32Array): Masks {
  return {
    present: Uint8Array.from(indices, (index) => masks.present[index]!),
    read: (rows, into) =>
      masks.read(
        rows.map((row) => indices[row]!),
        into,
      ),
  };
}
