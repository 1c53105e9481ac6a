/** Layers on maps, [N, channels, height, width], and between maps and rows. */

import type { Pads, Pair, Sym } from '../graph/index.ts';
import * as graph from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import { type InitialiserName, initialiser, zeros } from './initialisers.ts';
import type { Network } from './network.ts';
import { mapsOf, misfit } from './shapes.ts';
import { layerWeight } from './spectral.ts';

/**
 * Zeros around the maps: `same` keeps their size (divided or multiplied by the stride), `valid` adds none, a
 * number adds that many on every side.
 */
export type Padding = 'same' | 'valid' | number;

export interface MapsSettings {
  channels: number;
  /** Height and width of the kernel. */
  kernel: number;
  stride: number;
  padding: Padding;
  bias: boolean;
  initialiser: InitialiserName;
}

/** Where the total is odd, the bottom right has one more, as in TensorFlow. */
const split = (total: number): [before: number, after: number] => [
  Math.floor(total / 2),
  Math.ceil(total / 2),
];

/** How many taps of a kernel an element of the larger maps meets, on average. */
const taps = (kernel: number, stride: number): number => Math.max(1, kernel / stride) ** 2;

const both = (n: number): Pair => [n, n];

/** With a weight of [channels, in, kernel, kernel]; of stride s and `same`, ⌈height / s⌉ × ⌈width / s⌉. */
export function conv(net: Network, x: Sym, settings: MapsSettings): Sym {
  const { channels, kernel, stride, padding, bias } = settings;
  const { channels: from, height, width } = mapsOf(net, x);
  const around = (length: number): [number, number] => {
    if (padding === 'valid') return [0, 0];
    if (padding !== 'same') return [padding, padding];
    return split(Math.max(0, (Math.ceil(length / stride) - 1) * stride + kernel - length));
  };
  const [[top, bottom], [left, right]] = [around(height), around(width)];
  if (height + top + bottom < kernel || width + left + right < kernel) {
    throw misfit(
      net,
      `its ${kernel}×${kernel} kernel must fit into the padded maps`,
      x,
      "set padding='same'",
    );
  }
  const shape = [channels, from, kernel, kernel];
  const init = initialiser(settings.initialiser, from * kernel ** 2, channels * taps(kernel, stride));
  const weight = layerWeight(net, net.parameter('weight', shape, init));
  const b = bias ? net.parameter('bias', [channels], zeros, 'bias') : undefined;
  const form = net.mode === 'train' ? graph.quickConv : graph.conv;
  return form(x, weight, { strides: both(stride), pads: [top, left, bottom, right] }, b);
}

/**
 * With a weight of [in, channels, kernel, kernel]; of stride s and `same`, (height · s) × (width · s): what
 * {@link conv} of the same settings makes smaller, this makes as large again.
 */
export function convTranspose(net: Network, x: Sym, settings: MapsSettings): Sym {
  const { channels, kernel, stride, padding, bias } = settings;
  const { channels: from, height, width } = mapsOf(net, x);
  const [before, after] =
    padding === 'same' ? split(Math.max(0, kernel - stride)) : both(padding === 'valid' ? 0 : padding);
  const outputPadding = both(padding === 'same' ? Math.max(0, stride - kernel) : 0);
  const left = (length: number) => (length - 1) * stride + kernel - before - after;
  if (left(height) < 1 || left(width) < 1) {
    throw misfit(
      net,
      `its padding of ${padding} must leave something of the result`,
      x,
      "set padding='same'",
    );
  }
  const shape = [from, channels, kernel, kernel];
  const init = initialiser(settings.initialiser, from * taps(kernel, stride), channels * kernel ** 2);
  const weight = layerWeight(net, net.parameter('weight', shape, init));
  const b = bias ? net.parameter('bias', [channels], zeros, 'bias') : undefined;
  const pads: Pads = [before, before, after, after];
  const form = net.mode === 'train' ? graph.quickConvTranspose : graph.convTranspose;
  return form(x, weight, { strides: both(stride), pads, outputPadding }, b);
}

/** Functions that never fall as their argument rises: the largest of the results is the result of the largest. */
const RISING = new Set(['Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Clip', 'Elu', 'LeakyRelu']);

/** The largest element of each `size` × `size` window; what fills no window is left out. */
export function maxPool(net: Network, x: Sym, size: number): Sym {
  const { height, width } = mapsOf(net, x);
  if (height < size || width < size) {
    throw misfit(net, `its ${size}×${size} window must fit into the maps`, x, 'set a smaller size');
  }
  const pool = (maps: Sym) => graph.maxPool(maps, both(size));
  // Pooled first, an activation has size² times less to do, and so has its gradient.
  const rising = RISING.has(x.op) && ((x.attributes.alpha as number | undefined) ?? 1) >= 0;
  if (!rising) return pool(x);
  return graph.apply(x.op as graph.OperatorName, [pool(x.inputs[0]!)], x.attributes);
}

/** Each element repeated `factor` times down and across. */
export function upsample(net: Network, x: Sym, factor: number): Sym {
  mapsOf(net, x);
  return graph.upsample(x, both(factor));
}

/** Everything of an image in one row: [N, features], channel after channel. */
export const flatten = (x: Sym): Sym => graph.reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1) as number[])]);

/** `shape` is one image's, as [channels, height, width]. */
export function reshape(net: Network, x: Sym, shape: readonly number[]): Sym {
  const [from, to] = [sizeOf(x.shape.slice(1) as number[]), sizeOf(shape as number[])];
  if (from !== to) {
    throw misfit(
      net,
      `its shape ${shape.join('×')} = ${to} must hold as many elements as there are, ${from}`,
      x,
      'change one',
    );
  }
  return graph.reshape(x, [x.shape[0]!, ...shape]);
}
