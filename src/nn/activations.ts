/** Activation functions, element by element. */
import { clip, elu, gelu, leakyRelu, relu, type Sym, sigmoid, softplus, tanh } from '../graph/index.ts';

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
  gelu,
  sigmoid,
  tanh,
  softplus,
} satisfies Record<string, (x: Sym, slope?: number) => Sym>;

export type ActivationName = keyof typeof FUNCTIONS;

export const ACTIVATIONS = Object.keys(FUNCTIONS) as [ActivationName, ...ActivationName[]];

/** `slope` is for leakyRelu alone. */
export function activate(x: Sym, name: ActivationName, slope?: number): Sym {
  return FUNCTIONS[name](x, slope);
}
