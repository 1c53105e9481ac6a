/** Values for everything a network asks for, for tests of the layers built with it. */
import { anywhere, sampleLike } from '../../test/reference/cases.ts';
import { type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import type { Random } from '../../test/reference/random.ts';
import type { Sym } from '../graph/index.ts';
import type { Distribution, Network } from './network.ts';

/** Feeds for a network's parameters, states, randomness and scheduled numbers, for a batch of `rows` images. */
export function feedsOf(net: Network, rows: number, draw: Random): Map<Sym, NdArray> {
  const feeds = new Map<Sym, NdArray>([[net.inverseBatch, ndArray([], [1 / rows])]]);
  if (net.share.op === 'Input') feeds.set(net.share, ndArray([], [1]));
  const fill = (symbol: Sym, sample: (draw: Random) => number) =>
    feeds.set(symbol, sampleLike(symbol.shape, rows, sample, draw));
  for (const { symbol } of net.parameters.values()) fill(symbol, anywhere);
  for (const { symbol } of net.states.values()) fill(symbol, () => 0.5 + draw());
  for (const { symbol } of net.scheduled.values()) fill(symbol, () => draw());
  for (const { symbol, distribution } of net.randomness.values()) fill(symbol, samplerOf(distribution));
  return feeds;
}

function samplerOf(distribution: Distribution): (draw: Random) => number {
  switch (distribution.type) {
    case 'keepMask': {
      const { rate } = distribution;
      return (draw) => (draw() < rate ? 0 : 1 / (1 - rate));
    }
    case 'uniform':
      return (draw) => draw();
    case 'normal':
      return normal;
  }
}

/** A standard normal number, by Box and Muller. */
export const normal = (draw: Random): number =>
  Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
