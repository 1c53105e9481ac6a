/** The operators that only arrange elements: zeros around, a part of, side by side. */
import { type OperatorRule, Violation } from './rule.ts';
import { type Dim, normalAxes } from './shape.ts';

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

/** Zeros before and after along each axis: `pads` are all befores, then all afters, as in ONNX. */
export const pad: OperatorRule = {
  operands: 1,
  infer: ([x], attributes) => {
    const pads = attributes.pads as readonly number[];
    const rank = x!.shape.length;
    if (x!.dtype !== 'float32') return new Violation('operand must be float32');
    if (pads.length !== 2 * rank || !pads.every(isCount)) {
      return new Violation(`pads must be ${2 * rank} whole numbers, 0 or more, got [${pads.join(', ')}]`);
    }
    const shape: Dim[] = [];
    for (const [axis, dim] of x!.shape.entries()) {
      const more = pads[axis]! + pads[axis + rank]!;
      if (typeof dim === 'string' && more > 0)
        return new Violation(`symbolic dimension ${dim} cannot be padded`);
      shape.push(typeof dim === 'string' ? dim : dim + more);
    }
    return { shape, dtype: x!.dtype };
  },
};

/**
 * The positions a slice keeps, as ONNX reads its settings: negative ones count from the end, those out of
 * range are brought to it. `length` is 0 where nothing is kept.
 */
export function sliceRange(dim: number, start: number, end: number, step: number) {
  const within = (position: number, low: number, high: number) =>
    Math.min(high, Math.max(low, position < 0 ? position + dim : position));
  const first = step > 0 ? within(start, 0, dim) : within(start, 0, dim - 1);
  const last = step > 0 ? within(end, 0, dim) : within(end, -1, dim - 1);
  return { first, step, length: Math.max(0, Math.ceil((last - first) / step)) };
}

export const slice: OperatorRule = {
  operands: 1,
  infer: ([x], attributes) => {
    const { starts, ends, axes, steps } = attributes as Readonly<Record<string, readonly number[]>>;
    const rank = x!.shape.length;
    const whole = [starts!, ends!, steps!].every(
      (list) => list.length === axes!.length && list.every(Number.isSafeInteger),
    );
    if (!whole || steps!.includes(0))
      return new Violation('starts, ends and steps must be whole numbers, no step 0');
    if (normalAxes(axes!, rank) === null || axes!.some((axis) => axis < 0)) {
      return new Violation(`axes must be distinct and within 0 to ${rank - 1}`);
    }
    const shape = [...x!.shape];
    for (const [i, axis] of axes!.entries()) {
      const dim = shape[axis]!;
      if (typeof dim === 'string') return new Violation(`symbolic dimension ${dim} cannot be sliced`);
      const { length } = sliceRange(dim, starts![i]!, ends![i]!, steps![i]!);
      if (length === 0) return new Violation(`at least one element of axis ${axis} must be kept`);
      shape[axis] = length;
    }
    return { shape, dtype: x!.dtype };
  },
};

export const concat: OperatorRule = {
  operands: [1, 65_536],
  infer: (inputs, attributes) => {
    const axis = attributes.axis as number;
    const [first] = inputs;
    const rank = first!.shape.length;
    if (!isCount(axis) || axis >= rank)
      return new Violation(`axis must be within 0 to ${rank - 1}, got ${axis}`);
    if (inputs.some((x) => x.dtype !== first!.dtype))
      return new Violation('operands must have one element type');
    const fits = (x: readonly Dim[]) =>
      x.length === rank &&
      x.every((dim, i) => (i === axis ? typeof dim === 'number' : dim === first!.shape[i]));
    if (!inputs.every((x) => fits(x.shape))) {
      return new Violation(`shapes must be equal but for axis ${axis}, which must be of known size`);
    }
    const total = inputs.reduce((sum, x) => sum + (x.shape[axis] as number), 0);
    return { shape: first!.shape.with(axis, total), dtype: first!.dtype };
  },
};
