/**
 * The autoencoder: an encoder to a code, a decoder back to an image, both lists of layers. x̂ = decode(encode(x)).
 * The kind of code, the corruption of its input and the penalties on it make the families.
 */
import { HourglassError } from '../errors.ts';
import { BATCH, input, reshape, type Sym } from '../graph/index.ts';
import { activate, conv, dense, flatten, type InitialiserName, Network } from '../nn/index.ts';
import { sizeOf } from '../size.ts';
import { centred } from './centre.ts';
import { CODE_BUILDERS } from './codes/build/index.ts';
import type { CodeConfig } from './codes/index.ts';
import { conditionInput, conditionUnits, joined } from './condition.ts';
import type { AutoencoderConfig, Definition, Encoded } from './definition.ts';
import type { ImageShape } from './image-shape.ts';
import { applyLayers, imageFor } from './layers/index.ts';
import type { Output } from './output.ts';
import { mirroredPaths } from './tied.ts';

/**
 * The autoencoder of a configuration for images of one shape.
 * @throws HourglassError that names the layer whose input does not fit.
 */
export function defineAutoencoder(config: AutoencoderConfig, shape: ImageShape): Definition {
  const values = shape.height * shape.width * shape.channels;
  const units = conditionUnits(config);
  const parts = { config, shape, values, tied: config.tied ? mirroredPaths(config) : [] };
  // Built once for its sizes, and so that what does not fit is told before anything runs.
  const trial = new Network('infer');
  const condition = conditionInput({ conditionUnits: units });
  const code = encode(trial, input('image', [BATCH, values]), parts, condition);
  const codeShape = code.value.shape.slice(1) as number[];
  decode(trial, code.value, parts, condition);
  const codeUnits = sizeOf(codeShape);
  return {
    config,
    shape,
    values,
    codeUnits,
    codeShape,
    code: config.code,
    conditionUnits: units,
    encode: (net, image, condition) => {
      const made = encode(net, image, parts, condition);
      return { ...made, value: flatten(made.value), plain: flatten(made.plain) };
    },
    decode: (net, rows, condition) =>
      decode(net, reshape(rows, [rows.shape[0]!, ...codeShape]), parts, condition),
  };
}

interface Parts {
  config: AutoencoderConfig;
  shape: ImageShape;
  values: number;
  /** The paths of the layers whose weights the decoder's dense layers have, in their order; the output's last. */
  tied: readonly string[];
}

/** What the first layer of a half takes: with the class next to it, in a conditional model. */
function withCondition(h: Sym, { condition }: AutoencoderConfig, given: Sym | undefined): Sym {
  if ((condition === undefined) !== (given === undefined)) {
    throw new RangeError(
      `a model ${condition === undefined ? 'without' : 'with'} a condition is given a class or none`,
    );
  }
  return given === undefined ? h : joined(h, given);
}

/** From [N, values] to the code in its own shape. */
function encode(net: Network, image: Sym, { config, shape, values }: Parts, condition?: Sym): Encoded {
  const { initialiser, encoder, centre } = config;
  return net.within('encoder', () => {
    const input = centre ? centred(net, image, values) : image;
    const first = withCondition(imageFor(encoder, input, shape), config, condition);
    const h = applyLayers(net, first, encoder, initialiser);
    const builder = CODE_BUILDERS.of(config.code.type);
    return { ...net.within('code', () => builder.make(net, h, config.code, { initialiser })), input };
  });
}

/** What the decoder's layers take of a code. */
function embeddedCode(net: Network, code: Sym, config: CodeConfig): Sym {
  const { embed } = CODE_BUILDERS.of(config.type);
  return embed === undefined ? code : net.within('code', () => embed(net, code, config));
}

/** From the code in its own shape to [N, values]. */
function decode(net: Network, code: Sym, { config, shape, values, tied }: Parts, condition?: Sym): Output {
  const { initialiser, output } = config;
  return net.within('decoder', () => {
    const embedded = embeddedCode(net, code, config.code);
    const first = withCondition(embedded, config, condition);
    const layers = <T>(body: () => T): T => net.spectrally(config.spectral, body);
    const h = layers(() => applyLayers(net, first, config.decoder, initialiser, tied));
    return net.within('output', () => {
      const bias = output.bias;
      const own = CODE_BUILDERS.of(config.code.type).output;
      if (own !== undefined) {
        if (config.spectral) throw ownOutput(config.code.type);
        const preActivation = own(net, h, config.code, values);
        return { preActivation, image: activate(preActivation, output.activation) };
      }
      const preActivation = layers(() =>
        output.type === 'dense'
          ? dense(net, h, { units: values, bias, initialiser, tiedTo: tied.at(-1) })
          : flatten(outputMaps(net, h, { kernel: output.kernel, bias, initialiser }, shape)),
      );
      return { preActivation, image: activate(preActivation, output.activation) };
    });
  });
}

function ownOutput(type: string): HourglassError {
  return new HourglassError('usage', {
    subject: 'model.spectral',
    rule: 'needs an output layer of the decoder: this code has its own, which has a norm of its own',
    got: `a code of type ${type}`,
    hint: 'set model.spectral=false',
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
