/** A mixture of Gaussians over codes, as `samplers.json` has it. */
import * as z from 'zod/mini';

const numbers = z.array(z.number());

/** What draws do not leave: the range of the training codes. Null for variational models, whose codes have no limits. */
export const rangeSchema = z.nullable(z.object({ min: numbers, max: numbers }));

export const mixtureSchema: z.ZodMiniType<StoredMixture> = z.object({
  note: z.string(),
  logLikelihood: z.number(),
  tried: z.array(z.object({ components: z.int(), bic: z.number() })),
  weights: numbers,
  means: z.array(numbers),
  covariances: z.array(z.array(numbers)),
  range: rangeSchema,
  labels: z.optional(z.array(z.int().check(z.minimum(0), z.maximum(255)))),
});

/** A mixture of Gaussians over codes, as stored. */
export interface StoredMixture {
  /** How many Gaussians there are, why, and what they were fitted to, in words. */
  note: string;
  /** The mean over these codes of ln p, in nats. */
  logLikelihood: number;
  /** The numbers of Gaussians that were tried; empty where the number was given. */
  tried: {
    /** The number of Gaussians. */
    components: number;
    /** Its BIC: lower is better. */
    bic: number;
  }[];
  /** Shape [Gaussians]: their shares, of which the sum is 1. */
  weights: number[];
  /** Shape [Gaussians, units]. */
  means: number[][];
  /** The lower triangle of each covariance by rows: 1, 2, …, units numbers. */
  covariances: number[][][];
  /** What draws do not leave: the range of the training codes. Null for variational models, whose codes have no limits. */
  range: {
    /** The least value of each unit. */
    min: number[];
    /** The greatest value of each unit. */
    max: number[];
  } | null;
  /** For a conditional model, shape [Gaussians]: the class whose codes each was fitted to, by its position in `info.condition.classes`. */
  labels?: number[] | undefined;
}

/** Whether it is one of codes of so many units. */
export function isMixture(
  { weights, means, covariances, range, labels }: StoredMixture,
  units: number,
): boolean {
  const triangle = (rows: number[][]) =>
    rows.length === units && rows.every((row, i) => row.length === i + 1 && row[i]! > 0);
  return (
    weights.length > 0 &&
    weights.every((weight) => weight >= 0) &&
    Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6 &&
    means.length === weights.length &&
    means.every((mean) => mean.length === units) &&
    covariances.length === weights.length &&
    covariances.every(triangle) &&
    (labels === undefined || labels.length === weights.length) &&
    (range === null || (range.min.length === units && range.max.length === units))
  );
}
