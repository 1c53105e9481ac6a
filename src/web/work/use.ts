/** The calls that use a model: one model in a worker. */
import type { Engine } from '../../engine/index.ts';
import { addNoise, anomaly, denoise, interpolate, type Model, manifold, sample } from '../../model/index.ts';
import { openModel } from '../../model/model.ts';
import { fetchModel, type PostedSource } from './fetch-model.ts';

/** What a page sees of a model before it calls it. */
export type OpenedModel = Pick<Model, 'info' | 'statistics' | 'diagnosis'>;

export function usesOf(openEngine: () => Promise<{ engine: Engine; threads: number }>) {
  let opened: Promise<{ engine: Engine; model: Model }> | undefined;
  const open = async (posted: PostedSource) => {
    const { engine, threads } = await openEngine();
    const content = await fetchModel(posted, engine.sha256);
    return { engine, model: await openModel(engine, content, { threads }) };
  };
  const use = async () => opened!;
  type Given<F extends (...given: never[]) => unknown> = F extends (
    model: Model,
    ...given: infer Rest
  ) => unknown
    ? Rest
    : never;

  return {
    async open(_: unknown, posted: PostedSource): Promise<OpenedModel> {
      opened = open(posted);
      const { info, statistics, diagnosis } = (await opened).model;
      return { info, statistics, diagnosis };
    },
    encode: async (_: unknown, ...given: Parameters<Model['encode']>) => (await use()).model.encode(...given),
    decode: async (_: unknown, ...given: Parameters<Model['decode']>) => (await use()).model.decode(...given),
    reconstruct: async (_: unknown, ...given: Parameters<Model['reconstruct']>) =>
      (await use()).model.reconstruct(...given),
    denoise: async (_: unknown, ...given: Given<typeof denoise>) => denoise((await use()).model, ...given),
    anomaly: async (_: unknown, ...given: Given<typeof anomaly>) => anomaly((await use()).model, ...given),
    interpolate: async (_: unknown, ...given: Given<typeof interpolate>) =>
      interpolate((await use()).model, ...given),
    manifold: async (_: unknown, ...given: Given<typeof manifold>) => manifold((await use()).model, ...given),
    async sample(
      _: unknown,
      ...given: Parameters<typeof sample> extends [unknown, unknown, ...infer R] ? R : never
    ) {
      const { engine, model } = await use();
      return sample(engine, model, ...given);
    },
    async addNoise(
      _: unknown,
      ...given: Parameters<typeof addNoise> extends [unknown, unknown, ...infer R] ? R : never
    ) {
      const { engine, model } = await use();
      return addNoise(engine, model, ...given);
    },
  };
}
