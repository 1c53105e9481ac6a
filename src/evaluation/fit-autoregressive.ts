/** Fits an autoregressive prior to the codes of a finished run's training images, as whole numbers. */
import type { TrainingSplits } from '../data/splits.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { requireQuantised } from '../model/apply/integers.ts';
import type { Model } from '../model/model.ts';
import type { Quantised } from '../model/quantised.ts';
import { type Autoregressive, autoregressiveMetadata } from '../model/samplers/autoregressive.ts';
import {
  type AutoregressiveShape,
  autoregressiveGraph,
  autoregressiveNats,
  encodeAutoregressive,
} from '../models/index.ts';
import { sizeOf } from '../size.ts';
import { fitNetwork, type NamedTensor, withRowsProgram } from '../training/index.ts';
import { independentNats, integersOf, placeCounts } from './integers.ts';
import type { OnProgress } from './progress.ts';

/** Steps by default: some minutes on two cores. */
const STEPS = 3000;
const BATCH = 64;
/** Scores of one batch: fewer codes make one where there are many numbers or values. */
const SCORES = 2 ** 21;
/** The share of the training codes that choose when to stop. */
const CHOOSING = 0.1;
const LEARNING_RATE = 0.002;
/** Codes that it is fitted to and measured on, at most. */
const MOST_CODES = 60_000;
const MOST_HELD_OUT = 5000;
/** The longest codes, and the most rows of its table of numbers. */
const LONGEST = 512;
const MOST_ROWS = 8192;

export async function fitAutoregressive(
  engine: Engine,
  model: Model,
  splits: TrainingSplits,
  {
    seed,
    threads,
    steps = STEPS,
    onProgress,
  }: { seed: number; threads: number; steps: number | undefined; onProgress: OnProgress },
): Promise<Uint8Array> {
  const quantised = requireQuantised(model);
  const shape = shapeFor(quantised);
  const split = splits.validation.count > 0 ? 'validation' : 'test';
  const all = await integersOf(model, splits.train, MOST_CODES, (share) => onProgress('codes', share));
  const held = await integersOf(model, splits[split], MOST_HELD_OUT);
  const { length, count } = shape;
  // The last of the training codes choose when to stop; what is reported is of codes that choose nothing.
  const codes = Math.max(1, Math.floor((1 - CHOOSING) * (all.length / length)));
  const [train, choosing] = [all.subarray(0, codes * length), all.subarray(codes * length)];
  const measure = (weights: ReadonlyMap<string, NamedTensor>) =>
    natsOf(engine, shape, weights, choosing, threads);
  const { weights, step } = await fitNetwork(
    engine,
    autoregressiveGraph(shape),
    { integers: train },
    {
      count: codes,
      batchSize: Math.max(8, Math.min(BATCH, Math.floor(SCORES / (length * count)))),
      steps,
      learningRate: LEARNING_RATE,
      seed,
      threads,
      ...(choosing.length === 0 ? {} : { held: { every: Math.max(1, Math.round(steps / 12)), measure } }),
      onProgress: (share, loss) => onProgress(`autoregressive prior, ${loss.toFixed(1)} nats`, share),
    },
  );
  const plain = new Map([...weights].map(([name, { values }]) => [name, values]));
  const facts: Omit<Autoregressive, 'weights'> = {
    note: `an autoregressive prior, fitted to ${codes.toLocaleString('en')} codes of training images in ${step.toLocaleString('en')} steps`,
    heldOut: {
      codes: held.length / length,
      split,
      nats: await natsOf(engine, shape, weights, held, threads),
      independentNats: independentNats(held, placeCounts(train, length, count), length),
    },
    shape,
  };
  return encodeAutoregressive(shape, plain, autoregressiveMetadata(facts, model.info.metadata.weights ?? ''));
}

/** Sizes for the codes of a model. @throws HourglassError (usage) for codes that are too long or of too many values. */
function shapeFor({ shape, count, layout }: Quantised): AutoregressiveShape {
  const length = sizeOf(shape);
  const tables = layout.each === 'unit' ? layout.perPlace : layout.stages;
  if (length > LONGEST || tables * count > MOST_ROWS) {
    const long = length > LONGEST;
    throw new HourglassError('usage', {
      subject: 'an autoregressive prior',
      rule: long
        ? `is for codes of at most ${LONGEST} whole numbers: each is drawn by all before it`
        : `is for at most ${MOST_ROWS} values, those of all stages or units together`,
      got: long ? length : tables * count,
      hint: long ? 'train with fewer positions or stages' : 'train with a smaller codebook or fewer levels',
    });
  }
  return { length, count, tables, width: 64, heads: 4, layers: 2 };
}

/** −ln p in nats, a mean over codes. */
async function natsOf(
  engine: Engine,
  shape: AutoregressiveShape,
  weights: ReadonlyMap<string, NamedTensor>,
  integers: Float32Array,
  threads: number,
): Promise<number> {
  const { net, integers: symbol, nats } = autoregressiveNats(shape);
  const { length, count } = shape;
  const rows = Math.max(1, Math.min(BATCH, Math.floor(SCORES / (length * count))));
  const graph = {
    name: 'nats',
    tensors: net.parameters.values(),
    inputs: { integers: symbol },
    output: { symbol: nats, size: 1 },
  };
  return withRowsProgram(engine, graph, weights, { rows, threads }, async (run) => {
    const codes = integers.length / length;
    let sum = 0;
    for (let first = 0; first < codes; first += rows) {
      const n = Math.min(rows, codes - first);
      const some = integers.subarray(first * length, (first + n) * length);
      for (const one of await run({ integers: some }, n)) sum += one;
    }
    return sum / codes;
  });
}
