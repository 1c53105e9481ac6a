/** Corrupted images to look at and to measure by: the noise that validation and test have. */
import type { Engine } from '../engine/index.ts';
import { type CorruptionConfig, corruptionGraph, type ImageShape } from '../models/index.ts';
import type { HeldSplit } from './evaluator.ts';
import { reserveNoise } from './noise.ts';

/**
 * A split's images from `firstRow` on, [count, values] in [0, 1], as the encoder is given them in an
 * evaluation: the same pixels every time.
 */
export async function corruptImages(
  engine: Engine,
  corruption: CorruptionConfig,
  images: Float32Array,
  shape: ImageShape,
  { split, firstRow = 0, seed }: { split: HeldSplit; firstRow?: number; seed: number },
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
    return arena.floats(result).slice();
  } finally {
    await program.dispose();
    arena.dispose();
  }
}
