/**
 * Structural similarity in symbols (Wang et al., 2004; over several scales: Wang et al., 2003), of images with values from 0
 * to 1. The weighted sums over windows are products with matrices of few diagonals: runtimes multiply matrices at full speed,
 * and gather the windows of a convolution of one channel much more slowly.
 */
import {
  add,
  averagePool,
  clip,
  concat,
  constant,
  div,
  exp,
  log,
  matmul,
  mul,
  reduceSum,
  type Sym,
  slice,
  square,
  sub,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { mapsOf } from './shapes.ts';

/** The side of the window where an image is as large, and the standard deviation of its weights, in pixels. */
const WINDOW = 11;
const SIGMA = 1.5;
/** (K L)² with K 0.01 and 0.03 and L = 1. */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Exponents of the scales, from the finest; of fewer scales the first ones, scaled to a sum of 1. */
const SCALES = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;
/** The most scales there are exponents for. */
export const MOST_SCALES = SCALES.length;

/** A structure below 0 has no power: it counts as this. */
const LEAST = 1e-4;

/** The scales that images of a size have: each halves the sides, and the last has at least a pixel. */
export const scalesWithin = (height: number, width: number): number =>
  Math.min(MOST_SCALES, 1 + Math.floor(Math.log2(Math.min(height, width))));

/**
 * The mean of SSIM over all windows that lie within the image, and over channels, [N], for x and y, [N, channels, height,
 * width]. With several scales: the product of the means of structure at each scale and of luminance at the last, to the power
 * of the scale's exponent.
 */
export function structuralSimilarity(net: Network, x: Sym, y: Sym, scales = 1): Sym {
  const { channels } = mapsOf(net, x);
  if (scales === 1) return mul(reduceSum(compare(net, x, y).whole, [1]), 1 / channels);
  const sum = SCALES.slice(0, scales).reduce<number>((a, b) => a + b, 0);
  const powers: Sym[] = [];
  let [left, right] = [x, y];
  for (let scale = 0; scale < scales; scale++) {
    const { whole, structure } = compare(net, left, right);
    const similarity = clip(scale === scales - 1 ? whole : structure, LEAST, 1);
    powers.push(mul(log(similarity), SCALES[scale]! / sum));
    if (scale < scales - 1) [left, right] = [averagePool(left, [2, 2]), averagePool(right, [2, 2])];
  }
  return mul(reduceSum(exp(powers.reduce(add)), [1]), 1 / channels);
}

/** The mean over windows of luminance · structure, and of structure (with contrast) alone, each [N, channels]. */
function compare(net: Network, x: Sym, y: Sym): { whole: Sym; structure: Sym } {
  const { channels, height, width } = mapsOf(net, x);
  const planes = concat([x, y, add(square(x), square(y)), mul(x, y)], 1);
  const [down, across] = [weightsOf(height), weightsOf(width)];
  const filtered = matmul(down.rows, matmul(planes, across.columns));
  const part = (i: number) => slice(filtered, [{ axis: 1, start: i * channels, end: (i + 1) * channels }]);
  const [mx, my, squares, product] = [part(0), part(1), part(2), part(3)];
  const means = mul(mx, my);
  const energy = add(square(mx), square(my));
  const luminance = div(add(mul(means, 2), C1), add(energy, C1));
  const structure = div(add(mul(sub(product, means), 2), C2), add(sub(squares, energy), C2));
  const mean = (map: Sym) => mul(reduceSum(map, [2, 3]), 1 / (down.windows * across.windows));
  return { whole: mean(mul(luminance, structure)), structure: mean(structure) };
}

/** The largest odd side that fits, 11 at most. */
const windowOf = (side: number): number => Math.min(WINDOW, side % 2 === 1 ? side : side - 1);

/** The weights of all windows along a side as a matrix, [windows, side], and its transpose. */
function weightsOf(side: number): { windows: number; rows: Sym; columns: Sym } {
  const size = windowOf(side);
  const windows = side - size + 1;
  const bell = Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = bell.reduce((a, b) => a + b);
  const rows = new Array<number>(windows * side).fill(0);
  const columns = new Array<number>(windows * side).fill(0);
  for (let w = 0; w < windows; w++) {
    for (const [i, weight] of bell.entries()) {
      rows[w * side + w + i] = weight / sum;
      columns[(w + i) * windows + w] = weight / sum;
    }
  }
  return { windows, rows: constant(rows, [windows, side]), columns: constant(columns, [side, windows]) };
}
