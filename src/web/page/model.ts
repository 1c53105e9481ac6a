/** A loaded model as a page sees it, wherever it computes. */
import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { Model, Posterior, PosteriorDraws, SampleSource, Told } from '../../model/index.ts';
import { addressOf } from '../address.ts';
import type { PostedSource } from '../work/fetch-model.ts';
import type { OpenedModel } from '../work/use.ts';
import { type PageImages, valuesOf } from './images.ts';

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
export interface PageModel extends Pick<Model, 'info' | 'statistics' | 'quantised' | 'diagnosis'> {
  /** What `sample` can draw its codes from, the default first. */
  readonly sources: readonly SampleSource[];
  /** Codes, [n, units], of images. A conditional model is told their classes, here and below. */
  encode(images: PageImages, told?: Told): Promise<FloatArray>;
  /** The distribution of codes of each image: mean and log-variance. The model must be variational. */
  posterior(images: PageImages, told?: Told): Promise<Posterior>;
  /** Codes, [n, count, units], drawn from the distribution of each image: the same for the same seed, count and positions. */
  drawPosterior(images: PageImages, draws?: PosteriorDraws & Told): Promise<FloatArray>;
  /** Images, [n, channels, height, width] in [0, 1], of n codes one after the other. */
  decode(codes: Float32Array, told?: Told): Promise<FloatArray>;
  /** decode(encode(images)), [n, channels, height, width]. */
  reconstruct(images: PageImages, told?: Told): Promise<FloatArray>;
  /** Frees what the model computes in, as its worker. Later calls are refused. */
  dispose(): Promise<void>;
}

/** What a model computes in: a worker, or the calling thread. */
export interface ModelClient {
  /** Calls one of the functions of work/use.ts; arrays that are given are copied before it returns. */
  call<T>(name: string, ...given: readonly unknown[]): Promise<T>;
  /** Frees it. Later calls fail with this error; those that wait fail too, or end before. */
  end(error: Error): Promise<void>;
}

const clients = new WeakMap<PageModel, ModelClient>();

/** What a model computes in. */
export function callOf(model: PageModel): ModelClient {
  const client = clients.get(model);
  if (client !== undefined) return client;
  throw new HourglassError('usage', { subject: 'model', rule: 'must be one that loadModel gave' });
}

/** Opens a model in `client`, and ends it if that fails. */
export async function openIn(client: ModelClient, source: ModelSource): Promise<PageModel> {
  try {
    const opened = await client.call<OpenedModel>('open', posted(source));
    const { preprocessing } = opened.info;
    const model: PageModel = {
      ...opened,
      encode: async (images, told) => client.call('encode', valuesOf(images, preprocessing), told),
      posterior: async (images, told) => client.call('posterior', valuesOf(images, preprocessing), told),
      drawPosterior: async (images, draws) =>
        client.call('drawPosterior', valuesOf(images, preprocessing), draws),
      decode: (codes, told) => client.call('decode', codes, told),
      reconstruct: async (images, told) => client.call('reconstruct', valuesOf(images, preprocessing), told),
      async dispose() {
        await client.end(
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
    await client.end(error as Error);
    throw error;
  }
}

/** What can be posted: an address that holds wherever it is read. */
function posted(source: ModelSource): PostedSource {
  if (typeof source === 'string') return { address: addressOf(source).href };
  if (source instanceof URL) return { address: source.href };
  if (typeof source === 'object' && source !== null) return source;
  throw new HourglassError('usage', {
    subject: 'model',
    rule: 'must be an address, a file, bytes, or files by their names',
    got: typeof source,
  });
}
