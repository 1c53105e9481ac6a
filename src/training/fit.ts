/** Fits a network that is no autoencoder to rows of numbers: Adam on shuffled batches, with a rate that falls as a cosine. */
import type { Engine } from '../engine/index.ts';
import type { FittedGraph } from '../models/index.ts';
import { sizeOf } from '../size.ts';
import { initialise, reserveParameters } from './memory.ts';
import { reserveNoise } from './noise.ts';
import { optimise, slotNames } from './optimisers.ts';
import type { OptimiserConfig } from './settings.ts';
import { streamOf } from './streams.ts';
import type { NamedTensor } from './workspace.ts';

export interface FitSettings {
  /** Rows of the data. */
  count: number;
  batchSize: number;
  /** Steps in all; epochs follow each other, each in an order of its own. */
  steps: number;
  /** That of the first step; the last ones go to 0. */
  learningRate: number;
  seed: number;
  threads: number;
  /** Measures weights on rows that are not learned from: the best are kept. By default the last ones are. */
  held?: {
    /** Steps from one measurement to the next; the last step is measured, too. */
    every: number;
    measure(weights: ReadonlyMap<string, NamedTensor>): Promise<number>;
  };
  /** The weights to begin with, by name; drawn by the seed unless given. */
  begin?: ReadonlyMap<string, Float32Array>;
  /** Called with the share of the steps that is done, and the loss of the batch. */
  onProgress?: (share: number, loss: number) => void;
}

/** Steps between two reports of progress. */
const REPORTED = 50;

/**
 * Weights by name, the mean loss of the last tenth of the steps, and the step after which the weights are kept.
 * @param data the rows of each input, one after the other.
 */
export async function fitNetwork(
  engine: Engine,
  graph: FittedGraph,
  data: Readonly<Record<string, Float32Array>>,
  { count, steps, learningRate, seed, threads, begin, held, onProgress, ...settings }: FitSettings,
): Promise<{ weights: Map<string, NamedTensor>; loss: number; step: number }> {
  const batchSize = Math.min(settings.batchSize, count);
  const optimiser: OptimiserConfig = {
    ...{ type: 'adam', learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ...{ weightDecay: 0, decayBiases: false },
  };
  const arena = engine.memory();
  const needs = { slotNames: slotNames(optimiser), partial: false };
  const { places, groups } = reserveParameters(arena, [...graph.net.parameters.values()], needs);
  const noise = reserveNoise(arena, [{ net: graph.net, rows: batchSize }], seed);
  const inputs = Object.entries(graph.inputs).map(([name, symbol]) => {
    const size = sizeOf(symbol.shape.slice(1) as number[]);
    return { name, symbol, size, block: arena.reserve(batchSize * size) };
  });
  const [inverseBatch, share, lossBlock] = [arena.reserve(1), arena.reserve(1), arena.reserve(1)];
  const order = arena.reserve(count);
  for (const { parameter, value } of places) {
    const given = begin?.get(parameter.name);
    if (given !== undefined) arena.floats(value).set(given);
    else initialise(arena, value, parameter.initialiser, parameter.name, seed);
  }
  const program = await engine.compile(
    {
      name: 'fit',
      memory: arena,
      inputs: {
        ...Object.fromEntries(inputs.map(({ name, symbol, block }) => [name, { symbol, block }])),
        ...Object.fromEntries(
          places.map(({ parameter, value }) => [parameter.name, { symbol: parameter.symbol, block: value }]),
        ),
        ...noise.bindings(graph.net),
        inverseBatch: { symbol: graph.net.inverseBatch, block: inverseBatch },
        share: { symbol: graph.net.share, block: share },
      },
      outputs: {
        loss: { symbol: graph.loss, block: lossBlock },
        ...Object.fromEntries(
          places.map(({ parameter, gradient: block }) => [
            `gradient/${parameter.name}`,
            { symbol: graph.gradients.find((one) => one.parameter === parameter)!.gradient, block },
          ]),
        ),
      },
    },
    { threads },
  );
  arena.floats(inverseBatch)[0] = 1 / batchSize;
  arena.floats(share)[0] = 1;
  const { buffer, byteOffset } = arena.floats(order);
  const shuffled = new Uint32Array(buffer, byteOffset, count);
  const perEpoch = Math.max(1, Math.floor(count / batchSize));
  let [sum, summed] = [0, 0];
  const weightsNow = () => {
    const weights = places.map(({ parameter: { name, shape }, value }) => {
      return [name, { shape, values: arena.floats(value).slice() }] as const;
    });
    return new Map(weights);
  };
  let best: { weights: Map<string, NamedTensor>; found: number; step: number } | null = null;
  try {
    for (let step = 0; step < steps; step++) {
      const [epoch, inEpoch] = [Math.floor(step / perEpoch), step % perEpoch];
      if (inEpoch === 0) arena.kernels.permutation(order.offset, count, seed, streamOf('fit/shuffle'), epoch);
      for (const { name, size, block } of inputs) {
        const [rows, values] = [arena.floats(block), data[name]!];
        for (let row = 0; row < batchSize; row++) {
          const from = shuffled[inEpoch * batchSize + row]! * size;
          rows.set(values.subarray(from, from + size), row * size);
        }
      }
      noise.draw(graph.net, batchSize, { type: 'training', step, firstRow: 0 });
      await program.run(batchSize);
      const loss = arena.floats(lossBlock)[0]!;
      if (step >= Math.floor(0.9 * steps)) [sum, summed] = [sum + loss, summed + 1];
      const rate = (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      for (const group of groups)
        optimise(optimiser, arena, group, { learningRate: rate, gradientScale: 1, step: step + 1 });
      if (step % REPORTED === 0) onProgress?.(step / steps, loss);
      if (held === undefined || ((step + 1) % held.every !== 0 && step + 1 < steps)) continue;
      const weights = weightsNow();
      const found = await held.measure(weights);
      if (best === null || found < best.found) best = { weights, found, step: step + 1 };
    }
    return { ...(best ?? { weights: weightsNow(), step: steps }), loss: sum / summed };
  } finally {
    await program.dispose();
    arena.dispose();
  }
}
