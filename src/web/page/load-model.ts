/** A model in a worker of its own, used from the page. */
import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { Model } from '../../model/index.ts';
import type { PostedSource } from '../work/fetch-model.ts';
import { type PageImages, valuesOf } from './images.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * A model: the address of its folder, or of one `.onnx` file; one such file as a `File`, a `Blob` or bytes; several files of a
 * folder, dropped on the page; or the files by their names, as a training returns them.
 */
export type ModelSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | Uint8Array
  | readonly File[]
  | ReadonlyMap<string, Uint8Array>;

/** A trained model, loaded. Calls may overlap. Each takes any number of images. */
export interface PageModel extends Pick<Model, 'info' | 'statistics' | 'diagnosis'> {
  /** Codes, [n, units], of images. */
  encode(images: PageImages): Promise<FloatArray>;
  /** Images, [n, channels, height, width] in [0, 1], of n codes one after the other. */
  decode(codes: Float32Array): Promise<FloatArray>;
  /** decode(encode(images)), [n, channels, height, width]. */
  reconstruct(images: PageImages): Promise<FloatArray>;
  /** Ends the model's worker. Later calls are refused. */
  dispose(): Promise<void>;
}

const clients = new WeakMap<PageModel, WorkerClient>();

/** Calls the worker that a model lives in. */
export function callOf(model: PageModel): WorkerClient {
  const client = clients.get(model);
  if (client !== undefined) return client;
  throw new HourglassError('usage', { subject: 'model', rule: 'must be one that loadModel gave' });
}

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
  const client = new WorkerClient();
  try {
    const opened = await client.call<Pick<Model, 'info' | 'statistics' | 'diagnosis'>>(
      'open',
      posted(source),
    );
    const { preprocessing } = opened.info;
    const model: PageModel = {
      ...opened,
      encode: async (images) => client.call('encode', valuesOf(images, preprocessing)),
      decode: (codes) => client.call('decode', codes),
      reconstruct: async (images) => client.call('reconstruct', valuesOf(images, preprocessing)),
      async dispose() {
        client.end(
          new HourglassError('usage', {
            subject: 'model',
            rule: 'was disposed of and cannot be used any more',
            hint: 'load it again, or dispose of it later',
          }),
        );
      },
    };
    clients.set(model, client);
    return model;
  } catch (error) {
    client.end(error as Error);
    throw error;
  }
}

/** What can be posted: an address that holds wherever it is read. */
function posted(source: ModelSource): PostedSource {
  if (typeof source === 'string') return { address: new URL(source, location.href).href };
  if (source instanceof URL) return { address: source.href };
  if (typeof source === 'object' && source !== null) return source;
  throw new HourglassError('usage', {
    subject: 'model',
    rule: 'must be an address, a file, bytes, or files by their names',
    got: typeof source,
  });
}
