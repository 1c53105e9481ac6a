/** Constructors of the operators on maps, [N, channels, height, width]. */
import { apply, flip, transpose } from './build.ts';
import type { Sym } from './symbol.ts';

/** Down and across. */
export type Pair = readonly [number, number];
/** Top, left, bottom, right. */
export type Pads = readonly [number, number, number, number];

export interface ConvSettings {
  strides?: Pair;
  pads?: Pads;
}

export interface ConvTransposeSettings extends ConvSettings {
  outputPadding?: Pair;
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
  { strides = [1, 1], pads = NO_PADS, outputPadding = [0, 0] }: ConvTransposeSettings = {},
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

/** A kernel seen from the other side: its two channel axes swapped, its taps turned around. */
const turned = (weight: Sym): Sym => flip(transpose(weight, [1, 0, 2, 3]), [2, 3]);

/** The pads that make a convolution of stride 1 and a transposed one with turned kernels equal. */
const turnedPads = (pads: Pads, weight: Sym): Pads =>
  pads.map((n, side) => (weight.shape[2 + (side % 2)] as number) - 1 - n) as unknown as Pads;

/** Runtimes lay the windows of a convolution's input out, but of a transposed one's result. */
const narrows = (from: number, to: number): boolean => from >= 4 * to;

const plain = ([down, across]: Pair, pads: Pads): boolean =>
  down === 1 && across === 1 && pads.every((n) => n >= 0);

/**
 * The same as {@link conv}, in the form that is quicker to train: to few channels (the last layer of a
 * decoder) as a transposed convolution, five times as fast from 32 channels to one.
 */
export function quickConv(x: Sym, weight: Sym, settings: ConvSettings = {}, bias?: Sym): Sym {
  const { strides = [1, 1], pads = NO_PADS } = settings;
  const [to, from] = weight.shape as [number, number];
  const other = turnedPads(pads, weight);
  if (!plain(strides, other) || !narrows(from, to)) return conv(x, weight, settings, bias);
  return convTranspose(x, turned(weight), { pads: other }, bias);
}

/**
 * The same as {@link convTranspose}, in the form that is quicker to train: at stride 1 a convolution, which
 * runtimes spread over threads better, but where there are few channels to go to.
 */
export function quickConvTranspose(
  x: Sym,
  weight: Sym,
  settings: ConvTransposeSettings = {},
  bias?: Sym,
): Sym {
  const { strides = [1, 1], pads = NO_PADS } = settings;
  const [from, to] = weight.shape as [number, number];
  const other = turnedPads(pads, weight);
  if (!plain(strides, other) || narrows(from, to)) return convTranspose(x, weight, settings, bias);
  return conv(x, turned(weight), { pads: other }, bias);
}
