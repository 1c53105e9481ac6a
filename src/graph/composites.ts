/**
 * Operators that ONNX does not have, written in those it has. They are operators here because their gradients
 * are simpler than what the gradients of their parts add up to, or their parts faster than the obvious ones.
 */
import {
  abs,
  add,
  apply,
  erf,
  gemm,
  log,
  mul,
  reduceProduct,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  sub,
} from './build.ts';
import type { OperatorName } from './operators.ts';
import { atScope, type Sym } from './symbol.ts';

/** x · Φ(x), with Φ the distribution function of the standard normal (Hendrycks & Gimpel, 2016); exact. */
export const gelu = (x: Sym): Sym => apply('Gelu', [x]);

/** 1 + erf(x / √2) = 2 Φ(x). */
export const twiceNormalCdf = (x: Sym): Sym => add(1, erf(mul(x, Math.SQRT1_2)));

/** max(x, 0) · mask, where each element of the mask is 0 or `keep`. */
export const reluDropout = (x: Sym, mask: Sym, keep: number): Sym =>
  apply('ReluDropout', [x, mask], { keep });

/**
 * −Σ (t log σ(z) + (1 − t) log(1 − σ(z))) over the last of two dimensions, in nats, for logits z, [N, k], and targets
 * t, [N, k] or [1, k], in [0, 1]; without overflow. [N].
 */
export const binaryCrossEntropy = (logits: Sym, targets: Sym): Sym =>
  apply('BinaryCrossEntropy', [logits, targets]);

/** aᵢ G aᵢᵀ for each row of a, [N, k], and a symmetric G, [k, k]. [N]. */
export const quadraticForm = (a: Sym, symmetric: Sym): Sym => apply('QuadraticForm', [a, symmetric]);

/** A product of more than 126 numbers from ½ to 1 may become subnormal, and then 0. 112 divides 784. */
const LONGEST_PRODUCT = 112;

/** Σ log σ(|z|) over the last dimension, [N, k] → [N]: logarithms of products, as ONNX Runtime's Log runs on one thread. */
function sumOfLogarithms(z: Sym): Sym {
  const width = z.shape[1] as number;
  const probability = sigmoid(abs(z));
  let size = Math.min(width, LONGEST_PRODUCT);
  while (width % size !== 0) size--;
  const grouped = reshape(probability, [z.shape[0]!, width / size, size]);
  return reduceSum(log(reduceProduct(grouped, 2)), [1]);
}

const EXPANSIONS: Readonly<Partial<Record<OperatorName, (y: Sym) => Sym>>> = {
  Gelu: ({ inputs: [x] }) => mul(mul(x!, 0.5), twiceNormalCdf(x!)),
  ReluDropout: ({ inputs: [x, mask] }) => mul(relu(x!), mask!),
  // −t log σ(z) − (1 − t) log(1 − σ(z)) = max(z, 0) − t z − log σ(|z|).
  BinaryCrossEntropy: ({ inputs: [z, t] }) =>
    sub(reduceSum(sub(relu(z!), mul(t!, z!)), [1]), sumOfLogarithms(z!)),
  QuadraticForm: ({ inputs: [a, symmetric] }) => reduceSum(mul(gemm(a!, symmetric!), a!), [1]),
};

/** The same in ONNX's operators; undefined where it is one of them. */
export function expansion(symbol: Sym): Sym | undefined {
  const expand = EXPANSIONS[symbol.op as OperatorName];
  return expand && atScope(symbol.scope, () => expand(symbol));
}
