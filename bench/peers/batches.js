/** The dense network's shape and its batches, for the peers in JavaScript. */
const PIXELS = 784;
export const SIZES = [PIXELS, 512, 256, 128, 11, 128, 256, 512, PIXELS];
export const LEARNING_RATE = 0.001;

/** Weights of a layer at their start: uniform, as Glorot and Bengio have them. */
export function firstWeights(from, to) {
  const bound = Math.sqrt(6 / (from + to));
  return Float32Array.from({ length: from * to }, () => bound * (2 * Math.random() - 1));
}

/** Batches of images in an order drawn anew whenever all have been seen: bytes gathered and scaled to [0, 1]. */
export function batchesFrom(bytes, count) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let next = count;
  return (size) => {
    if (next + size > count) {
      for (let i = count - 1; i > 0; i--) {
        const other = Math.floor(Math.random() * (i + 1));
        [order[i], order[other]] = [order[other], order[i]];
      }
      next = 0;
    }
    const batch = new Float32Array(size * PIXELS);
    for (let row = 0; row < size; row++, next++) {
      const from = order[next] * PIXELS;
      for (let i = 0; i < PIXELS; i++) batch[row * PIXELS + i] = bytes[from + i] / 255;
    }
    return batch;
  };
}
