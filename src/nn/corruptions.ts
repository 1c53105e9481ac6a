/**
 * Corruptions of images in [0, 1]: what a denoising autoencoder gets to see (Vincent et al., 2008 and 2010).
 * Fresh for each batch in training, the same at every validation; none once the model is shipped.
 */
import { add, clip, mul, positive, type Sym, sub } from '../graph/index.ts';
import type { Network } from './network.ts';

const shapeOf = (x: Sym): number[] => x.shape.slice(1) as number[];

/** clip(x + σ · ε, 0, 1), with ε standard normal for each pixel. */
export function additiveNoise(net: Network, x: Sym, sigma: number): Sym {
  return clip(add(x, mul(net.random('noise', shapeOf(x), { type: 'normal' }), sigma)), 0, 1);
}

/** Sets each pixel to 0 with probability `rate`, and leaves the others as they are. */
export function maskingNoise(net: Network, x: Sym, rate: number): Sym {
  if (rate === 0) return x;
  return mul(x, positive(sub(net.random('noise', shapeOf(x), { type: 'uniform' }), rate)));
}

/** Sets each pixel to 0 with probability rate / 2, and to 1 with probability rate / 2. */
export function saltAndPepper(net: Network, x: Sym, rate: number): Sym {
  if (rate === 0) return x;
  const u = net.random('noise', shapeOf(x), { type: 'uniform' });
  const [keptOrSalt, salt] = [positive(sub(u, rate / 2)), positive(sub(u, 1 - rate / 2))];
  return add(mul(x, sub(keptOrSalt, salt)), salt);
}
