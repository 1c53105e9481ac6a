/** The layers of a configuration, one file each and one line in the table below. */
import * as z from 'zod';
import { reshape, type Sym } from '../../graph/index.ts';
import type { InitialiserName, Network } from '../../nn/index.ts';
import type { ImageShape } from '../image-shape.ts';
import { derived, Table } from '../tables.ts';
import { activationLayer } from './activation.ts';
import { batchNormLayer } from './batch-norm.ts';
import { convLayer, convTransposeLayer } from './convolutions.ts';
import { denseLayer } from './dense.ts';
import { dropoutLayer } from './dropout.ts';
import { flattenLayer } from './flatten.ts';
import type { AnyLayer, LayerKind } from './kind.ts';
import { maxPoolLayer } from './max-pool.ts';
import { reshapeLayer } from './reshape.ts';
import { upsampleLayer } from './upsample.ts';

const BUILT_IN = [
  denseLayer,
  dropoutLayer,
  batchNormLayer,
  activationLayer,
  convLayer,
  convTransposeLayer,
  maxPoolLayer,
  upsampleLayer,
  flattenLayer,
  reshapeLayer,
] as const;

export const LAYERS = new Table<LayerKind, typeof BUILT_IN>('layer', BUILT_IN);

export const layerSchema = derived(() => z.discriminatedUnion('type', LAYERS.map('schema')));

export type Layer = z.infer<(typeof BUILT_IN)[number]['schema']>;

/**
 * Applies the layers in order; each is named by its type and its place among those of its type: `dense1`. The
 * n-th dense layer has the weight of the layer at the n-th path of `tied`, if there is one.
 */
export function applyLayers(
  net: Network,
  x: Sym,
  layers: readonly AnyLayer[],
  initialiser: InitialiserName,
  tied: readonly string[] = [],
): Sym {
  const seen = new Map<string, number>();
  let h = x;
  for (const layer of layers) {
    const { type } = layer;
    const n = (seen.get(type) ?? 0) + 1;
    seen.set(type, n);
    const tiedTo = type === denseLayer.type ? tied[n - 1] : undefined;
    h = net.within(`${type}${n}`, () => LAYERS.of(type).apply(net, h, layer, { initialiser, tiedTo }));
  }
  return h;
}

/** An image as rows of pixels, in the shape its first layers want: maps for a convolution, else rows. */
export function imageFor(
  layers: readonly AnyLayer[],
  rows: Sym,
  { height, width, channels }: ImageShape,
): Sym {
  return takesMaps(layers) ? reshape(rows, [rows.shape[0]!, channels, height, width]) : rows;
}

/** Whether the first layer that asks for a shape asks for maps. */
export function takesMaps(layers: readonly AnyLayer[]): boolean {
  const first = layers.map(({ type }) => LAYERS.of(type).takes).find((takes) => takes !== 'either');
  return first === 'maps';
}

/** The type of a layer in which images of a batch see each other, if there is one. */
export const couplingLayer = (layers: readonly AnyLayer[]): string | undefined =>
  layers.find(({ type }) => LAYERS.of(type).couplesImages)?.type;

/** What a unit of the first layer with weights sees of the image; null if no layer has weights. */
export const firstSees = (layers: readonly AnyLayer[]): LayerKind['sees'] =>
  layers.map(({ type }) => LAYERS.of(type).sees).find((sees) => sees !== null) ?? null;

/** What the layers together divide height and width by. */
export const sideDivisor = (layers: readonly AnyLayer[]): number =>
  layers.reduce((product, layer) => product * LAYERS.of(layer.type).divides(layer), 1);

/** What the layers together multiply height and width by. */
export const sideFactor = (layers: readonly AnyLayer[]): number =>
  layers.reduce((product, layer) => product * (LAYERS.of(layer.type).multiplies?.(layer) ?? 1), 1) /
  sideDivisor(layers);

/** A layer list in a few letters, as `conv32@3-pool2-500`; layers that keep the shape are left out. */
export const describeLayers = (layers: readonly AnyLayer[]): string[] =>
  layers.flatMap((layer) => LAYERS.of(layer.type).short(layer) ?? []);

export type { LayerKind };
