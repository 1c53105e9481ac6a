/** Importance weights of a variational model's samples, an image at a time. */

import type { Binding, Engine } from '../engine/index.ts';
import {
  CLASS,
  type Definition,
  importanceGraph,
  type LossConfig,
  oneHotInto,
  posteriorGraph,
} from '../models/index.ts';
import { rowsWithin } from '../samples/index.ts';
import { bindWeights, type NamedTensor, streamOf } from '../training/index.ts';

/** Samples that are decoded at once: few enough for a processor's cache to hold what is between them. */
const ROWS = 250;
const BYTES = 2 ** 24;

export interface WeighedImage {
  /** ln w of each sample, in nats; good until the next image is weighed. */
  logWeights: Float32Array;
  /** KL(q(z | x) ‖ p(z)) in nats: exact where it has a closed form, otherwise by the samples. */
  kl: number;
}

export interface ImportanceSampler {
  /**
   * @param image [values].
   * @param place its position in the split: its samples do not depend on the other images.
   * @param label its class, which a conditional model is told.
   */
  weigh(image: Float32Array, place: number, label?: number): Promise<WeighedImage>;
  dispose(): Promise<void>;
}

/** A sampler of `samples` codes for each image; same seed, same samples. */
export async function openImportanceSampler(
  engine: Engine,
  model: {
    definition: Definition;
    loss: LossConfig;
    weights: ReadonlyMap<string, NamedTensor>;
  },
  { samples, seed, threads }: { samples: number; seed: number; threads: number },
): Promise<ImportanceSampler> {
  const { definition, loss, weights } = model;
  const encoder = posteriorGraph(definition);
  const decoder = importanceGraph(definition, loss);
  const arena = engine.memory();
  const [image, mean, logVariance, kl] = [
    definition.values,
    definition.codeUnits,
    definition.codeUnits,
    1,
  ].map((length) => arena.reserve(length)) as [
    Binding['block'],
    Binding['block'],
    Binding['block'],
    Binding['block'],
  ];
  const rows = rowsWithin(BYTES, definition.values, Math.min(ROWS, samples));
  const [epsilon, piece, ratio] = [
    arena.reserve(rows * definition.codeUnits),
    arena.reserve(rows),
    arena.reserve(rows),
  ];
  const units = definition.conditionUnits;
  const classes = arena.reserve(rows * units);
  const classOf = ({ condition }: Pick<typeof encoder, 'condition'>) =>
    condition === undefined ? {} : { [CLASS]: { symbol: condition, block: classes } };
  // Tied decoders have the encoder's weights.
  const bind = bindWeights(arena, [encoder.net, decoder.net], weights);
  const encode = await engine.compile(
    {
      name: 'posterior',
      inputs: { image: { symbol: encoder.image, block: image }, ...classOf(encoder), ...bind(encoder.net) },
      outputs: {
        mean: { symbol: encoder.posterior.mean, block: mean },
        logVariance: { symbol: encoder.posterior.logVariance, block: logVariance },
        ...(encoder.kl === null ? {} : { kl: { symbol: encoder.kl, block: kl } }),
      },
      memory: arena,
    },
    { threads },
  );
  const weighRows = await engine.compile(
    {
      name: 'importance',
      inputs: {
        image: { symbol: decoder.image, block: image },
        mean: { symbol: decoder.mean, block: mean },
        logVariance: { symbol: decoder.logVariance, block: logVariance },
        epsilon: { symbol: decoder.epsilon, block: epsilon },
        ...classOf(decoder),
        ...bind(decoder.net),
      },
      outputs: {
        logWeights: { symbol: decoder.logWeights, block: piece },
        logRatio: { symbol: decoder.logRatio, block: ratio },
      },
      memory: arena,
    },
    { threads },
  );
  const logWeights = new Float32Array(samples);
  const stream = streamOf('likelihood/epsilon');
  return {
    async weigh(values, place, label) {
      if (units > 0) {
        if (label === undefined) throw new RangeError('a conditional model needs the label of an image');
        oneHotInto(new Uint8Array(rows).fill(label), units, arena.floats(classes));
      }
      arena.floats(image).set(values);
      await encode.run(1);
      let ratios = 0;
      for (let first = 0; first < samples; first += rows) {
        const count = Math.min(rows, samples - first);
        const [n, start] = [count * definition.codeUnits, first * definition.codeUnits];
        arena.kernels.normal(epsilon.offset, n, 0, 1, seed, stream, place, start);
        await weighRows.run(count);
        logWeights.set(arena.floats(piece, count), first);
        for (const value of arena.floats(ratio, count)) ratios += value;
      }
      return { logWeights, kl: encoder.kl === null ? -ratios / samples : arena.floats(kl)[0]! };
    },
    async dispose() {
      await encode.dispose();
      await weighRows.dispose();
      arena.dispose();
    },
  };
}
