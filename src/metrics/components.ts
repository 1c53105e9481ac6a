/** The defects of a mask: groups of defective pixels that touch, also at a corner (eight neighbours). */

/** For each pixel the number of its group, from 1; 0 where the mask is 0. And the pixels of each group, from group 1 on. */
export interface Components {
  labels: Int32Array;
  sizes: number[];
}

/** @param mask [height, width]: a pixel is defective where it is not 0. */
export function componentsOf(mask: Uint8Array, height: number, width: number): Components {
  const labels = new Int32Array(mask.length);
  const sizes: number[] = [];
  const waiting: number[] = [];
  for (let first = 0; first < mask.length; first++) {
    if (mask[first] === 0 || labels[first] !== 0) continue;
    const label = sizes.push(0);
    labels[first] = label;
    waiting.push(first);
    while (waiting.length > 0) {
      const at = waiting.pop()!;
      sizes[label - 1]!++;
      const [y, x] = [Math.floor(at / width), at % width];
      for (let r = Math.max(0, y - 1); r <= Math.min(height - 1, y + 1); r++) {
        for (let c = Math.max(0, x - 1); c <= Math.min(width - 1, x + 1); c++) {
          const next = r * width + c;
          if (mask[next] === 0 || labels[next] !== 0) continue;
          labels[next] = label;
          waiting.push(next);
        }
      }
    }
  }
  return { labels, sizes };
}
