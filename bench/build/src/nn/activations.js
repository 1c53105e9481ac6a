/** Activation functions, element by element. */
import { add, clip, elu, erf, leakyRelu, mul, relu, sigmoid, softplus, tanh, } from "../graph/index.js";
const FUNCTIONS = {
    identity: (x) => x,
    relu,
    /** Slope 0.01 below zero, PyTorch's default; a layer may set its own. */
    leakyRelu: (x, slope = 0.01) => leakyRelu(x, slope),
    /** min(max(x, 0), 6). */
    relu6: (x) => clip(x, 0, 6),
    /** x, or eˣ − 1 below zero (Clevert et al., 2016). */
    elu: (x) => elu(x),
    /** x · Φ(x), exact, not the tanh approximation (Hendrycks & Gimpel, 2016). */
    gelu: (x) => mul(mul(x, 0.5), add(1, erf(mul(x, Math.SQRT1_2)))),
    sigmoid,
    tanh,
    softplus,
};
export const ACTIVATIONS = Object.keys(FUNCTIONS);
/** `slope` is for leakyRelu alone. */
export function activate(x, name, slope) {
    return FUNCTIONS[name](x, slope);
}
