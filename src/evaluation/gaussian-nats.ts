/** How well one Gaussian says where codes are. */
import { rootOf } from '../metrics/covariance-root.ts';
import { MomentSums } from '../metrics/index.ts';
import type { Rows } from './standardised-codes.ts';

/**
 * The mean of −ln p of `held` codes by the Gaussian that `train` codes have, in nats. A row is a distribution N(x, spread²) of codes: the
 * mean is over all codes that it has. @param least is added to each variance.
 */
export function gaussianNats(train: Rows, held: Rows, units: number, least: number): number {
  const sums = new MomentSums(units, { covariance: true });
  sums.add(train.data.x);
  const { mean, covariance } = sums.result();
  const own = new Float64Array(units).fill(least);
  for (const [i, sigma] of train.data.spread.entries()) own[i % units]! += sigma ** 2 / train.count;
  const root = rootOf(
    Array.from({ length: units }, (_, i) =>
      Array.from({ length: i + 1 }, (_, j) => covariance![i * units + j]! + (i === j ? own[i]! : 0)),
    ),
  );
  /** ‖L⁻¹ d‖². */
  const squared = (of: (i: number) => number) => {
    const y = new Float64Array(units);
    let sum = 0;
    for (let i = 0; i < units; i++) {
      let rest = of(i);
      for (let j = 0; j < i; j++) rest -= root[i * units + j]! * y[j]!;
      y[i] = rest / root[i * units + i]!;
      sum += y[i]! ** 2;
    }
    return sum;
  };
  const ofUnit = Array.from({ length: units }, (_, unit) => squared((i) => Number(i === unit)));
  const { x, spread } = held.data;
  let sum = 0;
  for (let at = 0; at < x.length; at += units) {
    sum += squared((i) => x[at + i]! - mean[i]!);
    for (let i = 0; i < units; i++) sum += spread[at + i]! ** 2 * ofUnit[i]!;
  }
  let nats = sum / held.count / 2 + (units / 2) * Math.log(2 * Math.PI);
  for (let i = 0; i < units; i++) nats += Math.log(root[i * units + i]!);
  return nats;
}
