/** The units of a variational code in the order of what they tell. */
import { type CodeStatistics, LEAST_ACTIVITY } from '../diagnosis/index.ts';

/** What one unit of a variational code tells. */
export interface UnitUse {
  /** Its number, from 1. */
  unit: number;
  /** Its KL divergence from the prior, in nats, mean over images. */
  kl: number;
  /** The variance of its mean μ over the images. */
  variance: number;
  isActive: boolean;
}

/** The units, the highest KL divergence first; null for codes that are not variational. */
export function unitsByKl(code: Pick<CodeStatistics, 'perUnit'> | null): UnitUse[] | null {
  const measured = code?.perUnit ?? null;
  if (measured === null) return null;
  return measured.kl
    .map((kl, i) => {
      const variance = measured.variance[i]!;
      return { unit: i + 1, kl, variance, isActive: variance > LEAST_ACTIVITY };
    })
    .sort((a, b) => b.kl - a.kl);
}
