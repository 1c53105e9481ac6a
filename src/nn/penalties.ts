/** Penalties: scalars added to a loss that shape the code or the weights. */
import { abs, add, clip, log, mul, reduceSum, type Sym, square, sub } from '../graph/index.ts';
import type { Network, Parameter } from './network.ts';
import { columnsOf } from './shapes.ts';

/** Σ |h| over the units of a code [N, units], mean over images: pulls many of them to 0. */
export const l1 = (net: Network, code: Sym): Sym => net.mean(abs(code));

/** ½ Σ h² over the units of a code [N, units], mean over images: keeps codes near 0. */
export const codeLength = (net: Network, code: Sym): Sym => mul(net.mean(square(code)), 0.5);

/** Keeps a mean activation off 0 and 1, where its divergence is infinite. */
const LEAST = 1e-6;

/**
 * Σ over units of KL(ρ ‖ ρ̂), in nats, where ρ̂ is the unit's mean activation over the images of a batch and
 * both are chances of a coin: each unit of a sigmoid code [N, units] is to be active for a part ρ of the
 * images (Ng, CS294A lecture notes, 2011).
 */
export function sparsity(net: Network, code: Sym, rho: number): Sym {
  columnsOf(net, code);
  const mean = clip(mul(reduceSum(code, [0]), net.inverseBatch), LEAST, 1 - LEAST);
  const entropy = rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho);
  const cross = add(mul(log(mean), rho), mul(log(sub(1, mean)), 1 - rho));
  return reduceSum(sub(entropy, cross));
}

/** Σ w² over the weights, and over biases and scales too where asked: the L2 penalty. */
export function squaredWeights(parameters: Iterable<Parameter>, biases: boolean): Sym {
  const counted = [...parameters].filter(
    ({ role, owner }) => owner === 'model' && (role === 'weight' || biases),
  );
  return counted.map(({ symbol }) => reduceSum(square(symbol))).reduce(add);
}
