/**
 * A symbol stands for a tensor that does not exist yet: an operator applied to other symbols, with a shape
 * and an element type known when it is built. A graph is everything reachable from a symbol; there is no
 * graph object to keep in step. This layer holds no numbers but constants, and knows nothing of gradients,
 * files or runtimes.
 */

import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import { DIM_RULE, formatShape, isDim, type Shape } from './shape.ts';

/** Bytes (`uint8`) are for the images a model is given: they are cast before anything is computed. */
export type DType = 'float32' | 'uint8' | 'int64' | 'bool';

/** An operator's settings; `onnx` knows which of them ONNX takes as attributes and which as inputs. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | Shape>>;

export interface Sym {
  /** An ONNX operator's name, or `Input` / `Constant` for a leaf. */
  readonly op: string;
  readonly inputs: readonly Sym[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The name of an input, or the scope an operator was built in, as `encoder/dense1`. */
  readonly scope: string;
  /** The elements of a constant, row-major. */
  readonly values?: readonly number[];
}

let currentScope = '';

/** Builds what `body` builds under `name`: readable names in errors, Netron and TensorBoard. */
export function inScope<T>(name: string, body: () => T): T {
  const outer = currentScope;
  currentScope = outer === '' ? name : `${outer}/${name}`;
  try {
    return body();
  } finally {
    currentScope = outer;
  }
}

/** As {@link inScope}, but `path` is the whole scope: for a pass that walks a finished graph. */
export function atScope<T>(path: string, body: () => T): T {
  const outer = currentScope;
  currentScope = path;
  try {
    return body();
  } finally {
    currentScope = outer;
  }
}

export function scopeName(): string {
  return currentScope;
}

/** A tensor fed from outside. String dimensions are symbolic: `['N', 784]` is any number of rows. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Sym {
  if (!shape.every(isDim)) {
    throw new HourglassError('usage', {
      subject: `input ${name}`,
      rule: `its shape ${DIM_RULE}`,
      got: formatShape(shape),
    });
  }
  return { op: 'Input', inputs: [], attributes: {}, shape, dtype, scope: name };
}

/** A tensor of known numbers; a bare number is a scalar of shape []. */
export function constant(values: number | readonly number[], shape: readonly number[] = []): Sym {
  // A copy: what the caller does to its array later must not change the graph.
  const list = typeof values === 'number' ? [values] : [...values];
  const size = sizeOf(shape);
  if (list.length !== size || !shape.every(isDim)) {
    throw new RangeError(`constant: ${list.length} values do not fill shape ${formatShape(shape)}`);
  }
  return {
    op: 'Constant',
    inputs: [],
    attributes: {},
    shape,
    dtype: 'float32',
    scope: currentScope,
    values: list,
  };
}

/** The value of a scalar constant, or undefined. */
export function scalarValue(symbol: Sym): number | undefined {
  return symbol.op === 'Constant' && symbol.shape.length === 0 ? symbol.values?.[0] : undefined;
}
