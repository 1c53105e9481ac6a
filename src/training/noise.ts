/**
 * The random numbers that a graph consumes: each has a stream of its own, so that what else a model holds
 * changes nothing. Training draws afresh at each step. Validation and test draw by the image's place in its
 * split: the same every time, for every batch size.
 */
import type { Binding, Block, Memory } from '../engine/index.ts';
import type { Network, Randomness } from '../nn/index.ts';
import { streamOf } from './streams.ts';

/** Whose noise: that of a step's batch, or of a split's images; of either from the one at `firstRow` on. */
export type NoiseOf =
  | { type: 'training'; step: number; firstRow: number }
  | { type: 'held'; split: 'validation' | 'test' | 'train'; firstRow: number };

export interface Noise {
  /** Inputs of one graph, by name. */
  bindings(net: Network): Record<string, Binding>;
  /** Draws what one graph needs for `count` images. */
  draw(net: Network, count: number, of: NoiseOf): void;
}

/** Reserves a block for each source of randomness of some graphs, each with the most rows it will have. */
export function reserveNoise(
  arena: Memory,
  graphs: readonly { net: Network; rows: number }[],
  seed: number,
): Noise {
  const sizes = new Map<string, number>();
  for (const { net, rows } of graphs) {
    for (const { name, size } of net.randomness.values()) {
      sizes.set(name, Math.max(sizes.get(name) ?? 0, size * rows));
    }
  }
  const blocks = new Map([...sizes].map(([name, length]) => [name, arena.reserve(length)]));
  return {
    bindings(net) {
      const entries = [...net.randomness.values()].map(({ name, symbol }) => {
        return [name, { symbol, block: blocks.get(name)! }] as const;
      });
      return Object.fromEntries(entries);
    },
    draw(net, count, of) {
      const training = of.type === 'training';
      for (const source of net.randomness.values()) {
        const prefix = training ? 'noise' : `noise/${of.split}`;
        const stream = streamOf(`${prefix}/${source.name}`);
        const step = training ? of.step : 0;
        const start = source.size * of.firstRow;
        fill(arena, blocks.get(source.name)!, source, source.size * count, [seed, stream, step, start]);
      }
    },
  };
}

function fill(
  { kernels }: Memory,
  { offset }: Block,
  { distribution }: Randomness,
  n: number,
  sequence: [seed: number, stream: number, step: number, start: number],
): void {
  switch (distribution.type) {
    case 'keepMask':
      kernels.keepMask(offset, n, distribution.rate, ...sequence);
      break;
    case 'uniform':
      kernels.uniform(offset, n, 0, 1, ...sequence);
      break;
    case 'normal':
      kernels.normal(offset, n, 0, 1, ...sequence);
      break;
  }
}
