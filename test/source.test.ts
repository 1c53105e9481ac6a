/** A source of samples from outside of `src`: rows of floats that arrive late, of an odd width, with scaled columns. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { autoencoderSchema, defineAutoencoder, objectiveSchema } from '../src/models/index.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { meanSample, memorySource, type SampleSpec, type Source, subset } from '../src/samples/index.ts';
import {
  createTrainer,
  type Position,
  type Trainer,
  trainingLoop,
  trainingSchema,
} from '../src/training/index.ts';
import { random } from './reference/random.ts';

const WIDTH = 37;
const COUNT = 90;

const SPEC: SampleSpec = {
  kind: 'row',
  shape: [WIDTH],
  storage: 'float32',
  scaling: {
    type: 'columns',
    offset: Float32Array.from({ length: WIDTH }, (_, i) => 100 * i),
    scale: Float32Array.from({ length: WIDTH }, (_, i) => 1 + i),
  },
  range: null,
  columns: Array.from({ length: WIDTH }, (_, i) => `sensor${i}`),
};

/** Rows of one dimension: column i is 100 i + (1 + i) (t · a[i]). */
const VALUES = (() => {
  const draw = random(7);
  const direction = Array.from({ length: WIDTH }, () => 2 * draw() - 1);
  return Float32Array.from({ length: COUNT }, () => 4 * draw() - 2).reduce(
    (values, t, n) => {
      for (let i = 0; i < WIDTH; i++) values[n * WIDTH + i] = 100 * i + (1 + i) * t * direction[i]!;
      return values;
    },
    new Float32Array(COUNT * WIDTH),
  );
})();

/** Reads a row at a time, with a delay before each; fails in the read with the number `failsAt`. */
function lateSource(failsAt = Number.POSITIVE_INFINITY): Source & { reads: number } {
  return {
    spec: SPEC,
    count: COUNT,
    reads: 0,
    async read(indices, into) {
      this.reads++;
      for (const [row, index] of indices.entries()) {
        if (row % 8 === 0) await wait(1);
        if (this.reads >= failsAt) throw new Error(`row ${index}: the sensor does not answer`);
        into.set(VALUES.subarray(index * WIDTH, (index + 1) * WIDTH), row * WIDTH);
      }
    },
  };
}

const SETTINGS = trainingSchema.parse({
  epochs: 6,
  batchSize: 16,
  optimiser: { type: 'adam', learningRate: 0.01 },
});

async function trainer(objective: object = {}): Promise<Trainer> {
  const model = autoencoderSchema().parse({
    family: 'autoencoder',
    encoder: [{ type: 'dense', units: 12, activation: 'tanh' }],
    code: { units: 1 },
    decoder: [{ type: 'dropout', rate: 0.1 }],
    output: { activation: 'identity' },
    centre: true,
  });
  return createTrainer(nodeEngine, {
    definition: defineAutoencoder(model, { channels: 1, height: 1, width: WIDTH }),
    objective: objectiveSchema().parse({ loss: { type: 'mse' }, ...objective }),
    settings: SETTINGS,
    seed: 3,
    threads: 1,
    samples: SPEC,
    mean: await meanSample(memorySource(SPEC, VALUES)),
  });
}

const trainingRows = Uint32Array.from({ length: 75 }, (_, i) => i);
const heldOutRows = Uint32Array.from({ length: 15 }, (_, i) => 75 + i);

/** Trains on a source, from a position, to the end or until `until` steps were taken. */
async function run(source: Source, made: Trainer, { from, until }: { from?: Position; until?: number } = {}) {
  const losses: number[] = [];
  let position: Position | undefined;
  const loop = trainingLoop({
    trainer: made,
    train: subset(source, trainingRows),
    validation: subset(source, heldOutRows),
    settings: SETTINGS,
    ...(from === undefined ? {} : { from }),
  });
  let failure: unknown;
  try {
    for await (const event of loop) {
      if (event.type === 'epoch') losses.push(event.metrics.validation.loss!);
      if (event.type !== 'step') continue;
      position = event.position();
      if (event.step === until) break;
    }
  } catch (error) {
    failure = error;
  }
  return { losses, position, failure };
}

const tensors = (made: Trainer) =>
  new Map([...made.weights(), ...made.optimiserState()].map(([name, { values }]) => [name, values.slice()]));

test('what is defined for values from 0 to 1 alone is refused for other samples, with a way out', async () => {
  await expect(trainer({ corruption: { type: 'gaussian', sigma: 0.1 } })).rejects.toThrow(
    /^corruption\.type: is for samples with values from 0 to 1, and these have values without limits, got gaussian; use one of none, multiscaleGaussian, masking/,
  );
  await expect(trainer({ loss: { type: 'bce' } })).rejects.toThrow(
    /^loss\.type: is for samples .* got bce; use one of mse/,
  );
  await (await trainer({ corruption: { type: 'masking', rate: 0.1 } })).dispose();
});

describe('rows of floats that arrive late', () => {
  test('are learned, with the bits of the same rows in memory', async () => {
    const [late, direct] = [await trainer(), await trainer()];
    const { losses } = await run(lateSource(), late);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
    expect((await run(memorySource(SPEC, VALUES), direct)).losses).toEqual(losses);
    expect(tensors(direct)).toEqual(tensors(late));
    await late.dispose();
    await direct.dispose();
  });

  test('a training that was left within an epoch goes on with the same bits', async () => {
    const [whole, first, second] = [await trainer(), await trainer(), await trainer()];
    await run(lateSource(), whole);
    const { position } = await run(lateSource(), first, { until: 8 });
    const saved = tensors(first);
    for (const [name, { values }] of [...second.weights(), ...second.optimiserState()])
      values.set(saved.get(name)!);
    await run(lateSource(), second, { from: position! });
    expect(tensors(second)).toEqual(tensors(whole));
    for (const made of [whole, first, second]) await made.dispose();
  });

  test('a failed read is the error of the training, which can go on from where it was', async () => {
    const [whole, made] = [await trainer(), await trainer()];
    await run(lateSource(), whole);
    const { failure, position } = await run(lateSource(8), made);
    expect(String(failure)).toMatch(/^Error: row \d+: the sensor does not answer$/);
    expect(position!.step).toBeGreaterThan(0);
    await run(lateSource(), made, { from: position! });
    expect(tensors(made)).toEqual(tensors(whole));
    await whole.dispose();
    await made.dispose();
  });
});
