/** What an autoencoder is told, and what it gives. */
import * as z from 'zod';
import type { Sym } from '../graph/index.ts';
import { INITIALISERS, type Network } from '../nn/index.ts';
import { type Code, type CodeConfig, codeSchema } from './codes/index.ts';
import { conditionSchema } from './condition.ts';
import type { ImageShape } from './image-shape.ts';
import { layerSchema } from './layers/index.ts';
import type { Output } from './output.ts';
import { activationSchema, biasSchema, kernelSchema } from './settings.ts';
import { derived } from './tables.ts';

/** Far more than has been of use; thousands would take hours to compile. */
const MOST_LAYERS = 256;

export const autoencoderSchema = derived(() =>
  z
    .strictObject({
      family: z.literal('autoencoder').describe('the family of models; there is only this one'),
      encoder: z
        .array(layerSchema())
        .max(MOST_LAYERS)
        .describe('the layers from the image to the code, without the code itself'),
      code: codeSchema(),
      decoder: z
        .array(layerSchema())
        .max(MOST_LAYERS)
        .describe('the layers from the code to the image, without the output itself'),
      output: z
        .discriminatedUnion('type', [
          z
            .strictObject({
              type: z.literal('dense').optional().default('dense'),
              activation: z._default(activationSchema, 'sigmoid'),
              bias: biasSchema,
            })
            .describe('dense, one unit a pixel'),
          z
            .strictObject({
              type: z.literal('conv'),
              kernel: z._default(kernelSchema, 3),
              activation: z._default(activationSchema, 'sigmoid'),
              bias: biasSchema,
            })
            .describe("a convolution from the decoder's last maps, of the image's size, to its channels"),
        ])
        .prefault({})
        .describe('the last layer'),
      tied: z
        .boolean()
        .default(false)
        .describe("whether the decoder's dense layers have the encoder's weights, transposed"),
      spectral: z
        .boolean()
        .default(false)
        .describe(
          'whether each weight of the decoder is divided by its largest singular value, so that it stretches nothing',
        ),
      centre: z
        .boolean()
        .default(false)
        .describe(
          "whether the encoder sees images less the training images' mean, and the output begins at that mean",
        ),
      initialiser: z
        .enum(INITIALISERS)
        .default('glorotUniform')
        .describe('how every weight begins; biases are 0'),
      condition: z.optional(conditionSchema),
    })
    .describe('the layers of encoder and decoder, the code between them, and the output'),
);

/** The settings under `model` in a recipe: layers, code and output. docs/api/settings.md lists them. */
export type AutoencoderConfig = z.infer<ReturnType<typeof autoencoderSchema>>;

/** A code, and what it was made of. */
export interface Encoded extends Code {
  /** What the first layer takes, [N, values]: the image, or that less the mean. */
  readonly input: Sym;
}

/** What every family gives: how an image becomes a code, and a code an image. Images are [N, values]. */
export interface Definition {
  /** What it was made of: from them the same is made elsewhere. */
  readonly config: AutoencoderConfig;
  readonly shape: ImageShape;
  /** Elements of one image, and of one code. */
  readonly values: number;
  readonly codeUnits: number;
  /** The shape of one code: [units], or [channels, height, width] where it is maps. Codes are [N, codeUnits]. */
  readonly codeShape: readonly number[];
  readonly code: CodeConfig;
  /** Numbers that tell both halves the class of an image; 0 for a model that is told nothing. */
  readonly conditionUnits: number;
  /**
   * From [N, values] to a code whose value is [N, codeUnits].
   * @param condition [N, conditionUnits], for a conditional model; see condition.ts.
   */
  encode(net: Network, image: Sym, condition?: Sym): Encoded;
  decode(net: Network, code: Sym, condition?: Sym): Output;
}
