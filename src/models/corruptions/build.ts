/** The graphs of the corruptions, one line each in the table below. Only what trains and evaluates models loads them. */
import { reshape, type Sym } from '../../graph/index.ts';
import {
  additiveNoise,
  madeDefects,
  maskingNoise,
  multiscaleNoise,
  type Network,
  saltAndPepper,
} from '../../nn/index.ts';
import type { ImageShape } from '../image-shape.ts';
import { Table } from '../tables.ts';
import type { CorruptionConfig } from './index.ts';
import type { AnyCorruption, CorruptionBuilder } from './kind.ts';

type Config = CorruptionConfig;

const APPLIED: {
  readonly [T in Config['type']]: CorruptionBuilder<Extract<Config, { type: T }>>['apply'];
} = {
  none: (_, image) => image,
  gaussian: (net, image, { sigma }) => additiveNoise(net, image, sigma),
  multiscaleGaussian: (net, image, { least, greatest }) => multiscaleNoise(net, image, least, greatest),
  masking: (net, image, { rate }) => maskingNoise(net, image, rate),
  saltAndPepper: (net, image, { rate }) => saltAndPepper(net, image, rate),
  defects(net, image, settings, { channels, height, width }) {
    const maps = reshape(image, [image.shape[0]!, channels, height, width]);
    return reshape(madeDefects(net, maps, settings), image.shape);
  },
};

export const CORRUPTION_BUILDERS = new Table<CorruptionBuilder, readonly CorruptionBuilder[]>(
  'corruption',
  Object.entries(APPLIED).map(([type, apply]) => ({ type, apply })),
);

/** The corrupted image, [N, values], where the network's mode has noise; else the image. */
export function corrupt(net: Network, corruption: AnyCorruption, image: Sym, shape: ImageShape): Sym {
  if (net.mode === 'infer') return image;
  return net.within('corruption', () =>
    CORRUPTION_BUILDERS.of(corruption.type).apply(net, image, corruption, shape),
  );
}
