/** Corrupted images to look at and to measure by: the noise that validation and test have. */
import type { Engine } from '../engine/index.ts';
import { type CorruptionConfig, corruptionGraph, type ImageShape } from '../models/index.ts';
import type { SampleSpec } from '../samples/index.ts';
import type { HeldSplit } from './evaluator.ts';
import { reserveNoise } from './noise.ts';

export interface Corrupting {
  readonly split: HeldSplit;
  /** The position of the first image among those of the split. */
  readonly firstRow?: number;
  readonly seed: number;
  /** That of the samples; without one, values are not clipped. */
  readonly range?: SampleSpec['range'];
}

/**
 * A split's images from `firstRow` on, [count, values] in [0, 1], as the encoder is given them in an
 * evaluation: the same pixels every time. Noise that is not clipped is clipped here to the `range` of the samples, if they have one: a
 * model takes no other values, and a picture shows none.
 */
export async function corruptImages(
  engine: Engine,
  corruption: CorruptionConfig,
  images: Float32Array,
  shape: ImageShape,
  { split, firstRow = 0, seed, range = null }: Corrupting,
): Promise<Float32Array> {
  if (corruption.type === 'none') return images.slice();
  const count = images.length / (shape.channels * shape.height * shape.width);
  const { net, image: symbol, seen } = corruptionGraph(corruption, shape);
  const arena = engine.memory();
  const [image, result] = [arena.reserve(images.length), arena.reserve(images.length)];
  const noise = reserveNoise(arena, [{ net, rows: count }], seed);
  const graph = {
    name: 'corrupt',
    inputs: { image: { symbol, block: image }, ...noise.bindings(net) },
    outputs: { seen: { symbol: seen, block: result } },
    memory: arena,
  };
  const program = await engine.compile(graph, { threads: 1 });
  try {
    arena.floats(image).set(images);
    noise.draw(net, count, { type: 'held', split, firstRow });
    await program.run(count);
    return within(arena.floats(result), range);
  } finally {
    await program.dispose();
    arena.dispose();
  }
}

function within(values: Float32Array, range: SampleSpec['range']): Float32Array {
  if (range === null) return values.slice();
  const [least, most] = range;
  return values.map((value) => Math.min(most, Math.max(least, value)));
}
