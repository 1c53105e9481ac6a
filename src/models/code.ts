/** The bottleneck: a dense code, the encoder's last maps, or a Gaussian for each unit. */
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import { formatShape, type Sym } from '../graph/index.ts';
import {
  activate,
  dense,
  dropout,
  type GaussianCode,
  type InitialiserName,
  type Network,
  sampleCode,
} from '../nn/index.ts';
import { activationSchema, rateSchema, unitsSchema } from './layers.ts';

const codeDropout = rateSchema.default(0).describe('dropout on the code, in training only');

const klSchema = z
  .strictObject({
    weight: z.number().min(0).default(1).describe('β: above 1 it is a β-VAE'),
    warmup: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'epochs (a fraction will do) over which the weight rises from 0; validation has the full one',
      ),
    freeBits: z
      .number()
      .min(0)
      .default(0)
      .describe('nats that each unit may use for nothing: it counts at least so much for each image'),
  })
  .prefault({})
  .describe('the KL divergence from the standard normal prior, summed over units, in nats');

export const codeSchema = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('dense').optional().default('dense'),
        units: unitsSchema,
        activation: activationSchema.default('identity'),
        slope: z.number().optional(),
        bias: z.boolean().default(true),
        dropout: codeDropout,
      })
      .describe('the bottleneck: a dense layer of this many units'),
    z
      .strictObject({ type: z.literal('maps'), dropout: codeDropout })
      .describe("the encoder's last maps themselves, as 32 maps of 7×7"),
    z
      .strictObject({ type: z.literal('gaussian'), units: unitsSchema, kl: klSchema })
      .describe('a variational code: a mean and a variance for each unit, z = μ + σ ε in training'),
  ])
  .describe('the bottleneck');

export type CodeConfig = z.infer<typeof codeSchema>;

/** A code as the decoder takes it, and what it is to be penalised by. */
export interface Code {
  /** The decoder's input: a sample of a Gaussian code in training and validation, otherwise μ. */
  readonly value: Sym;
  /** The same before dropout and sampling: what penalties look at. */
  readonly plain: Sym;
  readonly gaussian?: GaussianCode;
}

/** The code of what the encoder's layers end in. */
export function makeCode(net: Network, h: Sym, code: CodeConfig, initialiser: InitialiserName): Code {
  switch (code.type) {
    case 'dense': {
      const plain = activate(dense(net, h, { ...code, initialiser }), code.activation, code.slope);
      return { value: dropout(net, plain, code.dropout), plain };
    }
    case 'maps':
      if (h.shape.length === 4) return { value: dropout(net, h, code.dropout), plain: h };
      throw new HourglassError('usage', {
        subject: 'model.code',
        rule: "of type 'maps' needs an encoder that ends in maps",
        got: formatShape(h.shape),
        hint: "set its type to 'dense', or end the encoder in a conv or maxPool layer",
      });
    case 'gaussian': {
      const head = (name: string) =>
        net.within(name, () => dense(net, h, { units: code.units, bias: true, initialiser }));
      const gaussian = { mean: head('mean'), logVariance: head('logVariance') };
      return { value: sampleCode(net, gaussian), plain: gaussian.mean, gaussian };
    }
  }
}
