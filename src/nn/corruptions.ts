/**
 * Corruptions of samples: what a denoising autoencoder gets to see (Vincent et al., 2008 and 2010).
 * Fresh for each batch in training, the same at every validation; none once the model is shipped.
 */
import { add, clip, exp, mul, positive, type Sym, sub } from '../graph/index.ts';
import type { Network } from './network.ts';

const shapeOf = (x: Sym): number[] => x.shape.slice(1) as number[];

/** clip(x + σ · ε, 0, 1), with ε standard normal for each pixel. */
export function additiveNoise(net: Network, x: Sym, sigma: number): Sym {
  return clip(add(x, mul(net.random('noise', shapeOf(x), { type: 'normal' }), sigma)), 0, 1);
}

/**
 * x + σ · ε, with ε standard normal for each value and σ drawn for each sample: log-uniform between `least` and `greatest`.
 * Noise of many scales lets one network learn the shape of the data from near and from afar (Song and Ermon, 2019).
 */
export function multiscaleNoise(net: Network, x: Sym, least: number, greatest: number): Sym {
  const level = net.random('level', [1], { type: 'uniform' });
  const sigma = exp(add(mul(level, Math.log(greatest / least)), Math.log(least)));
  return add(x, mul(net.random('noise', shapeOf(x), { type: 'normal' }), sigma));
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
