/** The operators that choose: the least element's position, and rows by their numbers. */
import { type OperatorRule, Violation } from './rule.ts';
import { normalAxes } from './shape.ts';

/** The position of the least element along an axis, which goes; the first one of equals. */
export const argMin: OperatorRule = {
  operands: 1,
  infer: ([x], { axis }) => {
    const rank = x!.shape.length;
    if (x!.dtype !== 'float32') return new Violation('operand must be float32');
    if (normalAxes([axis as number], rank) === null || (axis as number) < 0) {
      return new Violation(`the axis must be within 0 to ${rank - 1}, got ${axis}`);
    }
    return { shape: x!.shape.toSpliced(axis as number, 1), dtype: 'int64' };
  },
};

/** The largest `k` of each row of [rows, width], in falling order. */
const largestOf = (dtype: 'float32' | 'int64'): OperatorRule => ({
  operands: 1,
  infer: ([x], { k }) => {
    const [rows, width] = x!.shape;
    if (x!.dtype !== 'float32' || x!.shape.length !== 2 || typeof width !== 'number') {
      return new Violation('operand must be float32 [rows, width], with a fixed width');
    }
    return Number.isInteger(k) && (k as number) >= 1 && (k as number) <= width
      ? { shape: [rows!, k as number], dtype }
      : new Violation(`k must be a whole number from 1 to ${width}, got ${k}`);
  },
});

/** Their values. */
export const topK = largestOf('float32');

/** Their positions; of equals the first ones. */
export const argTopK = largestOf('int64');

/** The value that is number k · rows of all elements of [rows, width], in falling order. */
export const batchTopK: OperatorRule = {
  operands: 1,
  infer: (inputs, attributes) => {
    const found = topK.infer(inputs, attributes);
    return found instanceof Violation ? found : { shape: [], dtype: 'float32' };
  },
};

/** Rows of a table, by their numbers: [rows, k] and int64 [n] become [n, k]. */
export const gather: OperatorRule = {
  operands: 2,
  infer: ([table, indices]) => {
    if (table!.dtype !== 'float32' || indices!.dtype !== 'int64') {
      return new Violation('operands must be a float32 table and int64 numbers of its rows');
    }
    return table!.shape.length === 2 && indices!.shape.length === 1
      ? { shape: [indices!.shape[0]!, table!.shape[1]!], dtype: 'float32' }
      : new Violation('operands must be a table [rows, k] and numbers [n]');
  },
};
