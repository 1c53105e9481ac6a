/** How far codes move when images change: the mean norm of the encoder's Jacobian over some images. */
import type { Engine } from '../engine/index.ts';
import { CLASS, type Definition, jacobianGraph, oneHotInto } from '../models/index.ts';
import { rowsWithin } from '../samples/index.ts';
import { type NamedTensor, withRowsProgram } from '../training/index.ts';

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
  const graph = {
    ...{
      name: 'jacobian',
      tensors: [...net.parameters.values(), ...net.states.values()],
      output: { symbol: squaredNorm, size: 1 },
    },
    inputs: { image, ...(condition === undefined ? {} : { [CLASS]: condition }) },
  };
  return withRowsProgram(engine, graph, weights, { rows: rowsAtOnce, threads }, async (run) => {
    let [sum, count] = [0, 0];
    for await (const { images: piece, labels } of passes) {
      for (let start = 0; start < piece.length; start += rowsAtOnce * values) {
        const rows = piece.subarray(start, start + rowsAtOnce * values);
        const [first, n] = [start / values, rows.length / values];
        const told = new Float32Array(n * conditionUnits);
        if (conditionUnits > 0) oneHotInto(labels!.subarray(first, first + n), conditionUnits, told);
        for (const squared of await run({ image: rows, [CLASS]: told }, n))
          sum += Math.sqrt(Math.max(0, squared));
        count += n;
      }
    }
    return sum / count;
  });
}
