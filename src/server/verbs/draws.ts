/** The distribution of codes of a variational model, as options of verbs. */
import { z } from '@hono/zod-openapi';
import type { ServedModel } from '../engine/host.ts';
import { Problem } from '../problem.ts';

/** Codes drawn for each image. */
export const DRAWN_FROM_POSTERIOR = {
  samples: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .openapi({ description: 'of variational models: codes drawn for each image or row from its posterior' }),
  seed: z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .optional()
    .openapi({ description: 'for samples: the same seed gives the same ones; default 1' }),
};

/** @throws Problem where the model gives no distribution of codes, or a seed is for nothing. */
export function checkDraws(
  { info }: Pick<ServedModel, 'info'>,
  {
    samples,
    seed,
    posterior,
  }: { samples?: number | undefined; seed?: number | undefined; posterior?: 'yes' | 'no' },
): void {
  if (samples === undefined && seed !== undefined) {
    throw new Problem(422, 'seed is for samples, of which none were asked for.');
  }
  const asked = samples !== undefined ? 'samples' : posterior === 'yes' ? 'posterior' : null;
  if (asked === null || info.givesVariance) return;
  const why = info.hasVariance
    ? 'its encoder does not give the variance of a code'
    : 'it is not variational: each image has one code';
  throw new Problem(409, `${asked} is not available for this model: ${why}.`);
}
