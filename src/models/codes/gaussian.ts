/** A variational code (Kingma & Welling, 2014): a normal distribution for each unit, with the prior N(0, I). */
import * as z from 'zod/mini';
import { add, mul, reduceSum, square } from '../../graph/index.ts';
import { dense, normalKl, sampleNormal } from '../../nn/index.ts';
import { unitsSchema } from '../settings.ts';
import type { CodeKind } from './kind.ts';

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
  .check(z.describe('the KL divergence from the standard normal prior, summed over units, in nats'));

const schema = z
  .strictObject({ type: z.literal('gaussian'), units: unitsSchema, kl: klSchema })
  .check(z.describe('a variational code: a mean and a variance for each unit, z = μ + σ ε in training'));

const PART = 'klDivergence';

export const gaussianCode = {
  type: 'gaussian',
  schema,
  couplesImages: false,
  make(net, h, { units, kl }, { initialiser }) {
    const head = (name: string) => net.within(name, () => dense(net, h, { units, bias: true, initialiser }));
    const normal = { mean: head('mean'), logVariance: head('logVariance') };
    const { weight, warmup, freeBits } = kl;
    return {
      value: sampleNormal(net, normal),
      plain: normal.mean,
      posterior: { ...normal, kl: () => reduceSum(normalKl(normal), [1]) },
      outputs: { logVariance: normal.logVariance },
      parts: (net) =>
        net.within(PART, () => [
          {
            name: PART,
            definition: definitionOf(kl),
            unit: 'KL per image (nats)',
            weight,
            couplesImages: false,
            symbol: net.mean(reduceSum(normalKl(normal, freeBits), [1])),
            scheduled: net.schedule('weight', weight, (epochs) =>
              warmup === 0 ? weight : weight * Math.min(1, epochs / warmup),
            ),
          },
        ]),
    };
  },
  traits: ({ units, kl }) => ({
    hasVariance: true,
    rate: {
      part: PART,
      settings: 'model.code.kl',
      weight: kl.weight,
      warmup: kl.warmup,
      free: kl.freeBits * units,
    },
    activation: null,
    range: null,
    isDense: false,
    inEpochs: ['kl.warmup'],
  }),
  prior: {
    name: 'N(0, I)',
    isStandardNormal: true,
    noiseUnits: (_, units) => units,
    sample: (_net, noise) => noise,
    // ln N(z; 0, I) = −½ Σ (z² + ln 2π).
    logDensity: (_net, z) => mul(reduceSum(add(square(z), Math.log(2 * Math.PI)), [1]), -0.5),
  },
  outputs: { logVariance: { words: 'the logarithm of the variance of the code', perUnit: true } },
  isSampled: true,
  partNames: { [PART]: 'KL divergence' },
} as const satisfies CodeKind<z.infer<typeof schema>>;

function definitionOf({ warmup, freeBits }: z.infer<typeof klSchema>): string {
  const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
  const free = freeBits === 0 ? '' : `, at least ${freeBits} for each unit`;
  return `KL divergence from the standard normal (nats)${free}, summed over units, mean over images${rising}`;
}
