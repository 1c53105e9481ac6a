/**
 * The contraction penalty (Rifai et al., 2011): how far a code moves when its image does. J = ∂h/∂x is the
 * Jacobian of the code h with respect to the image x, through the whole encoder, for one image;
 * ‖J‖²_F is the sum of the squares of all its elements.
 */
import { gradients } from '../autodiff/index.ts';
import {
  add,
  constant,
  gemm,
  mul,
  positive,
  reduceSum,
  type Sym,
  square,
  sub,
  topologicalOrder,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

/**
 * ‖∂code/∂x‖²_F for each image, [N]: exact, by one pass back through the encoder for each unit of the code
 * [N, units]. No image may see another on its way (batch normalisation in training).
 */
export function jacobianNorm(net: Network, code: Sym, x: Sym): Sym {
  const units = columnsOf(net, code);
  const norm = squaredNorm(code, x);
  const oneHot = (k: number) =>
    constant(
      Array.from({ length: units }, (_, i) => Number(i === k)),
      [units],
    );
  return Array.from({ length: units }, (_, k) => norm(mul(code, oneHot(k)))).reduce(add);
}

/** How the random vectors of an estimate are drawn: ±1 has less variance, standard normal is the classic. */
export const PROJECTIONS = ['rademacher', 'normal'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/**
 * An unbiased estimate of {@link jacobianNorm}, [N], by one pass back for each of `count` random vectors v:
 * E ‖vᵀJ‖² = ‖J‖²_F, as E vvᵀ = 1 (Hutchinson, 1989).
 */
export function jacobianNormEstimate(
  net: Network,
  code: Sym,
  x: Sym,
  { count, projection }: { count: number; projection: Projection },
): Sym {
  const units = columnsOf(net, code);
  const norm = squaredNorm(code, x);
  const draw = (i: number) => {
    const name = `projection${i + 1}`;
    if (projection === 'normal') return net.random(name, [units], { type: 'normal' });
    return sub(mul(positive(sub(net.random(name, [units], { type: 'uniform' }), 0.5)), 2), 1);
  };
  const estimates = Array.from({ length: count }, (_, i) => norm(mul(code, draw(i))));
  return mul(estimates.reduce(add), 1 / count);
}

/**
 * The squared length, for each image, of the gradient with respect to x of a sum. Where x enters by one
 * product z = x W, the gradient is a Wᵀ with a that with respect to z, and ‖a Wᵀ‖² = a (Wᵀ W) aᵀ: cheaper
 * where z is narrower than x, as Wᵀ W is the same for all images and units.
 */
function squaredNorm(code: Sym, x: Sym): (summed: Sym) => Sym {
  const entries = topologicalOrder([code]).filter(({ inputs }) => inputs.includes(x));
  const z = entries[0];
  const perImage = (values: Sym) =>
    reduceSum(
      values,
      values.shape.slice(1).map((_, axis) => axis + 1),
    );
  const isProduct =
    entries.length === 1 && z?.op === 'Gemm' && z.inputs[0] === x && z.attributes.transA === 0;
  if (!isProduct || (z.shape[1] as number) >= (x.shape[1] as number)) {
    return (summed) => perImage(square(gradients(reduceSum(summed), [x])[0]!));
  }
  const weight = z.inputs[1]!;
  const gram =
    z.attributes.transB === 1
      ? gemm(weight, weight, { transB: true })
      : gemm(weight, weight, { transA: true });
  return (summed) => {
    const a = gradients(reduceSum(summed), [z])[0]!;
    return perImage(mul(gemm(a, gram), a));
  };
}
