/**
 * How codebooks begin: with the k-means centres of the vectors that the encoder makes of the first batch, one after the other,
 * as each stage is for what the last one left.
 */
import type { Engine } from '../engine/index.ts';
import { CLASS, codebookGraphs, type Definition, oneHotInto } from '../models/index.ts';
import { kMeans } from './k-means.ts';
import { withRowsProgram } from './rows-program.ts';
import { streamOf } from './streams.ts';
import type { NamedTensor } from './workspace.ts';

/** Vectors that k-means looks at, at most: they are spread evenly over those of the batch. */
const MOST_VECTORS = 8192;

/**
 * Fills the codebooks that nothing was learned in yet. Entries beyond the vectors that differ stay out of use: the first step
 * gives them vectors of the batch.
 * @param weights of the model, live: its codebooks are changed.
 * @param batch.images [n, values], scaled.
 * @param batch.labels [n], the classes that a conditional model is told; null for others.
 */
export async function startCodebooks(
  engine: Engine,
  definition: Definition,
  weights: ReadonlyMap<string, NamedTensor>,
  { images, labels }: { images: Float32Array; labels: Uint8Array | null },
  seed: number,
): Promise<void> {
  const count = images.length / definition.values;
  const told = new Float32Array(count * definition.conditionUnits);
  if (labels !== null) oneHotInto(labels, definition.conditionUnits, told);
  for (const { book, use, image, condition, vectors, perImage, tensors } of codebookGraphs(definition)) {
    if (weights.get(use)!.values.some((share) => share !== 0)) continue;
    const [entries, width] = weights.get(book)!.shape as [number, number];
    const graph = {
      ...{ name: 'first vectors', tensors, output: { symbol: vectors, size: perImage * width } },
      inputs: { image, ...(condition === undefined ? {} : { [CLASS]: condition }) },
    };
    const draws = uniform(engine, entries, seed, streamOf(`start/${book}`));
    await withRowsProgram(engine, graph, weights, { rows: count, threads: 1 }, async (run) =>
      begin(weights, { book, use }, await run({ image: images, [CLASS]: told }, count), draws),
    );
  }
}

function uniform(engine: Engine, count: number, seed: number, stream: number): Float32Array {
  const arena = engine.memory();
  const { offset } = arena.reserve(count);
  arena.kernels.uniform(offset, count, 0, 1, seed, stream, 0, 0);
  const draws = arena.floats({ offset, length: count }).slice();
  arena.dispose();
  return draws;
}

function begin(
  weights: ReadonlyMap<string, NamedTensor>,
  names: { book: string; use: string },
  vectors: Float32Array,
  draws: Float32Array,
): void {
  const [book, use] = [weights.get(names.book)!, weights.get(names.use)!];
  const width = book.shape[1]!;
  const rows = spread(vectors, width);
  if (!rows.every(Number.isFinite)) return;
  const { centres, counts } = kMeans(rows, width, draws);
  book.values.set(centres);
  const total = rows.length / width;
  for (const [i, members] of counts.entries()) use.values[i] = members / total;
}

/** Some of the rows, from all over them. */
function spread(rows: Float32Array, width: number): Float32Array {
  const count = rows.length / width;
  if (count <= MOST_VECTORS) return rows;
  const some = new Float32Array(MOST_VECTORS * width);
  for (let i = 0; i < MOST_VECTORS; i++) {
    const row = Math.floor((i * count) / MOST_VECTORS);
    some.set(rows.subarray(row * width, (row + 1) * width), i * width);
  }
  return some;
}
