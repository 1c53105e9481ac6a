/**
 * A compiled graph bound to a memory: each input is read from its block and each result written to its
 * block, with nothing copied and nothing allocated per run.
 */

import type { Tensor } from 'onnxruntime-common';
import type { Binding, BoundGraph, Program, RunSettings } from '../../engine/index.ts';
import { BATCH, bindShape, topologicalOrder } from '../../graph/index.ts';
import { END, encodeModel, withEnd } from '../../onnx/index.ts';
import { sizeOf } from '../../size.ts';
import { convolutionBlock } from './convolution-block.ts';
import { createSession, untilEnd } from './session.ts';
import { onnxRuntime } from './vendored.ts';

/** Tensors for one number of rows, made once and used at every run. */
interface Bound {
  feeds: Record<string, Tensor>;
  fetches: Record<string, Tensor | null>;
}

export async function compile(graph: BoundGraph, settings: RunSettings): Promise<Program> {
  const { name, inputs, outputs, memory } = graph;
  const symbols = (bindings: Readonly<Record<string, Binding>>) =>
    Object.fromEntries(Object.entries(bindings).map(([key, { symbol }]) => [key, symbol]));
  const results = symbols(outputs);
  const convolves = topologicalOrder(Object.values(results)).some(({ op }) => op === 'Conv');
  const onProcessor = (settings.device ?? 'cpu') === 'cpu';
  const toRun = { channelBlock: convolves && onProcessor ? await convolutionBlock() : null };
  const model = encodeModel({ name, inputs: symbols(inputs), outputs: results, toRun });
  const session = await createSession(withEnd(model), settings);
  const bound = new Map<number, Bound>();
  let disposed: Promise<void> | undefined;

  const tensors = (bindings: Readonly<Record<string, Binding>>, rows: number) => {
    const { Tensor } = onnxRuntime();
    return Object.fromEntries(
      Object.entries(bindings).map(([key, { symbol, block }]) => {
        const shape = bindShape(symbol.shape, { [BATCH]: rows });
        const size = sizeOf(shape);
        if (size > block.length) {
          throw new RangeError(
            `${name}: '${key}' of ${size} elements does not fit its block of ${block.length}`,
          );
        }
        return [key, new Tensor('float32', memory.floats(block, size), shape)];
      }),
    );
  };

  return {
    async run(rows) {
      if (disposed !== undefined) throw new Error(`${name}: it was disposed of`);
      let views = bound.get(rows);
      if (views === undefined) {
        views = { feeds: tensors(inputs, rows), fetches: { [END]: null, ...tensors(outputs, rows) } };
        bound.set(rows, views);
      }
      await untilEnd(session.run(views.feeds, views.fetches));
    },
    dispose() {
      disposed ??= session.release();
      return disposed;
    },
  };
}
