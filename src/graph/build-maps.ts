/** Constructors of the operators on maps, [N, channels, height, width]. */
import { apply } from './build.ts';
import type { Sym } from './symbol.ts';

/** Down and across. */
export type Pair = readonly [number, number];
/** Top, left, bottom, right. */
export type Pads = readonly [number, number, number, number];

export interface ConvSettings {
  strides?: Pair;
  pads?: Pads;
}

const NO_PADS: Pads = [0, 0, 0, 0];

/**
 * The cross-correlation that networks call convolution, with a weight of [out, in, height, width]:
 * y[n, o, p] = Σ x[n, c, p · stride + k − pad] · w[o, c, k] (+ b[o]).
 */
export function conv(
  x: Sym,
  weight: Sym,
  { strides = [1, 1], pads = NO_PADS }: ConvSettings = {},
  bias?: Sym,
): Sym {
  return apply('Conv', bias === undefined ? [x, weight] : [x, weight, bias], { strides, pads });
}

/**
 * The transpose of {@link conv} as a linear map, with a weight of [in, out, height, width]: every element of
 * x adds its kernel to the result, `stride` apart. `outputPadding` adds rows and columns at the bottom right.
 */
export function convTranspose(
  x: Sym,
  weight: Sym,
  { strides = [1, 1], pads = NO_PADS, outputPadding = [0, 0] }: ConvSettings & { outputPadding?: Pair } = {},
  bias?: Sym,
): Sym {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  return apply('ConvTranspose', inputs, { strides, pads, output_padding: outputPadding });
}

/** The largest element of each window; windows lie side by side. */
export const maxPool = (x: Sym, size: Pair): Sym =>
  apply('MaxPool', [x], { kernel_shape: size, strides: size });

/** The mean of each window; windows lie side by side. */
export const averagePool = (x: Sym, size: Pair): Sym =>
  size[0] === 1 && size[1] === 1 ? x : apply('AveragePool', [x], { kernel_shape: size, strides: size });

/** Each element repeated, `factors` times down and across. */
export const upsample = (x: Sym, factors: Pair): Sym =>
  factors[0] === 1 && factors[1] === 1 ? x : apply('Resize', [x], { factors });
