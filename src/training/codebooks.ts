/**
 * How codebooks begin: with the k-means centres of the vectors that the encoder makes of the first batch, one after the other,
 * as each stage is for what the last one left.
 */
import type { Engine } from '../engine/index.ts';
import { CLASS, codebookGraphs, type Definition, oneHotInto } from '../models/index.ts';
import { sizeOf } from '../size.ts';
import { kMeans } from './k-means.ts';
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
  for (const { book, use, image, condition, vectors, perImage, tensors } of codebookGraphs(definition)) {
    if (weights.get(use)!.values.some((share) => share !== 0)) continue;
    const [entries, width] = weights.get(book)!.shape as [number, number];
    const arena = engine.memory();
    const given = arena.reserve(images.length);
    const told = arena.reserve(count * definition.conditionUnits);
    const made = arena.reserve(count * perImage * width);
    const blocks = tensors.map((tensor) => ({ tensor, block: arena.reserve(sizeOf(tensor.shape)) }));
    const draws = arena.reserve(entries);
    const program = await engine.compile(
      {
        name: 'first vectors',
        memory: arena,
        inputs: {
          image: { symbol: image, block: given },
          ...(condition === undefined ? {} : { [CLASS]: { symbol: condition, block: told } }),
          ...Object.fromEntries(
            blocks.map(({ tensor, block }) => [tensor.name, { symbol: tensor.symbol, block }]),
          ),
        },
        outputs: { vectors: { symbol: vectors, block: made } },
      },
      { threads: 1 },
    );
    try {
      arena.floats(given).set(images);
      if (labels !== null) oneHotInto(labels, definition.conditionUnits, arena.floats(told));
      for (const { tensor, block } of blocks) arena.floats(block).set(weights.get(tensor.name)!.values);
      await program.run(count);
      arena.kernels.uniform(draws.offset, draws.length, 0, 1, seed, streamOf(`start/${book}`), 0, 0);
      begin(weights, { book, use }, arena.floats(made), arena.floats(draws));
    } finally {
      await program.dispose();
      arena.dispose();
    }
  }
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
