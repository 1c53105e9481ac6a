/**
 * The autoencoder: an encoder to a code, a decoder back to an image, both lists of layers. x̂ = decode(encode(x)).
 * The kind of code, the corruption of its input and the penalties on it make the families.
 */
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import { BATCH, input, reshape, type Sym } from '../graph/index.ts';
import { activate, conv, dense, flatten, INITIALISERS, type InitialiserName, Network } from '../nn/index.ts';
import { centred } from './centre.ts';
import { CODES, type Code, type CodeConfig, codeSchema } from './codes/index.ts';
import type { ImageShape } from './image-shape.ts';
import { applyLayers, imageFor, layerSchema } from './layers/index.ts';
import type { Output } from './output.ts';
import { activationSchema, kernelSchema } from './settings.ts';
import { derived } from './tables.ts';
import { mirroredPaths } from './tied.ts';

/** Far more than has been of use; thousands would take hours to compile. */
const MOST_LAYERS = 256;

export const autoencoderSchema = derived(() =>
  z.strictObject({
    family: z.literal('autoencoder'),
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
            activation: activationSchema.default('sigmoid'),
            bias: z.boolean().default(true),
          })
          .describe('dense, one unit a pixel'),
        z
          .strictObject({
            type: z.literal('conv'),
            kernel: kernelSchema.default(3),
            activation: activationSchema.default('sigmoid'),
            bias: z.boolean().default(true),
          })
          .describe("a convolution from the decoder's last maps, of the image's size, to its channels"),
      ])
      .prefault({})
      .describe('the last layer'),
    tied: z
      .boolean()
      .default(false)
      .describe("whether the decoder's dense layers have the encoder's weights, transposed"),
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
  }),
);

export type AutoencoderConfig = z.infer<ReturnType<typeof autoencoderSchema>>;

/** A code, and what it was made of. */
export interface Encoded extends Code {
  /** What the first layer takes, [N, pixels]: the image, or that less the mean. */
  readonly input: Sym;
}

/** What every family gives: how an image becomes a code, and a code an image. Images are [N, pixels]. */
export interface Definition {
  /** What it was made of: from them the same is made elsewhere. */
  readonly config: AutoencoderConfig;
  readonly shape: ImageShape;
  /** Elements of one image, and of one code. */
  readonly pixels: number;
  readonly codeUnits: number;
  /** The shape of one code: [units], or [channels, height, width] where it is maps. Codes are [N, codeUnits]. */
  readonly codeShape: readonly number[];
  readonly code: CodeConfig;
  /** From [N, pixels] to a code whose value is [N, codeUnits]. */
  encode(net: Network, image: Sym): Encoded;
  decode(net: Network, code: Sym): Output;
}

/**
 * The autoencoder of a configuration for images of one shape.
 * @throws HourglassError that names the layer whose input does not fit.
 */
export function defineAutoencoder(config: AutoencoderConfig, shape: ImageShape): Definition {
  const pixels = shape.height * shape.width * shape.channels;
  const parts = { config, shape, pixels, tied: config.tied ? mirroredPaths(config) : [] };
  // Built once for its sizes, and so that what does not fit is told before anything runs.
  const trial = new Network('infer');
  const code = encode(trial, input('image', [BATCH, pixels]), parts);
  const codeShape = code.value.shape.slice(1) as number[];
  decode(trial, code.value, parts);
  const codeUnits = codeShape.reduce((a, b) => a * b, 1);
  return {
    config,
    shape,
    pixels,
    codeUnits,
    codeShape,
    code: config.code,
    encode: (net, image) => {
      const made = encode(net, image, parts);
      return { ...made, value: flatten(made.value), plain: flatten(made.plain) };
    },
    decode: (net, rows) => decode(net, reshape(rows, [BATCH, ...codeShape]), parts),
  };
}

interface Parts {
  config: AutoencoderConfig;
  shape: ImageShape;
  pixels: number;
  /** The paths of the layers whose weights the decoder's dense layers have, in their order; the output's last. */
  tied: readonly string[];
}

/** From [N, pixels] to the code in its own shape. */
function encode(net: Network, image: Sym, { config, shape, pixels }: Parts): Encoded {
  const { initialiser, encoder, centre } = config;
  return net.within('encoder', () => {
    const input = centre ? centred(net, image, pixels) : image;
    const h = applyLayers(net, imageFor(encoder, input, shape), encoder, initialiser);
    const kind = CODES.of(config.code.type);
    return { ...net.within('code', () => kind.make(net, h, config.code, { initialiser })), input };
  });
}

/** From the code in its own shape to [N, pixels]. */
function decode(net: Network, code: Sym, { config, shape, pixels, tied }: Parts): Output {
  const { initialiser, output } = config;
  return net.within('decoder', () => {
    const h = applyLayers(net, code, config.decoder, initialiser, tied);
    return net.within('output', () => {
      const bias = output.bias;
      const preActivation =
        output.type === 'dense'
          ? dense(net, h, { units: pixels, bias, initialiser, tiedTo: tied.at(-1) })
          : flatten(outputMaps(net, h, { kernel: output.kernel, bias, initialiser }, shape));
      return { preActivation, image: activate(preActivation, output.activation) };
    });
  });
}

function outputMaps(
  net: Network,
  h: Sym,
  settings: { kernel: number; bias: boolean; initialiser: InitialiserName },
  { height, width, channels }: ImageShape,
): Sym {
  if (h.shape.length === 4 && (h.shape[2] !== height || h.shape[3] !== width)) {
    throw new HourglassError('usage', {
      subject: 'model.decoder',
      rule: `must return to the image's ${height}×${width} before an output of type 'conv'`,
      got: `${h.shape[2]}×${h.shape[3]}`,
      hint: 'check the strides, poolings and upsamplings of encoder and decoder',
    });
  }
  return conv(net, h, { ...settings, channels, stride: 1, padding: 'same' });
}
