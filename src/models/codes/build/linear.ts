import type { Sym } from '../../../graph/index.ts';
import { conv, dense, type InitialiserName, type Network } from '../../../nn/index.ts';

/** So many numbers from what the encoder's layers end in: of rows for each image, of maps for each position. */
export function linear(net: Network, h: Sym, units: number, initialiser: InitialiserName): Sym {
  return h.shape.length === 4
    ? conv(net, h, { channels: units, kernel: 1, stride: 1, padding: 'same', bias: true, initialiser })
    : dense(net, h, { units, bias: true, initialiser });
}
