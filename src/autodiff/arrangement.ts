/** Gradients of the operators that only arrange elements: each puts the gradient's elements back. */
import { expandLike, flip, pad, reshape, type Sym, slice, sliceRange } from '../graph/index.ts';
import type { GradientRule } from './rule.ts';

export const padGradient: GradientRule = (y, gradient) => {
  const x = y.inputs[0]!;
  const before = (y.attributes.pads as readonly number[]).slice(0, x.shape.length);
  const fixed = before.flatMap((start, axis) => {
    const dim = x.shape[axis]!;
    return typeof dim === 'number' ? [{ axis, start, end: start + dim }] : [];
  });
  return [slice(expandLike(gradient, y), fixed)];
};

export const sliceGradient: GradientRule = (y, gradient) => {
  const x = y.inputs[0]!;
  const { starts, ends, axes, steps } = y.attributes as Readonly<Record<string, readonly number[]>>;
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  let g = expandLike(gradient, y);
  for (const [i, axis] of axes!.entries()) {
    const dim = x.shape[axis] as number;
    const { first, step, length } = sliceRange(dim, starts![i]!, ends![i]!, steps![i]!);
    if (step < 0) g = flip(g, [axis]);
    const lowest = step < 0 ? first + (length - 1) * step : first;
    g = spread(g, axis, Math.abs(step));
    before[axis] = lowest;
    after[axis] = dim - lowest - (g.shape[axis] as number);
  }
  return [pad(g, before, after)];
};

/** g with `step` − 1 zeros between its elements along an axis. */
function spread(g: Sym, axis: number, step: number): Sym {
  const length = g.shape[axis] as number;
  if (step === 1 || length === 1) return g;
  const lead = g.shape.slice(0, axis + 1);
  const tail = g.shape.slice(axis + 1);
  const zeros = [...lead.map(() => 0), step - 1, ...tail.map(() => 0)];
  const padded = pad(
    reshape(g, [...lead, 1, ...tail]),
    zeros.map(() => 0),
    zeros,
  );
  const whole = reshape(padded, g.shape.with(axis, length * step));
  return slice(whole, [{ axis, start: 0, end: (length - 1) * step + 1 }]);
}

export const concatGradient: GradientRule = (y, gradient) => {
  const axis = y.attributes.axis as number;
  const g = expandLike(gradient, y);
  let start = 0;
  return y.inputs.map((x) => {
    const end = start + (x.shape[axis] as number);
    const part = slice(g, [{ axis, start, end }]);
    start = end;
    return part;
  });
};
