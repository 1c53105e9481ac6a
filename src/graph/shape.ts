/**
 * Shapes: lists of dimensions, each a number or the name of a symbolic one ('N', the rows of a batch), or a
 * multiple of a symbolic one ('64*N'). Two symbolic dimensions are equal when their names are.
 */

export type Dim = number | string;
export type Shape = readonly Dim[];

/** The symbolic dimension of a batch: how many images a program runs on at once. */
export const BATCH = 'N';

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function shapesEqual(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Sizes are positive; the name of a symbolic dimension may not be empty. */
export function isDim(dim: Dim): boolean {
  return typeof dim === 'string' ? dim !== '' : Number.isSafeInteger(dim) && dim > 0;
}

export const DIM_RULE = 'must be of positive whole numbers and names';

export const withoutOnes = (shape: Shape): Shape => shape.filter((dim) => dim !== 1);

/** NumPy's broadcasting of two shapes; null if they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const p = a[a.length - rank + i] ?? 1;
    const q = b[b.length - rank + i] ?? 1;
    if (p !== q && p !== 1 && q !== 1) return null;
    result.push(p === 1 ? q : p);
  }
  return result;
}

/** So many times a symbolic dimension: 64 times 'N' is '64*N'. */
export const times = (factor: number, name: string): Dim => `${factor}*${name}`;

/** What {@link times} made of a symbolic dimension: its factor, 1 for the dimension itself, and its name. */
export function multipleOf(dim: string): { factor: number; name: string } {
  const found = /^(\d+)\*(.+)$/.exec(dim);
  return found === null ? { factor: 1, name: dim } : { factor: Number(found[1]), name: found[2]! };
}

/** The number of elements as (product of the numbers, sorted names of the symbolic dimensions). */
export function elementCount(shape: Shape): { known: number; symbolic: string[] } {
  let known = 1;
  const symbolic: string[] = [];
  for (const dim of shape) {
    if (typeof dim === 'number') known *= dim;
    else {
      const { factor, name } = multipleOf(dim);
      known *= factor;
      symbolic.push(name);
    }
  }
  return { known, symbolic: symbolic.sort() };
}

/** Elements where every symbolic dimension is 1, as of one image. */
export const sizeOfOne = (shape: Shape): number => elementCount(shape).known;

/** The product of a shape without symbolic dimensions. */
export function fixedSize(shape: Shape): number {
  const { known, symbolic } = elementCount(shape);
  if (symbolic.length > 0) {
    throw new RangeError(`${formatShape(shape)} has symbolic dimensions: ${symbolic.join(', ')}`);
  }
  return known;
}

/** Replaces symbolic dimensions by numbers: `bindShape(['N', 784], { N: 32 })` is `[32, 784]`. */
export function bindShape(shape: Shape, values: Readonly<Record<string, number>>): number[] {
  return shape.map((dim) => {
    if (typeof dim === 'number') return dim;
    const { factor, name } = multipleOf(dim);
    const value = values[name];
    if (value === undefined) throw new RangeError(`dimension ${dim} of ${formatShape(shape)} has no value`);
    return factor * value;
  });
}

/** Axes as ONNX allows them (negative ones count from the end), made non-negative and sorted. */
export function normalAxes(axes: readonly number[], rank: number): number[] | null {
  const result = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const valid = result.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  return valid && new Set(result).size === result.length ? result.sort((a, b) => a - b) : null;
}
