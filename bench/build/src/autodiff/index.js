/**
 * Reverse-mode differentiation over a graph. Its output is graph again: gradients of gradients need nothing
 * more. It knows operators only by their rules, and no numbers.
 */
import { add, atScope, constant, expandLike, formatShape, topologicalOrder, } from "../graph/index.js";
import { GRADIENT_RULES } from "./rules.js";
/**
 * The gradients of a scalar with respect to some symbols, each of its symbol's shape; zeros where the scalar
 * does not depend on one.
 */
export function gradients(scalar, wrt) {
    if (scalar.shape.length !== 0 || scalar.dtype !== 'float32') {
        const got = `${scalar.dtype}${formatShape(scalar.shape)}`;
        throw new RangeError(`gradients: only a float32 scalar has gradients, got ${got}`);
    }
    const order = topologicalOrder([scalar]);
    const needed = dependents(order, wrt);
    const gradientOf = new Map([[scalar, constant(1)]]);
    for (const y of order.reverse()) {
        const g = gradientOf.get(y);
        if (g === undefined || y.inputs.length === 0 || !needed.has(y))
            continue;
        atScope(y.scope === '' ? 'gradients' : `gradients/${withoutPrefix(y.scope)}`, () => {
            const parts = GRADIENT_RULES[y.op](y, g);
            for (const [i, part] of parts.entries()) {
                const x = y.inputs[i];
                if (part === null || !needed.has(x))
                    continue;
                const sum = gradientOf.get(x);
                gradientOf.set(x, sum === undefined ? part : add(sum, part));
            }
        });
    }
    return wrt.map((x) => expandLike(gradientOf.get(x) ?? constant(0), x));
}
/** The symbols of `order` (operands first) on a path to one of `roots`: the only ones worth a gradient. */
function dependents(order, roots) {
    const result = new Set(roots);
    for (const symbol of order) {
        if (symbol.inputs.some((operand) => result.has(operand)))
            result.add(symbol);
    }
    return result;
}
function withoutPrefix(scope) {
    return scope.startsWith('gradients/') ? scope.slice('gradients/'.length) : scope;
}
