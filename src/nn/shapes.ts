/** What layers demand of their inputs, each with an error that names the layer and a way out. */
import { HourglassError } from '../errors.ts';
import { formatShape, type Sym } from '../graph/index.ts';
import type { Network } from './network.ts';

export function misfit(net: Network, rule: string, x: Sym, hint: string): HourglassError {
  return new HourglassError('usage', { subject: net.place, rule, got: formatShape(x.shape), hint });
}

export const isMaps = (x: Sym): boolean => x.shape.length === 4;

/** The columns of rows, [N, columns]. */
export function columnsOf(net: Network, x: Sym): number {
  const columns = x.shape[1];
  if (x.shape.length !== 2 || typeof columns !== 'number') {
    throw misfit(net, 'takes rows of features, [N, features]', x, 'add a flatten layer before it');
  }
  return columns;
}

/** The sizes of maps, [N, channels, height, width]. */
export function mapsOf(net: Network, x: Sym): { channels: number; height: number; width: number } {
  if (!isMaps(x)) {
    throw misfit(
      net,
      'takes maps, [N, channels, height, width]',
      x,
      'add a reshape layer before it, as {"type": "reshape", "shape": [32, 7, 7]}',
    );
  }
  const [, channels, height, width] = x.shape as [string, number, number, number];
  return { channels, height, width };
}

/** The features of rows, or the channels of maps. */
export const featuresOf = (net: Network, x: Sym): number =>
  isMaps(x) ? mapsOf(net, x).channels : columnsOf(net, x);
