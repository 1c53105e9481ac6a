import { add, exp, log, maxPool, reduceSum, reshape, type Sym, stopGradient, sub } from '../graph/index.ts';

/** ln Σ exp x over the last of three dimensions, [a, b, n] → [a, b], without overflow: the largest is taken out first. */
export function logSumExp(x: Sym): Sym {
  const [a, b, n] = x.shape as [string, number, number];
  const most = reshape(stopGradient(maxPool(reshape(x, [a, b, n, 1]), [n, 1])), [a, b, 1]);
  return add(log(reduceSum(exp(sub(x, most)), [2])), reshape(most, [a, b]));
}
