/** Convolutions and their transposes: they share their settings. */
import * as z from 'zod';
import { activate, conv, convTranspose } from '../../nn/index.ts';
import { activationSchema, biasSchema, kernelSchema, slopeSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const maps = {
  channels: z.int().min(1).max(4096).describe('how many maps it makes'),
  kernel: kernelSchema,
  stride: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe(
      'pixels from one window to the next: what height and width are divided by (convTranspose: multiplied by)',
    ),
  padding: z
    .union([z.enum(['same', 'valid']), z.int().min(0).max(30)])
    .default('same')
    .describe(
      "zeros around: 'same' keeps height and width (divided by the stride), 'valid' adds none, a number adds that many on every side",
    ),
  activation: z._default(activationSchema, 'identity'),
  slope: slopeSchema,
  bias: biasSchema,
};

const convSchema = z
  .strictObject({ type: z.literal('conv'), ...maps })
  .describe('convolution: each unit sees a window of the maps; a stride of 2 halves height and width');

const convTransposeSchema = z
  .strictObject({ type: z.literal('convTranspose'), ...maps })
  .describe('transposed convolution: each unit paints a window of the result; a stride of 2 doubles them');

const inLetters = (layer: { type: string; channels: number; kernel: number; stride: number }): string =>
  `${layer.type}${layer.channels}@${layer.kernel}${layer.stride === 1 ? '' : `/${layer.stride}`}`;

export const convLayer = {
  type: 'conv',
  schema: convSchema,
  takes: 'maps',
  isSpatial: true,
  sees: 'window',
  couplesImages: false,
  apply: (net, x, layer, { initialiser }) =>
    activate(conv(net, x, { ...layer, initialiser }), layer.activation, layer.slope),
  short: inLetters,
  divides: ({ stride }) => stride,
} as const satisfies LayerKind<z.infer<typeof convSchema>>;

export const convTransposeLayer = {
  type: 'convTranspose',
  schema: convTransposeSchema,
  takes: 'maps',
  isSpatial: true,
  sees: 'window',
  couplesImages: false,
  apply: (net, x, layer, { initialiser }) =>
    activate(convTranspose(net, x, { ...layer, initialiser }), layer.activation, layer.slope),
  short: inLetters,
  divides: () => 1,
  multiplies: ({ stride }) => stride,
} as const satisfies LayerKind<z.infer<typeof convTransposeSchema>>;
