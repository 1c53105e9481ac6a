import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitPca, ReconstructionErrors, reconstructPca } from '../metrics/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import type { MemorySource, Source } from '../samples/index.ts';
import { type TrainingEvent, trainingLoop } from './loop.ts';
import type { Position } from './position.ts';
import type { TrainingSettings } from './settings.ts';
import {
  BUSY_MODEL,
  fakeTrainer,
  LINEAR_MODEL,
  lowRankImages,
  MANY_PARTS,
  modelOf,
  NOISY_MODEL,
  objectiveOf,
  settingsOf,
  trainerOf,
} from './testing.ts';
import type { Trainer } from './trainer.ts';

const at = (step: number, learningRate: number) => ({ step, epochs: 0, learningRate });

const NO_IMAGES = lowRankImages(10, 1, 0, 1);

async function collect(
  trainer: Trainer,
  settings: TrainingSettings,
  {
    train = NO_IMAGES,
    validation = NO_IMAGES,
    from,
  }: { train?: Source; validation?: Source; from?: Position } = {},
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  const start = from === undefined ? {} : { from };
  for await (const event of trainingLoop({ trainer, train, validation, settings, ...start }))
    events.push(event);
  return events;
}

const epochsOf = (events: TrainingEvent[]) => events.flatMap((e) => (e.type === 'epoch' ? [e] : []));

describe('an epoch', () => {
  test('sees every image once, the last short batch included', async () => {
    const { trainer, steps } = fakeTrainer({});
    await collect(trainer, settingsOf({ epochs: 2, batchSize: 4 }));
    expect(steps.map(({ indices }) => indices.length)).toEqual([4, 4, 2, 4, 4, 2]);
    expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const epoch of [steps.slice(0, 3), steps.slice(3)]) {
      const seen = epoch.flatMap(({ indices }) => indices);
      expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  test('weighs each batch by its images in the training loss', async () => {
    const { trainer } = fakeTrainer({ training: (step) => [1, 2, 6][step]! });
    const [epoch] = epochsOf(await collect(trainer, settingsOf({ epochs: 1, batchSize: 4 })));
    expect(epoch!.metrics.training.loss).toBeCloseTo((4 * 1 + 4 * 2 + 2 * 6) / 10, 12);
  });

  test('starts a new mean', async () => {
    const { trainer } = fakeTrainer({ training: (step) => (step < 3 ? 8 : 2) });
    const events = await collect(trainer, settingsOf({ epochs: 2, batchSize: 4 }));
    expect(epochsOf(events).map(({ metrics }) => metrics.training.loss)).toEqual([8, 2]);
  });

  test('draws its noise afresh at each step, from the seed and the step alone', async () => {
    const trainer = await trainerOf(BUSY_MODEL, 6, settingsOf({ optimiser: { type: 'sgd' } }));
    const images = lowRankImages(8, 6, 2, 1);
    // At a rate of 0 nothing but the noise changes from step to step.
    const lossAt = async (step: number) =>
      (await trainer.step(images, Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7), at(step, 0))).loss!;
    const losses: number[] = [];
    for (let step = 0; step < 12; step++) losses.push(await lossAt(step));
    expect(new Set(losses).size).toBe(12);
    expect(await lossAt(7)).toBe(losses[7]);
    await trainer.dispose();
  });

  test('a batch larger than the set is the whole set', async () => {
    const { trainer, steps } = fakeTrainer({});
    await collect(trainer, settingsOf({ epochs: 1, batchSize: 64 }));
    expect(steps.map(({ indices }) => indices.length)).toEqual([10]);
  });

  test('uses the schedule', async () => {
    const { trainer, steps } = fakeTrainer({});
    const schedule = { type: 'step', every: 1, factor: 0.5 };
    await collect(
      trainer,
      settingsOf({ epochs: 2, batchSize: 5, schedule, optimiser: { type: 'sgd', learningRate: 0.4 } }),
    );
    expect(steps.map(({ learningRate }) => learningRate)).toEqual([0.4, 0.4, 0.2, 0.2]);
  });

  test('a real shuffle is a new permutation each epoch, the same for the same seed', async () => {
    const settings = settingsOf({});
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map((seed) => trainerOf(LINEAR_MODEL, 4, settings, { seed })),
    );
    const order = (trainer: Trainer, epoch: number) => [...trainer.shuffle(50, epoch)];
    expect(order(a!, 0).toSorted((p, q) => p - q)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(order(a!, 0)).toEqual(order(b!, 0));
    expect(order(a!, 0)).not.toEqual(order(a!, 1));
    expect(order(a!, 0)).not.toEqual(order(c!, 0));
    await Promise.all([a, b, c].map((trainer) => trainer!.dispose()));
  });
});

describe('best and early stopping', () => {
  const losses = [5, 3, 4, 3, 2.9, 9, 9, 9];
  const validation = (epoch: number) => losses[epoch - 1]!;

  test('marks the epochs that are the best so far', async () => {
    const events = await collect(fakeTrainer({ validation }).trainer, settingsOf({ epochs: 6 }));
    expect(epochsOf(events).map(({ isBest }) => isBest)).toEqual([true, true, false, false, true, false]);
    expect(events.at(-1)).toMatchObject({
      type: 'end',
      reason: 'finished',
      position: { best: { epoch: 5, loss: 2.9 }, epoch: 6 },
    });
  });

  test('stops after `patience` epochs without improvement', async () => {
    const settings = settingsOf({ epochs: 8, earlyStopping: { patience: 3 } });
    const events = await collect(fakeTrainer({ validation }).trainer, settings);
    expect(epochsOf(events)).toHaveLength(8);
    const short = await collect(
      fakeTrainer({ validation }).trainer,
      settingsOf({ epochs: 8, earlyStopping: { patience: 2 } }),
    );
    expect(epochsOf(short)).toHaveLength(4);
    expect(short.at(-1)).toMatchObject({ reason: 'early-stopping', position: { best: { epoch: 2 } } });
  });

  test('an improvement below minDelta does not count, though it may be the best', async () => {
    const settings = settingsOf({ epochs: 8, earlyStopping: { patience: 3, minDelta: 0.5 } });
    const events = await collect(fakeTrainer({ validation }).trainer, settings);
    expect(epochsOf(events)).toHaveLength(5);
    expect(events.at(-1)).toMatchObject({
      reason: 'early-stopping',
      position: { best: { epoch: 5 }, improved: { epoch: 2 } },
    });
  });

  test('a run that stopped early stays stopped when it is resumed', async () => {
    const settings = settingsOf({ epochs: 8, earlyStopping: { patience: 2 } });
    const end = (await collect(fakeTrainer({ validation }).trainer, settings)).at(-1)!;
    if (end.type !== 'end') throw new Error('no end');
    const { trainer, steps } = fakeTrainer({ validation });
    const again = await collect(trainer, settings, { from: end.position });
    expect(again.map(({ type }) => type)).toEqual(['end']);
    expect(steps).toEqual([]);
  });
});

describe('divergence', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%s stops at once and says where and what to try',
    async (bad) => {
      const { trainer, steps } = fakeTrainer({ training: (step) => (step === 4 ? bad : 0.5) });
      const settings = settingsOf({ batchSize: 4, optimiser: { type: 'sgd', learningRate: 0.3 } });
      const failure = collect(trainer, settings);
      await expect(failure).rejects.toMatchObject({ name: 'HourglassError', kind: 'diverged', exitCode: 5 });
      await expect(failure).rejects.toThrow(
        `training loss at epoch 2, step 2 of 3: must be a finite number (the last good one: 0.5), got ${bad}; try a lower learning rate (training.optimiser.learningRate=0.01) or training.clipNorm=1`,
      );
      expect(steps).toHaveLength(5);
    },
  );

  test('in validation, too', async () => {
    const { trainer } = fakeTrainer({ validation: () => Number.NaN });
    await expect(collect(trainer, settingsOf({ batchSize: 4 }))).rejects.toThrow(
      'validation loss at epoch 1, step 3 of 3',
    );
  });

  test.each<[string, Parameters<typeof fakeTrainer>[0]]>([
    ['training', { training: (step) => (step < 2 ? 0.2 : 1e13) }],
    ['validation', { validation: () => 2e4 }],
  ])('an explosion of the %s loss short of infinity ends it after the epoch', async (name, losses) => {
    const { trainer, steps } = fakeTrainer(losses);
    const settings = settingsOf({ batchSize: 4, optimiser: { type: 'sgd', learningRate: 3 } });
    const failure = collect(trainer, settings);
    await expect(failure).rejects.toMatchObject({ kind: 'diverged', exitCode: 5 });
    await expect(failure).rejects.toThrow(
      new RegExp(
        `mean ${name} loss of epoch 1: must not exceed 10,000 times the loss at the start .* got .*e\\+.*learningRate=0.01`,
      ),
    );
    expect(steps).toHaveLength(3);
  });

  test('a loss that is large by nature is no explosion', async () => {
    const { trainer } = fakeTrainer({ training: () => 5e6, validation: () => 5e6 });
    expect(epochsOf(await collect(trainer, settingsOf({ epochs: 2, batchSize: 4 })))).toHaveLength(2);
  });

  test('leaves the weights as they were before the step', async () => {
    const trainer = await trainerOf(LINEAR_MODEL, 4, settingsOf({ optimiser: { type: 'sgd' } }));
    const images = lowRankImages(4, 4, 2, 1);
    trainer.weights().get('decoder.output.bias')!.values[0] = Number.NaN;
    const before = [...trainer.weights().values()].map(({ values }) => [...values]);
    const { loss } = await trainer.step(images, Uint32Array.of(0, 1), at(0, 0.1));
    expect(loss).toBeNaN();
    expect([...trainer.weights().values()].map(({ values }) => [...values])).toEqual(before);
    await trainer.dispose();
  });

  test('is not hidden by a layer of ReLUs', async () => {
    const model = modelOf({
      encoder: [{ type: 'dense', units: 4, activation: 'relu' }],
      code: { units: 2, activation: 'relu' },
      output: { activation: 'relu' },
    });
    const trainer = await trainerOf(model, 4, settingsOf({}));
    trainer.weights().get('encoder.dense1.weight')!.values.fill(Number.NaN);
    const { loss } = await trainer.evaluate(lowRankImages(4, 4, 2, 1));
    expect(loss).toBeNaN();
    await trainer.dispose();
  });
});

describe.each([
  { name: 'dropout and batch norm', model: BUSY_MODEL, objective: objectiveOf('mse'), numRuns: 22 },
  {
    name: 'corruption, a sampled code, a warm-up, an estimate, dropout, batch norm and a learned variance',
    model: NOISY_MODEL,
    objective: MANY_PARTS,
    numRuns: 8,
  },
])('the same bits, with $name', ({ model, objective, numRuns }) => {
  const settings = settingsOf({
    epochs: 2,
    batchSize: 4,
    optimiser: { type: 'adamw', learningRate: 0.01 },
    clipNorm: 0.2,
  });
  const train = lowRankImages(18, 6, 2, 1);
  const validation = lowRankImages(5, 6, 2, 2);
  const STEPS = 10;

  const snapshot = (trainer: Trainer) =>
    new Map(
      [...trainer.weights(), ...trainer.optimiserState()].map(([name, { values }]) => [name, values.slice()]),
    );

  const bits = (tensors: ReadonlyMap<string, Float32Array>) =>
    [...tensors].map(([name, values]) => [
      name,
      Buffer.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).toString('hex'),
    ]);

  /** Trains, leaving the loop and continuing with a fresh trainer after each of these numbers of steps. */
  async function runWithBreaks(breaks: readonly number[], seed = 1) {
    let tensors: Map<string, Float32Array> | undefined;
    let position: Position | undefined;
    for (const stopAt of [...breaks.toSorted((a, b) => a - b), Number.POSITIVE_INFINITY]) {
      const trainer = await trainerOf(model, 6, settings, { seed, objective });
      for (const [name, values] of snapshot(trainer)) {
        const stored = tensors?.get(name) ?? values;
        (trainer.weights().get(name) ?? trainer.optimiserState().get(name)!).values.set(stored);
      }
      const stop = new AbortController();
      const from = position === undefined ? {} : { from: position };
      if ((position?.step ?? 0) >= stopAt) stop.abort();
      for await (const event of trainingLoop({
        trainer,
        train,
        validation,
        settings,
        signal: stop.signal,
        ...from,
      })) {
        if (event.type === 'step' && event.stepInEpoch + (event.epoch - 1) * event.stepsPerEpoch >= stopAt)
          stop.abort();
        // Through JSON, as a checkpoint keeps it.
        if (event.type === 'end') position = JSON.parse(JSON.stringify(event.position)) as Position;
      }
      tensors = snapshot(trainer);
      await trainer.dispose();
    }
    const { seconds: _, ...rest } = position!;
    return { bits: bits(tensors!), position: rest };
  }

  test('interrupted and resumed after any steps, it ends with the bits and losses of an uninterrupted run', async () => {
    const whole = await runWithBreaks([]);
    expect(whole.position).toMatchObject({ step: STEPS, epoch: 2 });
    const breaks = fc.uniqueArray(fc.integer({ min: 0, max: STEPS }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(breaks, async (at) => {
        expect(await runWithBreaks(at)).toEqual(whole);
      }),
      // Every single step, then some combinations; or the first few steps, where the weight is warmed up.
      {
        seed: 1,
        numRuns,
        examples: Array.from({ length: STEPS + 1 }, (_, step) => [[step]] as [number[]]),
      },
    );
  });

  test('same seed, same bits; another seed, others', async () => {
    const [a, b, c] = [await runWithBreaks([], 3), await runWithBreaks([], 3), await runWithBreaks([], 4)];
    expect(a).toEqual(b);
    expect(a!.bits).not.toEqual(c!.bits);
  });
});

describe('learning', () => {
  const PIXELS = 36;
  const RANK = 3;
  const train = lowRankImages(400, PIXELS, RANK, 1);
  const test_ = lowRankImages(100, PIXELS, RANK, 2);
  const floats = ({ values }: MemorySource) => Float32Array.from(values, (byte) => byte / 255);

  async function pcaError(): Promise<number> {
    const pca = await fitPca(nodeEngine, [floats(train)], PIXELS, RANK, 1);
    const errors = new ReconstructionErrors(PIXELS);
    errors.add(floats(test_), reconstructPca(pca, floats(test_)));
    return errors.result().mse;
  }

  test('a linear autoencoder reaches the error of PCA within 3 %', async () => {
    const model = modelOf({ code: { units: RANK }, output: { activation: 'identity' } });
    const settings = settingsOf({
      epochs: 150,
      batchSize: 32,
      optimiser: { type: 'adam', learningRate: 0.03 },
      schedule: { type: 'cosine' },
    });
    const trainer = await trainerOf(model, PIXELS, settings);
    await collect(trainer, settings, { train, validation: test_ });
    const { loss } = await trainer.evaluate(test_);
    const best = await pcaError();
    expect(loss! / best).toBeLessThan(1.03);
    // Nothing linear is better by more than chance: PCA was fitted on other images than it is judged by.
    expect(loss! / best).toBeGreaterThan(0.97);
    await trainer.dispose();
  });

  test('a deep one with dropout and batch norm learns, too', async () => {
    const model = modelOf({
      encoder: [
        { type: 'dense', units: 24, activation: 'gelu' },
        { type: 'batchNorm' },
        { type: 'dropout', rate: 0.05 },
      ],
      code: { units: RANK },
      decoder: [{ type: 'dense', units: 24, activation: 'elu' }],
    });
    const settings = settingsOf({
      epochs: 40,
      batchSize: 32,
      optimiser: { type: 'adam', learningRate: 0.01 },
    });
    const trainer = await trainerOf(model, PIXELS, settings);
    const { loss: before } = await trainer.evaluate(test_);
    await collect(trainer, settings, { train, validation: test_ });
    const { loss: after } = await trainer.evaluate(test_);
    expect(after!).toBeLessThan(before! / 5);
    await trainer.dispose();
  });
});

test('a model too large for its memory is refused by size', async () => {
  const model = modelOf({ encoder: [{ type: 'dense', units: 65_536 }], code: { units: 65_536 } });
  await expect(trainerOf(model, 784, settingsOf({}))).rejects.toThrow(
    /must fit into 4 GiB, got \d+\.\d GiB; give its layers/,
  );
});
