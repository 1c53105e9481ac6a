/**
 * Convolution, its transpose and their gradients as their sums are written, one element at a time: no matrix
 * products, no columns, nothing shared with the graph's own rules. All maps are [n, channels, height, width].
 */
import type { NdArray } from './interpreter.ts';

interface Settings {
  strides: readonly number[];
  pads: readonly number[];
  outputPadding?: readonly number[];
}

function zeros(shape: readonly number[]): NdArray {
  return { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) };
}

/** The place of [n, c, y, x] in row-major order; -1 outside the maps. */
function place({ shape }: NdArray, n: number, c: number, y: number, x: number): number {
  const [, channels, height, width] = shape as [number, number, number, number];
  return y < 0 || x < 0 || y >= height || x >= width ? -1 : ((n * channels + c) * height + y) * width + x;
}

/**
 * Calls `visit` with the places of every triple of a convolution: an element of the small maps at p, the
 * kernel's at k, and the large maps' at p · stride + k − pad.
 */
function triples(
  small: NdArray,
  large: NdArray,
  kernel: NdArray,
  { strides, pads }: Settings,
  visit: (small: number, large: number, kernel: number) => void,
): void {
  const [images, a, height, width] = small.shape as [number, number, number, number];
  const [, b, down, across] = kernel.shape as [number, number, number, number];
  for (let n = 0; n < images; n++)
    for (let o = 0; o < a; o++)
      for (let c = 0; c < b; c++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            for (let i = 0; i < down; i++)
              for (let j = 0; j < across; j++) {
                const at = place(large, n, c, y * strides[0]! + i - pads[0]!, x * strides[1]! + j - pads[1]!);
                if (at >= 0) visit(place(small, n, o, y, x), at, place(kernel, o, c, i, j));
              }
}

function withBias(y: NdArray, bias: NdArray | undefined): NdArray {
  if (bias === undefined) return y;
  const [, channels, height, width] = y.shape as [number, number, number, number];
  const data = y.data.map((value, at) => value + bias.data[Math.floor(at / (height * width)) % channels]!);
  return { shape: y.shape, data };
}

/** w is [out, in, height, width]. */
export function convolve(x: NdArray, w: NdArray, bias: NdArray | undefined, settings: Settings): NdArray {
  const { strides, pads } = settings;
  const [height, width] = [0, 1].map((axis) => {
    const room = x.shape[axis + 2]! + pads[axis]! + pads[axis + 2]! - w.shape[axis + 2]!;
    return Math.floor(room / strides[axis]!) + 1;
  });
  const y = zeros([x.shape[0]!, w.shape[0]!, height!, width!]);
  triples(y, x, w, settings, (small, large, k) => {
    y.data[small]! += x.data[large]! * w.data[k]!;
  });
  return withBias(y, bias);
}

/** w is [in, out, height, width]. */
export function transposedConvolve(
  x: NdArray,
  w: NdArray,
  bias: NdArray | undefined,
  settings: Settings,
): NdArray {
  const { strides, pads, outputPadding = [0, 0] } = settings;
  const [height, width] = [0, 1].map((axis) => {
    const span = (x.shape[axis + 2]! - 1) * strides[axis]! + w.shape[axis + 2]! + outputPadding[axis]!;
    return span - pads[axis]! - pads[axis + 2]!;
  });
  const y = zeros([x.shape[0]!, w.shape[1]!, height!, width!]);
  triples(x, y, w, settings, (small, large, k) => {
    y.data[large]! += x.data[small]! * w.data[k]!;
  });
  return withBias(y, bias);
}

/** The gradients of Σ g · convolve(x, w) by x and w. */
export function convolutionGradients(x: NdArray, w: NdArray, g: NdArray, settings: Settings) {
  const [dx, dw] = [zeros(x.shape), zeros(w.shape)];
  triples(g, x, w, settings, (small, large, k) => {
    dx.data[large]! += g.data[small]! * w.data[k]!;
    dw.data[k]! += g.data[small]! * x.data[large]!;
  });
  return { dx, dw };
}

/** The gradients of Σ g · transposedConvolve(x, w) by x and w. */
export function transposedConvolutionGradients(x: NdArray, w: NdArray, g: NdArray, settings: Settings) {
  const [dx, dw] = [zeros(x.shape), zeros(w.shape)];
  triples(x, g, w, settings, (small, large, k) => {
    dx.data[small]! += g.data[large]! * w.data[k]!;
    dw.data[k]! += x.data[small]! * g.data[large]!;
  });
  return { dx, dw };
}

/** Windows of `size` side by side; those that would reach over the edge are left out. */
function pool(x: NdArray, size: readonly [number, number], value: (window: number[]) => number): NdArray {
  const [images, channels] = x.shape as [number, number];
  const [height, width] = [Math.floor(x.shape[2]! / size[0]), Math.floor(x.shape[3]! / size[1])];
  const y = zeros([images, channels, height, width]);
  for (let n = 0; n < images; n++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const window: number[] = [];
          for (let k = 0; k < size[0]; k++)
            for (let l = 0; l < size[1]; l++) {
              window.push(x.data[place(x, n, c, i * size[0] + k, j * size[1] + l)]!);
            }
          y.data[place(y, n, c, i, j)] = value(window);
        }
  return y;
}

export const maxPool = (x: NdArray, size: readonly [number, number]): NdArray =>
  pool(x, size, (window) => Math.max(...window));

export const averagePool = (x: NdArray, size: readonly [number, number]): NdArray =>
  pool(x, size, (window) => window.reduce((a, b) => a + b, 0) / window.length);
