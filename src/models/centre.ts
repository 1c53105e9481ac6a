/**
 * Centring by the training images' mean. Pixels are never negative, so without it every step moves a unit's
 * pre-activation by about its learning rate times the sum of the pixels, the same way for every image: with thousands
 * of bright pixels a few steps saturate it. A centred model subtracts the mean from what the encoder sees, and its
 * output begins at the mean. The mean is a constant of the model: it is shipped with the weights.
 */
import { type Sym, sub } from '../graph/index.ts';
import type { Network } from '../nn/index.ts';
import type { AutoencoderConfig, Definition } from './definition.ts';
import type { ImageShape } from './image-shape.ts';
import { takesMaps } from './layers/index.ts';

/** image − mean, [N, values]; called within the encoder, so that the mean is `encoder.centre.mean`, [values]. */
export function centred(net: Network, image: Sym, values: number): Sym {
  return sub(image, net.within('centre', () => net.state('mean', [values], 0)).symbol);
}

const MEAN = 'encoder.centre.mean';
const OUTPUT_BIAS = 'decoder.output.bias';

/** The output begins no closer to 0 or 1 than this: beyond it a sigmoid hardly learns. */
const MARGIN = 0.02;

/**
 * Brings the first weights of a centred model to the mean of its training images, [values] in [0, 1]: what the encoder
 * subtracts, and the bias of the output. Maps have one number per channel, as convolutions treat all places alike.
 */
export function beginAtMean(
  weights: ReadonlyMap<string, { readonly values: Float32Array }>,
  { config, shape }: Definition,
  mean: Float32Array,
): void {
  if (!config.centre) {
    // Encoder and dictionary share it, and what it holds has no limits.
    weights.get(OUTPUT_BIAS)!.values.set(mean);
    return;
  }
  const ofChannels = channelMeans(mean, shape);
  const size = shape.height * shape.width;
  const subtracted = weights.get(MEAN)!.values;
  if (takesMaps(config.encoder)) {
    for (const [channel, value] of ofChannels.entries())
      subtracted.fill(value, channel * size, (channel + 1) * size);
  } else {
    subtracted.set(mean);
  }
  const bias = weights.get(OUTPUT_BIAS)?.values;
  if (bias === undefined) return;
  const wanted = config.output.type === 'conv' ? ofChannels : mean;
  for (const [i, value] of wanted.entries()) bias[i] = preActivation(config.output.activation, value);
}

function channelMeans(mean: Float32Array, { height, width, channels }: ImageShape): Float32Array {
  const size = height * width;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += mean[channel * size + i]!;
    return sum / size;
  });
}

/** What an activation turns into `value`, or nearly: those that are close to the identity there are taken for it. */
function preActivation(activation: AutoencoderConfig['output']['activation'], value: number): number {
  const inside = Math.min(1 - MARGIN, Math.max(MARGIN, value));
  switch (activation) {
    case 'sigmoid':
      return Math.log(inside / (1 - inside));
    case 'tanh':
      return Math.atanh(inside);
    case 'softplus':
      return Math.log(Math.expm1(inside));
    default:
      return inside;
  }
}
