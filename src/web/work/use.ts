/** The calls that use a model, in a worker or in the calling thread. */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import {
  anomaly,
  decodeIntegers,
  denoise,
  encodeIntegers,
  type ImageValues,
  interpolate,
  type Model,
  manifold,
  type NoiseOptions,
  type SampleSource,
  sample,
  sampleSources,
} from '../../model/index.ts';
import { openModelBy } from '../../model/model.ts';
import type { TraitsReader } from '../../model/traits.ts';
import { fetchModel, type PostedSource } from './fetch-model.ts';

/** What a page sees of a model before it calls it. */
export type OpenedModel = Pick<Model, 'info' | 'statistics' | 'quantised' | 'diagnosis'> & {
  sources: readonly SampleSource[];
};

/** Images with a model's noise, on an engine. */
type AddNoise<E> = (
  engine: E,
  model: Model,
  images: ImageValues,
  options?: NoiseOptions,
) => Promise<FloatArray>;

/** The calls, by their names. How noise is made and traits are read depends on what is loaded. */
export function usesOf<E extends ModelEngine>(
  openEngine: () => Promise<E>,
  addNoise: AddNoise<E>,
  readTraits: TraitsReader,
) {
  let opened: { engine: E; model: Model } | undefined;
  /** The model; calls come after it was opened. */
  const use = () => opened!;
  type Given<F extends (...given: never[]) => unknown> = F extends (
    model: Model,
    ...given: infer Rest
  ) => unknown
    ? Rest
    : never;

  return {
    async open(posted: PostedSource): Promise<OpenedModel> {
      const engine = await openEngine();
      const content = await fetchModel(posted, engine.sha256);
      opened = { engine, model: await openModelBy(engine, content, { threads: 1, readTraits }) };
      const { info, statistics, quantised, diagnosis } = opened.model;
      const sources = sampleSources(opened.model);
      return { info, statistics, diagnosis, sources, ...(quantised === undefined ? {} : { quantised }) };
    },
    dispose: async () => opened?.model.dispose(),
    encode: async (...given: Parameters<Model['encode']>) => use().model.encode(...given),
    posterior: async (...given: Parameters<Model['posterior']>) => use().model.posterior(...given),
    drawPosterior: async (...given: Parameters<Model['drawPosterior']>) =>
      use().model.drawPosterior(...given),
    decode: async (...given: Parameters<Model['decode']>) => use().model.decode(...given),
    reconstruct: async (...given: Parameters<Model['reconstruct']>) => use().model.reconstruct(...given),
    encodeIntegers: async (...given: Given<typeof encodeIntegers>) => encodeIntegers(use().model, ...given),
    decodeIntegers: async (...given: Given<typeof decodeIntegers>) => decodeIntegers(use().model, ...given),
    denoise: async (...given: Given<typeof denoise>) => denoise(use().model, ...given),
    anomaly: async (...given: Given<typeof anomaly>) => anomaly(use().model, ...given),
    interpolate: async (...given: Given<typeof interpolate>) => interpolate(use().model, ...given),
    manifold: async (...given: Given<typeof manifold>) => manifold(use().model, ...given),
    async sample(...given: Parameters<typeof sample> extends [unknown, unknown, ...infer R] ? R : never) {
      const { engine, model } = use();
      return sample(engine, model, ...given);
    },
    async addNoise(...given: [images: ImageValues, options?: NoiseOptions]) {
      const { engine, model } = use();
      return addNoise(engine, model, ...given);
    },
  };
}
