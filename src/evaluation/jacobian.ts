/** How far codes move when images change: the mean norm of the encoder's Jacobian over some images. */
import type { Engine } from '../engine/index.ts';
import { CLASS, type Definition, jacobianGraph, oneHotInto } from '../models/index.ts';
import { rowsWithin } from '../samples/index.ts';
import { bindWeights, type NamedTensor } from '../training/index.ts';

/** Codes of more units have too large a graph: a pass back for each. */
const MOST_UNITS = 256;

/** Rows of a run: as many as fit into so many bytes, but no more than this. */
const MOST_ROWS = 500;
const BYTES = 2 ** 23;

/** Some images, [rows, values], and their labels, which a conditional model is told. */
export interface JacobianPass {
  readonly images: Float32Array;
  readonly labels?: Uint8Array;
}

/**
 * The mean of ‖∂h/∂x‖_F over images in [0, 1], exact, of the encoder as it is shipped (no
 * dropout, no noise; the mean for a Gaussian code); null for codes of more than 256 units.
 */
export async function meanJacobianNorm(
  engine: Engine,
  definition: Definition,
  weights: ReadonlyMap<string, NamedTensor>,
  passes: Iterable<JacobianPass> | AsyncIterable<JacobianPass>,
  threads: number,
): Promise<number | null> {
  const { values, codeUnits, conditionUnits } = definition;
  if (codeUnits > MOST_UNITS) return null;
  const rowsAtOnce = rowsWithin(BYTES, values, MOST_ROWS);
  const { net, image, condition, squaredNorm } = jacobianGraph(definition);
  const arena = engine.memory();
  const [block, result] = [arena.reserve(rowsAtOnce * values), arena.reserve(rowsAtOnce)];
  const told = arena.reserve(rowsAtOnce * conditionUnits);
  const classes = condition === undefined ? {} : { [CLASS]: { symbol: condition, block: told } };
  const inputs = { image: { symbol: image, block }, ...classes, ...bindWeights(arena, [net], weights)(net) };
  const outputs = { norm: { symbol: squaredNorm, block: result } };
  const program = await engine.compile({ name: 'jacobian', inputs, outputs, memory: arena }, { threads });
  try {
    let [sum, count] = [0, 0];
    for await (const { images: piece, labels } of passes) {
      for (let start = 0; start < piece.length; start += rowsAtOnce * values) {
        const rows = piece.subarray(start, start + rowsAtOnce * values);
        arena.floats(block, rows.length).set(rows);
        const first = start / values;
        if (conditionUnits > 0)
          oneHotInto(
            labels!.subarray(first, first + rows.length / values),
            conditionUnits,
            arena.floats(told),
          );
        await program.run(rows.length / values);
        for (const squared of arena.floats(result, rows.length / values))
          sum += Math.sqrt(Math.max(0, squared));
        count += rows.length / values;
      }
    }
    return sum / count;
  } finally {
    await program.dispose();
    arena.dispose();
  }
}
