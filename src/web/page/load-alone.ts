/** `loadModel` of 'hourglass/use'. */
import { isServer } from '../address.ts';
import { startUseWorker } from '../worker-thread.ts';
import { type ModelClient, type ModelSource, openIn, type PageModel } from './model.ts';
import { WorkerClient } from './worker-client.ts';

/** A page stays responsive while a worker computes. Servers have threads of their own, and some pages no workers. */
async function connect(): Promise<ModelClient> {
  if (!isServer() && typeof Worker === 'function') return new WorkerClient(startUseWorker());
  return (await import('./here.ts')).clientHere();
}

/**
 * Loads a model: in a page into a worker of its own; on Node, Bun and Deno, and where there are no workers, in the calling
 * thread. All files are first checked individually and against one another. On Node, Bun and Deno, a text that is not an
 * address is a path.
 *
 * @throws HourglassError of kind `run` if there is no model or it is damaged; `data` if hourglass did not write it, or it
 * cannot be loaded; `environment` if ONNX Runtime does not start.
 *
 * @example
 * ```ts
 * import { loadModel, sample } from 'hourglass/use';
 *
 * const model = await loadModel('runs/vae');
 * const { shape } = await model.reconstruct(new Uint8Array(28 * 28));
 * console.log(shape, (await sample(model, 4)).images.shape);
 * await model.dispose();
 * ```
 */
export async function loadModel(source: ModelSource): Promise<PageModel> {
  return openIn(await connect(), source);
}
