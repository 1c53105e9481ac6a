/**
 * A symbol stands for a tensor that does not exist yet: an operator applied to other symbols, with a shape
 * and an element type known when it is built. A graph is whatever can be reached from a symbol; there is no
 * graph object to keep in step. This layer holds no numbers but constants, and knows nothing of gradients,
 * files or runtimes.
 */
import { HourglassError } from "../errors.js";
import { DIM_RULE, formatShape, isDim } from "./shape.js";
let currentScope = '';
/** Builds what `body` builds under `name`: readable names in errors, Netron and TensorBoard. */
export function inScope(name, body) {
    const outer = currentScope;
    currentScope = outer === '' ? name : `${outer}/${name}`;
    try {
        return body();
    }
    finally {
        currentScope = outer;
    }
}
/** As {@link inScope}, but `path` is the whole scope: for a pass that walks a finished graph. */
export function atScope(path, body) {
    const outer = currentScope;
    currentScope = path;
    try {
        return body();
    }
    finally {
        currentScope = outer;
    }
}
export function scopeName() {
    return currentScope;
}
/** A tensor fed from outside. String dimensions are symbolic: `['N', 784]` is any number of rows. */
export function input(name, shape, dtype = 'float32') {
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
export function constant(values, shape = []) {
    // A copy: what the caller does to its array later must not change the graph.
    const list = typeof values === 'number' ? [values] : [...values];
    const size = shape.reduce((a, b) => a * b, 1);
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
export function scalarValue(symbol) {
    return symbol.op === 'Constant' && symbol.shape.length === 0 ? symbol.values?.[0] : undefined;
}
