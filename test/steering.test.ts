/** A training that is watched, held and changed on its way: it stays the training that its recipe describes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SampleSet } from '../src/data/dataset.ts';
import { openDataset } from '../src/data/open.ts';
import { samplesOf } from '../src/data/source.ts';
import { contentOf } from '../src/model/content.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { describeMachine, runtimeVersions } from '../src/node/machine.ts';
import { memoryFiles } from '../src/record/index.ts';
import type { RunEvent } from '../src/session/events.ts';
import type { Snapshot } from '../src/session/snapshot.ts';
import { Steering } from '../src/session/steering.ts';
import { type NewTraining, resumeModel, trainModel } from '../src/session/train-model.ts';
import { TINY, writeData } from './support/program.ts';

let folder: string;
let data: SampleSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-steering-'));
  data = samplesOf(
    await openDataset('mnist', { dataDir: await writeData(join(folder, 'data')), offline: true }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PLANE = { ...TINY, model: { ...TINY.model, code: { type: 'gaussian', units: 2 } } };

const training = (more: Partial<NewTraining> = {}): NewTraining => ({
  ...{ engine: nodeEngine, recipe: TINY, data },
  platform: { versions: runtimeVersions(), machine: describeMachine() },
  ...more,
});

const weightsOf = (model: ReadonlyMap<string, Uint8Array>) => contentOf('', model, nodeEngine.sha256).weights;

/** An observer that changes the learning rate after a step. */
const changing = (steering: Steering, at: number, value: number) => ({
  step: ({ step }: { step: number }) => void (step === at && steering.take({ type: 'learning-rate', value })),
});

const recipeIn = async (files: { read(name: string, most: number): Promise<Uint8Array | null> }) =>
  JSON.parse(new TextDecoder().decode((await files.read('recipe.json', 1e6))!));

test('snapshots change no bit, and show the model: after the first step, and whenever it waits', async () => {
  const plain = await trainModel(training({ recipe: PLANE }));
  const snapshots: Snapshot[] = [];
  const steering = new Steering(() => new Promise((resolve) => setImmediate(resolve)));
  steering.take({ type: 'allow', steps: 0 });
  const watched = await trainModel(
    training({
      recipe: PLANE,
      steering,
      onSnapshot(snapshot) {
        snapshots.push(snapshot);
        // Three single steps, then all.
        setImmediate(() =>
          steering.take({ type: 'allow', steps: snapshot.step < 3 ? 1 : Number.POSITIVE_INFINITY }),
        );
      },
    }),
  );
  expect(weightsOf(watched.model)).toEqual(weightsOf(plain.model));
  expect(snapshots.slice(0, 4).map(({ step, epoch }) => [step, epoch])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  expect(snapshots.at(-1)!.step).toBeGreaterThan(3);
  const [first, second] = snapshots as [Snapshot, Snapshot];
  const size = data.height * data.width;
  expect(first.codes).toMatchObject({ units: 2, labels: data.test.labels });
  expect(first.codes.values.length).toBe(2 * data.test.count);
  expect(second.codes.values).not.toEqual(first.codes.values);
  expect(first.strip).toMatchObject({ height: data.height, width: data.width, channels: 1 });
  expect(first.strip!.reconstructions.length).toBe(first.strip!.count * size);
  expect(first.manifold?.images.length).toBe(first.manifold!.size ** 2 * size);
  expect(first.filters).toMatchObject({ height: data.height, width: data.width });
});

test('codes of other sizes have no manifold', async () => {
  const snapshots: Snapshot[] = [];
  await trainModel(training({ onSnapshot: (snapshot) => snapshots.push(snapshot) }));
  expect(snapshots[0]).toMatchObject({ step: 1, manifold: null });
  expect(snapshots.length).toBeGreaterThan(1);
});

test('a learning rate that is changed on the way is recorded, and the recorded recipe gives the same bits', async () => {
  const plain = await trainModel(training());
  const steering = new Steering();
  const events: RunEvent[] = [];
  const changed = await trainModel(
    training({
      steering,
      observers: [changing(steering, 3, 0.02), changing(steering, 9, 0.0005)],
      onEvent: (event) => events.push(event),
    }),
  );
  expect(weightsOf(changed.model)).not.toEqual(weightsOf(plain.model));
  expect(events.filter(({ type }) => type === 'learning-rate')).toEqual([
    { type: 'learning-rate', step: 3, learningRate: 0.02 },
    { type: 'learning-rate', step: 9, learningRate: 0.0005 },
  ]);
  const recipe = await recipeIn(changed.files);
  expect(recipe.training.rateChanges).toEqual([
    { step: 3, learningRate: 0.02 },
    { step: 9, learningRate: 0.0005 },
  ]);
  const again = await trainModel(training({ recipe }));
  expect(weightsOf(again.model)).toEqual(weightsOf(changed.model));
});

test('a run that is stopped after a change, or killed before a checkpoint has it, is resumed to the same bits', async () => {
  const steering = new Steering();
  const files = memoryFiles('run');
  const stop = new AbortController();
  /** What there was when the rate had just been changed, as after a kill: the checkpoint is that of epoch 1. */
  let killed = new Map<string, Uint8Array>();
  const kept = new Map<string, Uint8Array>();
  const stopped = await trainModel(
    training({
      steering,
      files: {
        ...files,
        async write(name, content) {
          await files.write(name, content);
          kept.set(name, (await files.read(name, 1e9))!);
          if (name === 'recipe.json' && kept.has('metrics.jsonl')) killed = new Map(kept);
        },
      },
      signal: stop.signal,
      observers: [changing(steering, 10, 0.02), { step: ({ step }) => void (step === 14 && stop.abort()) }],
    }),
  );
  expect(stopped.result.status).toBe('stopped');
  expect(killed.size).toBeGreaterThan(3);
  const recipe = await recipeIn(stopped.files);
  const whole = await trainModel(training({ recipe }));
  for (const place of [stopped.files, memoryFiles('killed', killed)]) {
    const resumed = await resumeModel({ engine: nodeEngine, data, files: place });
    expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
  }
});

test('changes that are not in order are refused', async () => {
  const rateChanges = [
    { step: 5, learningRate: 0.1 },
    { step: 5, learningRate: 0.2 },
  ];
  const recipe = { ...TINY, training: { ...TINY.training, rateChanges } };
  await expect(trainModel(training({ recipe }))).rejects.toThrow(
    'training.rateChanges: must have steps that rise',
  );
});
