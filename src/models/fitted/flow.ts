/**
 * A normalising flow over codes whose base is a mixture of Gaussians: affine couplings (Dinh et al., 2017) bend the mixture to the
 * codes. They begin as the identity, so the flow begins as the mixture.
 */
import { add, constant, gemm, mul, neg, reduceSum, reshape, type Sym, square } from '../../graph/index.ts';
import { type CouplingSettings, couplingLayers, logSumExp } from '../../nn/index.ts';
import { type FittedGraph, fittedGraph } from './fitted.ts';

/** Gaussians by their shares, means and the roots L of their covariances L Lᵀ, lower triangular by rows. */
export interface GaussianMixture {
  weights: readonly number[];
  means: readonly (readonly number[])[];
  roots: readonly Float64Array[];
}

/** ln p of codes [N, units], [N], in nats. */
export function logGaussians(codes: Sym, { weights, means, roots }: GaussianMixture): Sym {
  const units = codes.shape[1] as number;
  const size = weights.length;
  const inverses = roots.map((root) => inverseOf(root, units));
  // y = L⁻¹ (x − μ) of all Gaussians side by side, [N, size · units].
  const matrix = new Array<number>(units * size * units);
  const offsets: number[] = [];
  for (const [k, inverse] of inverses.entries()) {
    for (let i = 0; i < units; i++) {
      let offset = 0;
      for (let j = 0; j < units; j++) {
        matrix[j * size * units + k * units + i] = inverse[i * units + j]!;
        offset -= inverse[i * units + j]! * means[k]![j]!;
      }
      offsets.push(offset);
    }
  }
  const y = gemm(codes, constant(matrix, [units, size * units]), {
    addend: constant(offsets, [size * units]),
  });
  const squares = reduceSum(reshape(square(y), [codes.shape[0]!, size, units]), [2]);
  const own = weights.map((weight, k) => {
    let log = Math.log(weight) - (units / 2) * Math.log(2 * Math.PI);
    for (let i = 0; i < units; i++) log -= Math.log(roots[k]![i * units + i]!);
    return log;
  });
  const logs = add(mul(squares, -0.5), constant(own, [size]));
  return reshape(logSumExp(reshape(logs, [codes.shape[0]!, 1, size])), [codes.shape[0]!]);
}

/** The inverse of a lower triangular matrix, by rows. */
function inverseOf(root: Float64Array, units: number): Float64Array {
  const inverse = new Float64Array(units * units);
  for (let column = 0; column < units; column++) {
    for (let i = column; i < units; i++) {
      let rest = i === column ? 1 : 0;
      for (let j = column; j < i; j++) rest -= root[i * units + j]! * inverse[j * units + column]!;
      inverse[i * units + column] = rest / root[i * units + i]!;
    }
  }
  return inverse;
}

/**
 * −ln p of standardised codes, in nats: the base's of what the couplings make of them, less what they stretch. Each row has the mean `x`
 * and the σ `spread`, both [N, units]: a step draws its codes from them.
 */
export function flowGraph(units: number, base: GaussianMixture, settings: CouplingSettings): FittedGraph {
  return fittedGraph({ x: [units], spread: [units] }, (net, { x, spread }) => {
    const codes = add(x, mul(net.random('noise', [units], { type: 'normal' }), spread));
    const { value, logDeterminant } = couplingLayers(net, codes, settings, 'toNormal');
    return neg(add(logGaussians(value, base), logDeterminant));
  });
}
