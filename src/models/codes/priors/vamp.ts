/** The VampPrior (Tomczak & Welling, 2018): the mean of the posteriors of images that are learned. */
import * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import type { PriorKind } from './kind.ts';

export const vampSchema = z
  .strictObject({
    type: z.literal('vamp'),
    components: z
      ._default(z.int().check(z.minimum(1), z.maximum(4096)), 500)
      .check(z.describe('K, the learned images: the prior is the mean of what the encoder gives for each')),
    start: z
      ._default(z.enum(['images', 'noise']), 'images')
      .check(z.describe('how the learned images begin: as training images, or as grey noise')),
  })
  .check(z.describe('a mixture of the posteriors of learned images (VampPrior)'));

/** The learned images before the sigmoid that keeps them within 0 and 1, [components, values]: the prior's parameter. */
export const IMAGES = 'images';

/** Images begin no closer to 0 or 1 than this: beyond it a sigmoid hardly learns. */
const MARGIN = 0.02;

const beforeSigmoid = (value: number): number => {
  const inside = Math.min(1 - MARGIN, Math.max(MARGIN, value));
  return Math.log(inside / (1 - inside));
};

export type VampConfig = z.infer<typeof vampSchema>;

export const vampPrior = {
  type: 'vamp',
  schema: vampSchema,
  facts: ({ components }) => ({
    name: components === 1 ? 'VampPrior of 1 learned image' : `VampPrior of ${components} learned images`,
    isStandardNormal: false,
  }),
  startImages: ({ components, start }) =>
    start === 'images' ? { weight: `prior.${IMAGES}`, count: components, of: beforeSigmoid } : null,
  check(_config, _code, { coupling }) {
    if (coupling.encoder === undefined) return;
    throw new HourglassError('usage', {
      subject: 'model.code.prior',
      rule: 'of type vamp encodes images of its own, which are in no batch: the encoder may have no statistics of one',
      got: `${coupling.encoder} in the encoder`,
      hint: `take ${coupling.encoder} out of it, or set model.code.prior.type=realnvp`,
    });
  },
} as const satisfies PriorKind<VampConfig>;
