/** Activation functions, element by element. Their names stand apart: who only reads settings does not load the functions. */
import { clip, elu, gelu, leakyRelu, relu, type Sym, sigmoid, softplus, tanh } from '../graph/index.ts';

export const ACTIVATIONS = [
  ...(['identity', 'relu', 'leakyRelu', 'relu6', 'elu', 'gelu'] as const),
  ...(['sigmoid', 'tanh', 'softplus'] as const),
] as const;

export type ActivationName = (typeof ACTIVATIONS)[number];

const FUNCTIONS: Readonly<Record<ActivationName, (x: Sym, slope?: number) => Sym>> = {
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
};

/** `slope` is for leakyRelu alone. */
export function activate(x: Sym, name: ActivationName, slope?: number): Sym {
  return FUNCTIONS[name](x, slope);
}
