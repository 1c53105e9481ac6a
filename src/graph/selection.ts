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
