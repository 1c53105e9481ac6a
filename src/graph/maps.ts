/**
 * The operators on maps, [N, channels, height, width] with only N symbolic: convolution and its transpose,
 * pooling, upsampling. Settings are per spatial axis, [height, width]; pads are [top, left, bottom, right].
 * Dilation and groups are not supported.
 */
import { type OperatorRule, Violation } from './rule.ts';
import type { Dim } from './shape.ts';
import type { Attributes, Sym } from './symbol.ts';

type Pair = readonly [number, number];

/** Sizes of maps, or null if a symbol does not hold maps. */
function mapsOf(x: Sym): { n: Dim; channels: number; height: number; width: number } | null {
  const [n, channels, height, width] = x.shape;
  return x.shape.length === 4 &&
    x.dtype === 'float32' &&
    typeof channels === 'number' &&
    typeof height === 'number' &&
    typeof width === 'number'
    ? { n: n!, channels, height, width }
    : null;
}

const MAPS = 'maps must be float32[N, channels, height, width], all but N numbers';
const WEIGHT = 'the weight must be float32 of four numbers';

function integers(value: unknown, length: number, least: number): boolean {
  return (
    Array.isArray(value) &&
    value.length === length &&
    value.every((n) => Number.isSafeInteger(n) && n >= least)
  );
}

function settingsProblem({ strides, pads }: Attributes): string | null {
  if (!integers(strides, 2, 1)) return 'strides must be two positive whole numbers';
  return integers(pads, 4, 0) ? null : 'pads must be four whole numbers, 0 or more';
}

/** The sizes of maps and weight; `layout` says how the weight lies. */
function readOperands(x: Sym, weight: Sym, attributes: Attributes, layout: string) {
  const maps = mapsOf(x);
  const kernel = mapsOf(weight);
  if (maps === null) return new Violation(MAPS);
  if (kernel === null || typeof kernel.n === 'string') return new Violation(`${WEIGHT}, ${layout}`);
  const problem = settingsProblem(attributes);
  return problem === null ? { maps, kernel: { ...kernel, n: kernel.n } } : new Violation(problem);
}

const biasFits = (bias: Sym | undefined, channels: number): boolean =>
  bias === undefined || (bias.dtype === 'float32' && bias.shape.length === 1 && bias.shape[0] === channels);

export const conv: OperatorRule = {
  operands: [2, 3],
  infer: ([x, weight, bias], attributes) => {
    const operands = readOperands(x!, weight!, attributes, '[out, in, height, width]');
    if (operands instanceof Violation) return operands;
    const { maps, kernel } = operands;
    if (kernel.channels !== maps.channels) {
      return new Violation("the weight's second dimension must be the number of channels");
    }
    if (!biasFits(bias, kernel.n))
      return new Violation('the bias must have one element for each output channel');
    const [top, left, bottom, right] = attributes.pads as readonly [number, number, number, number];
    const [down, across] = attributes.strides as unknown as Pair;
    const height = Math.floor((maps.height + top + bottom - kernel.height) / down) + 1;
    const width = Math.floor((maps.width + left + right - kernel.width) / across) + 1;
    if (height < 1 || width < 1) return new Violation('the kernel must fit into the padded maps');
    return { shape: [maps.n, kernel.n, height, width], dtype: 'float32' };
  },
};

export const convTranspose: OperatorRule = {
  operands: [2, 3],
  infer: ([x, weight, bias], attributes) => {
    const operands = readOperands(x!, weight!, attributes, '[in, out, height, width]');
    if (operands instanceof Violation) return operands;
    const { maps, kernel } = operands;
    if (kernel.n !== maps.channels) {
      return new Violation("the weight's first dimension must be the number of channels");
    }
    if (!biasFits(bias, kernel.channels)) {
      return new Violation('the bias must have one element for each output channel');
    }
    const [top, left, bottom, right] = attributes.pads as readonly [number, number, number, number];
    const [down, across] = attributes.strides as unknown as Pair;
    if (!integers(attributes.output_padding, 2, 0)) {
      return new Violation('output_padding must be two whole numbers, 0 or more');
    }
    const [moreDown, moreAcross] = attributes.output_padding as unknown as Pair;
    if (moreDown >= down || moreAcross >= across)
      return new Violation('output_padding must be less than the stride');
    const height = (maps.height - 1) * down + kernel.height + moreDown - top - bottom;
    const width = (maps.width - 1) * across + kernel.width + moreAcross - left - right;
    if (height < 1 || width < 1) return new Violation('pads must leave something of the result');
    return { shape: [maps.n, kernel.channels, height, width], dtype: 'float32' };
  },
};

/** Windows of one size lie side by side, without padding. Rows and columns that do not fill a window are left out. */
const pool: OperatorRule = {
  operands: 1,
  infer: ([x], { kernel_shape: size, strides }) => {
    const maps = mapsOf(x!);
    if (maps === null) return new Violation(MAPS);
    if (!integers(size, 2, 1)) return new Violation('kernel_shape must be two positive whole numbers');
    const [down, across] = size as unknown as Pair;
    if (String(strides) !== String(size)) return new Violation('strides must equal kernel_shape');
    const [height, width] = [Math.floor(maps.height / down), Math.floor(maps.width / across)];
    if (height < 1 || width < 1) return new Violation('at least one window must fit into the maps');
    return { shape: [maps.n, maps.channels, height, width], dtype: 'float32' };
  },
};

export const maxPool = pool;
export const averagePool = pool;

/** Each element repeated `factors` times down and across: upsampling by the nearest neighbour. */
export const resize: OperatorRule = {
  operands: 1,
  infer: ([x], { factors }) => {
    const maps = mapsOf(x!);
    if (maps === null) return new Violation(MAPS);
    if (!integers(factors, 2, 1)) return new Violation('factors must be two positive whole numbers');
    const [down, across] = factors as unknown as Pair;
    return { shape: [maps.n, maps.channels, maps.height * down, maps.width * across], dtype: 'float32' };
  },
};
