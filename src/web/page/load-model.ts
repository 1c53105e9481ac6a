/** A model in a worker of its own, used from the page. */

import { startComputingWorker } from './computing-worker.ts';
import { type ModelSource, openIn, type PageModel } from './model.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * Loads a model into a worker of its own. All files are first checked individually and against one another.
 *
 * @throws HourglassError of kind `run` if there is no model or it is damaged; `data` if hourglass did not write it, or it
 * cannot be loaded; `environment` if ONNX Runtime does not start.
 *
 * @example
 * ```ts
 * import { loadModel } from 'hourglass/web';
 *
 * const model = await loadModel('models/digits');
 * const codes = await model.encode(new Uint8Array(28 * 28));
 * const { data, shape } = await model.decode(codes.data);
 * await model.dispose();
 * ```
 */
export async function loadModel(source: ModelSource): Promise<PageModel> {
  return openIn(new WorkerClient(startComputingWorker()), source);
}
