/** A variational code (Kingma & Welling, 2014): a normal distribution for each unit, with the prior N(0, I). */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';
import { checkPrior, PRIORS, type PriorConfig, priorSchema } from './priors/index.ts';
import { checkWeighing, codesOf, GAIN, importanceSchema } from './weighing.ts';

const positive = (byDefault: number, words: string) =>
  z._default(z.number().check(z.minimum(0)), byDefault).check(z.describe(words));

const klSchema = z
  .prefault(
    z.strictObject({
      weight: positive(1, 'β: above 1 it is a β-VAE'),
      warmup: positive(
        0,
        'epochs (a fraction will do) over which the weight rises from 0; validation has the full one',
      ),
      freeBits: positive(
        0,
        'nats that each unit may use for nothing: it counts at least so much for each image',
      ),
    }),
    {},
  )
  .check(z.describe('the KL divergence from the prior, summed over units, in nats'));

export const gaussianSchema = z
  .strictObject({
    type: z.literal('gaussian'),
    units: unitsSchema,
    kl: klSchema,
    prior: z.optional(priorSchema),
    importance: z.optional(importanceSchema),
  })
  .check(z.describe('a variational code: a mean and a variance for each unit, z = μ + σ ε in training'));

export type GaussianCode = z.infer<typeof gaussianSchema>;

/** The prior where none is set. */
export const STANDARD = { type: 'standard' } as const;

/** Its part of the loss. */
export const KL = 'klDivergence';

const factsOfPrior = ({ prior = STANDARD }: { prior?: PriorConfig | undefined }) =>
  PRIORS.of(prior.type).facts(prior);

/** As a sentence says it: "N(0, I)". */
export const priorNameOf = (config: Pick<GaussianCode, 'prior'>): string => factsOfPrior(config).name;

export const hasNormalPrior = (config: Pick<GaussianCode, 'prior'>): boolean =>
  factsOfPrior(config).isStandardNormal;

/** Whether the loss has its KL divergence in closed form: with a normal prior, and without weights of single codes. */
export const isClosed = (config: Pick<GaussianCode, 'prior' | 'importance'>): boolean =>
  config.importance == null && hasNormalPrior(config);

export const gaussianFacts = {
  type: 'gaussian',
  schema: gaussianSchema,
  couplesImages: false,
  traits: ({ units, kl, importance }) => ({
    hasVariance: true,
    rate: {
      part: KL,
      settings: 'model.code.kl',
      weight: kl.weight,
      warmup: kl.warmup,
      free: kl.freeBits * units,
      ...(importance && { isFixed: true }),
    },
    activation: null,
    range: null,
    isDense: false,
    inEpochs: ['kl.warmup'],
    ...(importance && { codesPerImage: codesOf(importance) }),
  }),
  prior: {
    name: 'N(0, I)',
    isStandardNormal: true,
  },
  priorOf: (config) => factsOfPrior(config),
  startImages: ({ prior = STANDARD }) => PRIORS.of(prior.type).startImages?.(prior) ?? null,
  outputs: { logVariance: { words: 'the logarithm of the variance of the code', perUnit: true } },
  isSampled: true,
  partNames: { [KL]: 'KL divergence', [GAIN]: 'importance gain' },
  check(config, objective) {
    if (config.prior !== undefined) checkPrior(config.prior, config, objective);
    if (config.importance != null) checkWeighing(config, objective);
  },
} as const satisfies CodeFacts<GaussianCode>;
