/** What every engine does with the bindings of a graph before it runs them. */
import { BATCH, bindShape, type Sym } from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import type { Binding } from './engine.ts';

type Bindings = Readonly<Record<string, Binding>>;

/** The graph's inputs or outputs by their names. */
export const symbolsOf = (bindings: Bindings): Record<string, Sym> =>
  Object.fromEntries(Object.entries(bindings).map(([key, { symbol }]) => [key, symbol]));

/**
 * The shapes for a number of rows, with their blocks.
 * @param name the graph's, for errors.
 * @throws RangeError if one does not fit its block.
 */
export function shapesOf(name: string, bindings: Bindings, rows: number) {
  return Object.entries(bindings).map(([key, { symbol, block }]) => {
    const shape = bindShape(symbol.shape, { [BATCH]: rows });
    const size = sizeOf(shape);
    if (size > block.length) {
      throw new RangeError(`${name}: '${key}' of ${size} elements does not fit its block of ${block.length}`);
    }
    return { key, shape, size, block };
  });
}
