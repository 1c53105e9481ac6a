/** The layer list of a configuration: its schema, and how each entry becomes a layer of a network. */
import { z } from 'zod';
import { BATCH, reshape as reshapeTo, type Sym } from '../graph/index.ts';
import {
  ACTIVATIONS,
  activate,
  batchNorm,
  conv,
  convTranspose,
  dense,
  dropout,
  flatten,
  type InitialiserName,
  maxPool,
  type Network,
  reshape,
  upsample,
} from '../nn/index.ts';

/** Height, width and channels of the images a model is for. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}

export const activationSchema = z.enum(ACTIVATIONS);
export const rateSchema = z.number().min(0).lt(1);
export const unitsSchema = z.int().min(1).max(65_536);

const slopeSchema = z.number().optional().describe('slope below zero, for leakyRelu (default 0.01)');

const factorSchema = z.int().min(2).max(16);

export const kernelSchema = z.int().min(1).max(31).describe('height and width of the kernel');

const maps = {
  channels: z.int().min(1).max(4096).describe('how many maps it makes'),
  kernel: kernelSchema,
  stride: z.int().min(1).max(16).default(1),
  padding: z
    .union([z.enum(['same', 'valid']), z.int().min(0).max(30)])
    .default('same')
    .describe(
      "zeros around: 'same' keeps height and width (divided by the stride), 'valid' adds none, a number adds that many on every side",
    ),
  activation: activationSchema.default('identity'),
  slope: slopeSchema,
  bias: z.boolean().default(true),
};

export const layerSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('dense'),
      units: unitsSchema,
      activation: activationSchema.default('identity'),
      slope: slopeSchema,
      bias: z.boolean().default(true),
    })
    .describe('every unit sees every input: x · W + b, then the activation'),
  z
    .strictObject({ type: z.literal('dropout'), rate: rateSchema })
    .describe('sets elements to 0 at this rate, in training only'),
  z
    .strictObject({
      type: z.literal('batchNorm'),
      momentum: z.number().min(0).lt(1).default(0.9),
      epsilon: z.number().positive().default(1e-5),
    })
    .describe(
      'normalises each feature (of maps: each channel) over the batch, which needs two images or more: a lone last one joins the batch before it',
    ),
  z.strictObject({ type: z.literal('activation'), activation: activationSchema, slope: slopeSchema }),
  z
    .strictObject({ type: z.literal('conv'), ...maps })
    .describe('convolution: each unit sees a window of the maps; a stride of 2 halves height and width'),
  z
    .strictObject({ type: z.literal('convTranspose'), ...maps })
    .describe('transposed convolution: each unit paints a window of the result; a stride of 2 doubles them'),
  z
    .strictObject({ type: z.literal('maxPool'), size: factorSchema.default(2) })
    .describe('keeps the largest of each window of size × size'),
  z
    .strictObject({ type: z.literal('upsample'), factor: factorSchema.default(2) })
    .describe('repeats each element factor × factor times'),
  z.strictObject({ type: z.literal('flatten') }).describe('from maps to one row of features'),
  z
    .strictObject({
      type: z.literal('reshape'),
      shape: z
        .array(z.int().min(1).max(65_536))
        .min(1)
        .max(3)
        .describe('of one image: [features], or [channels, height, width]'),
    })
    .describe('the same elements in another shape'),
]);

export type Layer = z.infer<typeof layerSchema>;

/**
 * Applies the layers in order; each is named by its type and its place among those of its type: `dense1`. The
 * n-th dense layer has the weight of the layer at the n-th path of `tied`, if there is one.
 */
export function applyLayers(
  net: Network,
  x: Sym,
  layers: readonly Layer[],
  initialiser: InitialiserName,
  tied: readonly string[] = [],
): Sym {
  const seen = new Map<string, number>();
  let h = x;
  for (const layer of layers) {
    const n = (seen.get(layer.type) ?? 0) + 1;
    seen.set(layer.type, n);
    const tiedTo = layer.type === 'dense' ? tied[n - 1] : undefined;
    h = net.within(`${layer.type}${n}`, () => applyLayer(net, h, layer, { initialiser, tiedTo }));
  }
  return h;
}

function applyLayer(
  net: Network,
  x: Sym,
  layer: Layer,
  weights: { initialiser: InitialiserName; tiedTo: string | undefined },
): Sym {
  const { initialiser } = weights;
  switch (layer.type) {
    case 'dense':
      return activate(dense(net, x, { ...layer, ...weights }), layer.activation, layer.slope);
    case 'dropout':
      return dropout(net, x, layer.rate);
    case 'batchNorm':
      return batchNorm(net, x, layer);
    case 'activation':
      return activate(x, layer.activation, layer.slope);
    case 'conv':
      return activate(conv(net, x, { ...layer, initialiser }), layer.activation, layer.slope);
    case 'convTranspose':
      return activate(convTranspose(net, x, { ...layer, initialiser }), layer.activation, layer.slope);
    case 'maxPool':
      return maxPool(net, x, layer.size);
    case 'upsample':
      return upsample(net, x, layer.factor);
    case 'flatten':
      return flatten(x);
    case 'reshape':
      return reshape(net, x, layer.shape);
  }
}

const TAKES_MAPS = new Set<Layer['type']>(['conv', 'convTranspose', 'maxPool', 'upsample', 'flatten']);
const TAKES_ANY = new Set<Layer['type']>(['dropout', 'activation', 'batchNorm']);

/** An image as rows of pixels, in the shape its first layers want: maps for a convolution, else rows. */
export function imageFor(layers: readonly Layer[], rows: Sym, { height, width, channels }: ImageShape): Sym {
  return takesMaps(layers) ? reshapeTo(rows, [BATCH, channels, height, width]) : rows;
}

/** Whether the first layer that asks for a shape asks for maps. */
export function takesMaps(layers: readonly Layer[]): boolean {
  const first = layers.find(({ type }) => !TAKES_ANY.has(type));
  return first !== undefined && TAKES_MAPS.has(first.type);
}

/** A layer list in a few letters, as `conv32@3-pool2-500`; layers that keep the shape are left out. */
export function describeLayers(layers: readonly Layer[]): string[] {
  return layers.flatMap((layer) => {
    switch (layer.type) {
      case 'dense':
        return [String(layer.units)];
      case 'conv':
      case 'convTranspose':
        return [
          `${layer.type}${layer.channels}@${layer.kernel}${layer.stride === 1 ? '' : `/${layer.stride}`}`,
        ];
      case 'maxPool':
        return [`pool${layer.size}`];
      case 'upsample':
        return [`up${layer.factor}`];
      default:
        return [];
    }
  });
}
