/**
 * A compiled graph bound to a memory: each input is read from its block and each result written to its
 * block, with nothing copied and nothing allocated per run.
 */

import type { Tensor } from 'onnxruntime-common';
import {
  type Binding,
  type BoundGraph,
  type Program,
  type RunSettings,
  shapesOf,
  symbolsOf,
} from '../../engine/index.ts';
import { topologicalOrder } from '../../graph/index.ts';
import { END, encodeModel, withEnd } from '../../onnx/index.ts';
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
  const results = symbolsOf(outputs);
  const convolves = topologicalOrder(Object.values(results)).some(({ op }) => op === 'Conv');
  const onProcessor = (settings.device ?? 'cpu') === 'cpu';
  const toRun = { channelBlock: convolves && onProcessor ? await convolutionBlock() : null };
  const model = encodeModel({ name, inputs: symbolsOf(inputs), outputs: results, toRun });
  const session = await createSession(withEnd(model), settings);
  const bound = new Map<number, Bound>();
  let disposed: Promise<void> | undefined;

  const tensors = (bindings: Readonly<Record<string, Binding>>, rows: number) => {
    const { Tensor } = onnxRuntime();
    return Object.fromEntries(
      shapesOf(name, bindings, rows).map(({ key, shape, size, block }) => [
        key,
        new Tensor('float32', memory.floats(block, size), shape),
      ]),
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
