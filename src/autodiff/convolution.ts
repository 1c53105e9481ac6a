/**
 * Gradients of the operators on maps. Convolution and its transpose are each other's gradient by their maps.
 * Their gradient by the weight would be a convolution too, but with a kernel as large as a picture, which
 * runtimes are slow at: here it is a product of matrices, with one operand's windows laid out as columns.
 */
import {
  averagePool,
  cast,
  concat,
  equal,
  expandLike,
  flip,
  matmul,
  mul,
  type Pads,
  type Pair,
  pad,
  quickConv,
  quickConvTranspose,
  reduceSum,
  reshape,
  type Sym,
  slice,
  transpose,
  transposeLast,
  upsample,
} from '../graph/index.ts';
import type { GradientRule } from './rule.ts';

const pair = (y: Sym, attribute: string): Pair => y.attributes[attribute] as unknown as Pair;
const padsOf = (y: Sym): Pads => y.attributes.pads as unknown as Pads;
const spatial = (x: Sym): Pair => x.shape.slice(2) as unknown as Pair;

export const convGradient: GradientRule = (y, gradient) => {
  const [x, weight, bias] = y.inputs as [Sym, Sym, Sym?];
  const g = expandLike(gradient, y);
  const [strides, pads] = [pair(y, 'strides'), padsOf(y)];
  const dx = convInputGradient(x, weight, g, strides, pads);
  const dw = weightGradient(g, x, spatial(weight), strides, pads);
  return bias === undefined ? [dx, dw] : [dx, dw, reduceSum(g, [0, 2, 3])];
};

export const convTransposeGradient: GradientRule = (y, gradient) => {
  const [x, weight, bias] = y.inputs as [Sym, Sym, Sym?];
  const g = expandLike(gradient, y);
  const [strides, pads] = [pair(y, 'strides'), padsOf(y)];
  const dx = quickConv(g, weight, { strides, pads });
  const dw = weightGradient(x, g, spatial(weight), strides, pads);
  return bias === undefined ? [dx, dw] : [dx, dw, reduceSum(g, [0, 2, 3])];
};

function convInputGradient(x: Sym, weight: Sym, g: Sym, strides: Pair, pads: Pads): Sym {
  const [kernel, size] = [spatial(weight), spatial(x)];
  const [top, left, bottom, right] = pads;
  const rest = (length: number, before: number, after: number, k: number, step: number) =>
    (length + before + after - k) % step;
  const outputPadding: Pair = [
    rest(size[0], top, bottom, kernel[0], strides[0]),
    rest(size[1], left, right, kernel[1], strides[1]),
  ];
  return quickConvTranspose(g, weight, { strides, pads, outputPadding });
}

/**
 * dW[a, b, k] = Σ small[n, a, p] · large[n, b, p · stride + k − pad] over images n and positions p: for a
 * convolution of `large`, `small` is the gradient of the result; for a transposed one it is the other way.
 * The side with fewer channels is the one laid out in windows: seen from `small`, the kernel is turned around.
 */
function weightGradient(small: Sym, large: Sym, kernel: Pair, strides: Pair, pads: Pads): Sym {
  const turned = pads.map((n, side) => kernel[side % 2]! - 1 - n) as unknown as Pads;
  const exact = strides[0] === 1 && strides[1] === 1 && turned.every((n) => n >= 0);
  if (exact && channelsOf(small) < channelsOf(large)) {
    return transpose(flip(tapProducts(small, large, kernel, strides, turned), [0, 1]), [2, 3, 0, 1]);
  }
  return transpose(tapProducts(large, small, kernel, strides, pads), [3, 2, 0, 1]);
}

const channelsOf = (x: Sym): number => x.shape[1] as number;

/**
 * Columns of windows that are laid out at once. Wider products are a little faster, but laying out more costs
 * as much: at 32 channels it is all the same, at 64 a kernel's taps one by one are a quarter faster than two
 * together, and 5×5 of them at once would take 25 times the memory of the maps.
 */
const COLUMNS = 64;

/** For every tap of the kernel Σ x[n, c, p · stride + k − pad] · other[n, o, p], shape [kh, kw, c, o]. */
function tapProducts(x: Sym, other: Sym, kernel: Pair, strides: Pair, [top, left, bottom, right]: Pads): Sym {
  const [n, channels, positions] = [x.shape[0]!, channelsOf(x), spatial(other)];
  const pixels = positions[0] * positions[1];
  const padded = pad(x, [0, 0, top, left], [0, 0, bottom, right]);
  const rows = transposeLast(reshape(other, [n, channelsOf(other), pixels]));
  const taps = kernel[0] * kernel[1];
  const groups = Math.min(taps, Math.ceil((taps * channels) / COLUMNS));
  const products: Sym[] = [];
  for (let group = 0; group < groups; group++) {
    const windows: Sym[] = [];
    const end = Math.round(((group + 1) * taps) / groups);
    for (let tap = Math.round((group * taps) / groups); tap < end; tap++) {
      const [i, j] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
      windows.push(
        slice(padded, [part(2, i, strides[0], positions[0]), part(3, j, strides[1], positions[1])]),
      );
    }
    const columns = reshape(concat(windows, 1), [n, windows.length * channels, pixels]);
    products.push(reduceSum(matmul(columns, rows), [0]));
  }
  return reshape(concat(products, 0), [...kernel, channels, channelsOf(other)]);
}

const part = (axis: number, start: number, step: number, count: number) => ({
  axis,
  start,
  end: start + (count - 1) * step + 1,
  step,
});

/**
 * The gradient goes to the largest element of each window. Where several are equally large each gets a full
 * share: cheaper than choosing one, and without effect after a ReLU, whose own gradient is 0 at the only
 * value that ties often.
 */
export const maxPoolGradient: GradientRule = (y, gradient) => {
  const x = y.inputs[0]!;
  const size = pair(y, 'kernel_shape');
  const inside = cropped(x, y, size);
  const g = upsample(expandLike(gradient, y), size);
  return [uncropped(mul(cast(equal(inside, upsample(y, size)), 'float32'), g), x)];
};

export const averagePoolGradient: GradientRule = (y, gradient) => {
  const size = pair(y, 'kernel_shape');
  const g = mul(expandLike(gradient, y), 1 / (size[0] * size[1]));
  return [uncropped(upsample(g, size), y.inputs[0]!)];
};

export const resizeGradient: GradientRule = (y, gradient) => {
  const factors = pair(y, 'factors');
  return [mul(averagePool(expandLike(gradient, y), factors), factors[0] * factors[1])];
};

/** x without the rows and columns at the bottom right that fill no window. */
function cropped(x: Sym, pooled: Sym, size: Pair): Sym {
  const [height, width] = spatial(pooled);
  return slice(x, [part(2, 0, 1, height * size[0]), part(3, 0, 1, width * size[1])]);
}

/** The inverse of {@link cropped}, with zeros. */
function uncropped(g: Sym, x: Sym): Sym {
  const [height, width] = spatial(x);
  const [inHeight, inWidth] = spatial(g);
  return pad(g, [0, 0, 0, 0], [0, 0, height - inHeight, width - inWidth]);
}
