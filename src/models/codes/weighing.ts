/**
 * Importance-weighted training of a variational code: several codes of each image, and a tighter bound on ln p(x) than
 * the ELBO. A run that has it says so under `model.code.importance`.
 */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
import type { Weighing } from '../../nn/index.ts';
import type { ObjectiveOf } from './kind.ts';

const MOST = 4096;

const count = (least: number, words: string) =>
  z.int().check(z.minimum(least), z.maximum(MOST), z.describe(words));

const common = {
  samples: z._default(count(1, 'k, the codes drawn for each image; in a group of miwae'), 5),
  gradient: z
    ._default(z.enum(['standard', 'doubly']), 'standard')
    .check(
      z.describe(
        "of the encoder: 'doubly' is the doubly reparameterised one (Tucker et al., 2019), with less variance for many codes",
      ),
    ),
};

const importanceUnion = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('iwae'), ...common })
    .check(z.describe('the bound ln (1/k Σ w) of k codes (Burda et al., 2016)')),
  z
    .strictObject({
      type: z.literal('miwae'),
      groups: z._default(count(1, 'groups of k codes each, whose bounds are averaged'), 8),
      ...common,
    })
    .check(z.describe('the mean of the bound over groups of codes (Rainforth et al., 2018)')),
  z
    .strictObject({
      type: z.literal('ciwae'),
      elbo: z
        ._default(z.number().check(z.minimum(0), z.maximum(1)), 0.5)
        .check(z.describe('the weight of the ELBO of the same codes; the rest is that of the bound')),
      ...common,
    })
    .check(z.describe('a combination of the ELBO and the bound (Rainforth et al., 2018)')),
]);

export const importanceSchema = z
  .nullable(importanceUnion)
  .check(z.describe('several codes for each image in training, and a tighter bound; null for none'));

export type Importance = z.infer<typeof importanceUnion>;

/** Its part of the loss. */
export const GAIN = 'importance';

export const weighingOf = (importance: Importance): Weighing => ({
  samples: importance.samples,
  groups: importance.type === 'miwae' ? importance.groups : 1,
});

/** What the gain is multiplied by in the loss: what is left by the ELBO. */
export const gainWeight = (importance: Importance): number =>
  importance.type === 'ciwae' ? 1 - importance.elbo : 1;

/** Codes drawn for each image. */
export const codesOf = (importance: Importance | null | undefined): number => {
  if (importance == null) return 1;
  const { samples, groups } = weighingOf(importance);
  return samples * groups;
};

/** "ln of the mean of 50 importance weights", for definitions. */
export function gainWords(importance: Importance): string {
  const { samples, groups } = weighingOf(importance);
  const group = groups === 1 ? '' : `, mean over ${groups} groups`;
  return `mean of ln w less ln of the mean of w over ${samples} codes (nats)${group}, mean over images`;
}

interface Kl {
  weight: number;
  warmup: number;
  freeBits: number;
}

/** @throws HourglassError where the weights would not be p(x, z) / q(z | x), or rows of one image could not be told apart. */
export function checkWeighing({ kl }: { kl: Kl }, { loss, coupling, likelihoods }: ObjectiveOf): void {
  const subject = 'model.code.importance';
  const refuse = (rule: string, got: string | number, hint: string): never => {
    throw new HourglassError('usage', { subject, rule, got, hint: `${hint}, or ${subject}=null` });
  };
  if (!likelihoods.includes(loss.type)) {
    const first = likelihoods[0]!;
    refuse('needs a loss that is a likelihood', `loss.type ${loss.type}`, `set loss.type=${first}`);
  }
  if (loss.reduction !== 'sum')
    refuse('needs nats per image', `loss.reduction ${loss.reduction}`, 'set loss.reduction=sum');
  if (loss.weight !== 1)
    refuse('needs the likelihood itself', `loss.weight ${loss.weight}`, 'set loss.weight=1');
  const { weight, warmup, freeBits } = kl;
  if (weight !== 1) refuse('needs a KL weight of 1', weight, 'set model.code.kl.weight=1');
  if (warmup !== 0)
    refuse('needs the whole KL weight from the first step', `warmup ${warmup}`, 'set model.code.kl.warmup=0');
  if (freeBits !== 0) refuse('has no free bits', freeBits, 'set model.code.kl.freeBits=0');
  if (coupling.decoder !== undefined) {
    refuse(
      'decodes several codes of an image, which no statistics of a batch are of',
      `${coupling.decoder} in the decoder`,
      `take ${coupling.decoder} out of it`,
    );
  }
}
