/** Uniform random numbers for draws. */
import type { ModelEngine } from '../../engine/index.ts';

/** Numbers in [0, 1), the same for the same seed and stream; `first` is the position of the first one in its sequence. */
export function uniformNumbers(
  engine: ModelEngine,
  { count, seed, stream, first }: { count: number; seed: number; stream: number; first: number },
): Float32Array {
  const arena = engine.memory();
  const block = arena.reserve(count);
  arena.kernels.uniform(block.offset, count, 0, 1, seed, stream, 0, first);
  const numbers = arena.floats(block).slice();
  arena.dispose();
  return numbers;
}
