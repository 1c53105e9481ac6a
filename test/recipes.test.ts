/**
 * Every recipe that comes with hourglass, on a few images of digits' size: it fits them, it trains, it can be
 * stopped and gone on with, and it ends with the models and the pictures of its family. Sessions run in this
 * process, not in a thread, so that they are stopped at a certain step.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareRuns, evaluateRun, redrawPictures } from '../src/api.ts';
import {
  defineAutoencoder,
  objectiveGraph,
  SHIPPED,
  shippedModels,
  sideDivisor,
  trainingGraph,
} from '../src/models/index.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { loadRecipe, recipeNames } from '../src/node/recipes.ts';
import { decodeModel } from '../src/onnx/index.ts';
import { withClasses } from '../src/recipe/conditional.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import type { FinishedRun, RunEvent } from '../src/session/events.ts';
import { runSession } from '../src/session/on-disk.ts';
import { createTrainer } from '../src/training/index.ts';
import { lowRankImages, MANY_PARTS, NOISY_MODEL } from '../src/training/testing.ts';
import { temporaryFolder, weightsOf, writeData } from './support/program.ts';

const SIDE = 28;
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));
const DIGIT = { height: SIDE, width: SIDE, channels: 1 };
/** A little larger where strides do not divide the sides of digits. */
function digitFor({ model }: Recipe) {
  const divisor = sideDivisor(model.encoder);
  const side = divisor * Math.ceil(SIDE / divisor);
  return { height: side, width: side, channels: 1 };
}

/** One of each kind, trained from its data to its last picture (penalties below); the others take two steps. */
const WHOLE = ['code3d', 'code4x4', 'conditional', 'denoising', 'matryoshka', 'vae', 'vae20'];
/** 23 million weights each: seconds to compile, and nothing that no other has. */
const HUGE = ['code3d-original', 'code4x4-original'];

const quick = (name: string): Recipe =>
  loadRecipe(name, {
    ...{ 'training.epochs': 2, 'training.batchSize': 8 },
    // Recipes for rows name a file of their user's.
    ...(name === 'matryoshka' ? { 'data.set': 'mnist' } : {}),
  });

let folder: string;
let dataDir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'), 1, { side: SIDE, train: 24, test: 12 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs one session; `stopAt` is asked of each event whether to stop after it. */
async function session(
  start:
    | { recipe: Recipe; out: string; dataDir: string; given?: Record<string, unknown> }
    | { folder: string },
  stopAt: (event: RunEvent) => boolean = () => false,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const emit = (event: RunEvent) => {
    events.push(event);
    if (stopAt(event)) stop.abort();
  };
  const data = { offline: true, cacheDir: join(folder, 'cache') };
  const context = { engine: nodeEngine, emit, signal: stop.signal };
  const checkpointEvery = 60;
  if ('folder' in start) {
    await runSession({ type: 'resume', folder: start.folder, data, checkpointEvery }, context);
  } else {
    const { recipe, out, dataDir } = start;
    const tensorboard = { level: 'all', logEvery: 10 } as const;
    await runSession(
      {
        type: 'new',
        recipe,
        // Fitted to the images in all else: these are centred.
        given: { training: recipe.training, ...start.given },
        out,
        threads: 1,
        device: 'cpu',
        tensorboard,
        data: { ...data, dataDir },
        checkpointEvery,
      },
      context,
    );
  }
  return events;
}

function finished(events: readonly RunEvent[]): FinishedRun {
  const last = events.at(-1);
  if (last?.type !== 'finished') throw new Error(`it ended with '${last?.type}'`);
  return last;
}

/** The pictures that a model of a kind is shown by. */
function picturesOf({ corruption, model, penalties }: Recipe): string[] {
  const { code } = model;
  const units = code.type === 'maps' ? null : code.units;
  const isGaussian = code.type === 'gaussian';
  const parts =
    isGaussian || code.type === 'matryoshka' || Object.values(penalties).some((penalty) => penalty !== null);
  const space = ['codes-3d-before', 'codes-projections-before', 'codes-3d', 'codes-projections'];
  return [
    ...['loss', 'reconstructions', 'before-after', 'code-histograms', 'filters', 'epochs'],
    ...(parts ? ['loss-parts'] : []),
    ...(code.type === 'matryoshka' ? ['unit-frequencies'] : []),
    corruption.type === 'none' ? 'anomalies' : 'denoising',
    ...(units === 2 ? ['codes'] : units === 3 ? space : []),
    ...(isGaussian ? ['samples'] : []),
    ...(isGaussian ? (units === 2 ? ['manifold', 'manifold-quantiles'] : ['traversals']) : []),
  ].sort();
}

const namesOf = (files: readonly string[]) => files.map((file) => basename(file, '.png')).sort();

test('the lists above name recipes that are there', () => {
  expect(recipeNames()).toEqual(expect.arrayContaining([...WHOLE, ...HUGE]));
  expect(picturesOf(quick('vae'))).toEqual([
    'anomalies',
    'before-after',
    'code-histograms',
    'codes',
    'epochs',
    'filters',
    'loss',
    'loss-parts',
    'manifold',
    'manifold-quantiles',
    'reconstructions',
    'samples',
  ]);
});

test('the settings for folders of inspect do not keep it from digits; those that are given are refused', async () => {
  const start = { recipe: quick('inspect'), out: join(folder, 'inspected'), dataDir };
  const events = await session(start, ({ type }) => type === 'start');
  expect(events.map(({ type }) => type)).toContain('start');
  const given = { ...start, recipe: loadRecipe('inspect', { 'data.size': 32 }), given: { 'data.size': 32 } };
  await expect(session(given)).rejects.toThrow('data.size: is only for folders of images');
});

test('strides that do not divide images of a known set: the error says what does', async () => {
  const start = { recipe: quick('conv-large'), out: join(folder, 'large'), dataDir };
  await expect(session(start)).rejects.toThrow(
    'its encoder divides height and width by 16, and these images stay 28 × 28: choose another recipe, such as conv',
  );
});

describe.each(recipeNames())('%s', (name) => {
  test('fits digits: its graphs give every weight a gradient, and it validates and ships the same weights', () => {
    const recipe = withClasses(loadRecipe(name), DIGITS);
    const shape = digitFor(recipe);
    const definition = defineAutoencoder(recipe.model, shape);
    expect(definition.values).toBe(shape.height * shape.width);
    const { net, gradients, objective } = trainingGraph(definition, recipe);
    for (const { parameter, gradient } of gradients) expect(gradient.shape).toEqual(parameter.shape);
    const names = [...net.parameters.keys()];
    expect(gradients.map(({ parameter }) => parameter.name)).toEqual(names);
    const validation = objectiveGraph(definition, recipe, 'validate');
    expect([...validation.net.parameters.keys()]).toEqual(names);
    expect(validation.objective.parts.map((part) => part.name)).toEqual(
      objective.parts.map((part) => part.name),
    );
  });
});

describe.each(recipeNames().filter((name) => ![...WHOLE, ...HUGE].includes(name)))('%s', (name) => {
  test('takes two steps, is evaluated and shipped', async () => {
    const recipe = quick(name);
    const shape = digitFor(recipe);
    const pixels = shape.height * shape.width;
    const definition = defineAutoencoder(recipe.model, shape);
    const mean = new Float32Array(pixels).fill(0.5);
    const options = { definition, objective: recipe, settings: recipe.training, seed: 1, threads: 1, mean };
    const trainer = await createTrainer(nodeEngine, options);
    const images = lowRankImages(8, pixels, 2, 1);
    const { learningRate } = recipe.training.optimiser;
    for (const step of [0, 1]) {
      const indices = Uint32Array.from({ length: 4 }, (_, i) => 4 * step + i);
      const losses = await trainer.step(images, indices, { step, epochs: step / 2, learningRate });
      expect(Object.values(losses).every(Number.isFinite)).toBe(true);
    }
    expect(Number.isFinite((await trainer.evaluate(images)).loss)).toBe(true);
    const weights = new Map([...trainer.weights()].map(([key, { values }]) => [key, values]));
    const { autoencoder } = shippedModels(definition, shape, weights, {});
    const model = await nodeEngine.open(autoencoder, { threads: 1 });
    const given = [3, 1, shape.height, shape.width];
    const image = { data: new Float32Array(3 * pixels).fill(0.5), shape: given };
    const { reconstruction, code } = await model.run({ image });
    expect(reconstruction!.shape).toEqual(given);
    expect(code!.shape).toEqual([3, definition.codeUnits]);
    expect(reconstruction!.data.every(Number.isFinite)).toBe(true);
    await model.dispose();
    await trainer.dispose();
  });
});

describe.each(WHOLE)('%s, stopped after an epoch and gone on with', (name) => {
  const recipe = quick(name);
  let run: string;
  let result: FinishedRun;

  beforeAll(async () => {
    run = join(folder, name);
    const events = await session({ recipe, out: run, dataDir }, ({ type }) => type === 'epoch');
    expect(events.at(-1)).toEqual({ type: 'stopped', folder: run, epoch: 1 });
    result = finished(await session({ folder: run }));
  });

  test('has trained its epochs', async () => {
    expect(result).toMatchObject({ epochs: 2, stoppedEarly: false });
    const rows = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { epoch: number }).epoch)).toEqual([1, 2]);
  });

  test('has its models, which say what they are', async () => {
    const { codeUnits } = defineAutoencoder(withClasses(recipe, DIGITS).model, DIGIT);
    for (const part of SHIPPED) {
      const file = await readFile(join(run, 'model', `${part}.onnx`));
      const { metadata, inputs, outputs } = decodeModel(file, part);
      expect(metadata).toMatchObject({ recipe: name, part });
      const images = ['N', 1, SIDE, SIDE];
      expect(inputs[0]!.shape).toEqual(part === 'decoder' ? ['N', codeUnits] : images);
      expect(outputs[0]!.shape).toEqual(part === 'encoder' ? ['N', codeUnits] : images);
    }
  });

  test('has the figures of its family', () => {
    const { evaluation } = result;
    expect(evaluation.corrupted === null).toBe(recipe.corruption.type === 'none');
    expect(evaluation.jacobianNorm === null).toBe(recipe.penalties.contraction === null);
    const { parts, values } = evaluation.objective!;
    const total = parts.reduce((sum, part) => sum + part.weight * values[part.name]!, 0);
    expect(Math.abs(values.loss! / total - 1)).toBeLessThan(1e-5);
  });

  test('has the pictures of its family', async () => {
    expect(namesOf(result.pictures)).toEqual(picturesOf(recipe));
    const files = await readdir(join(run, 'pictures'));
    expect(namesOf(files.filter((file) => file.endsWith('.png')))).toEqual(picturesOf(recipe));
    for (const picture of result.pictures) {
      expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
    }
  });
});

describe('a run of everything at once', () => {
  const recipe = loadRecipe({
    name: 'everything',
    why: 'every source of noise and as many parts of a loss as go together',
    model: NOISY_MODEL,
    ...MANY_PARTS,
    training: { epochs: 3, batchSize: 8, optimiser: { type: 'adam', learningRate: 0.02 } },
  });
  let small: string;
  let whole: FinishedRun;

  beforeAll(async () => {
    small = await writeData(join(folder, 'small'));
    const out = join(folder, 'everything');
    whole = finished(await session({ recipe, out, dataDir: small }));
  });

  test('stopped in the middle of an epoch and at its end, it ends as one that never was', async () => {
    const out = join(folder, 'stopped');
    const first = await session({ recipe, out, dataDir: small }, ({ type }) => type === 'step');
    expect(first.at(-1)).toMatchObject({ type: 'stopped', epoch: 0 });
    const second = await session({ folder: out }, ({ type }) => type === 'epoch');
    expect(second.at(-1)).toMatchObject({ type: 'stopped', epoch: 1 });
    const result = finished(await session({ folder: out }));
    expect(result.evaluation).toEqual(whole.evaluation);
    expect((await weightsOf(out)).equals(await weightsOf(whole.folder))).toBe(true);
    expect(namesOf(result.pictures)).toEqual(namesOf(whole.pictures));
    for (const [i, picture] of result.pictures.entries()) {
      const [one, other] = await Promise.all([picture, whole.pictures[i]!].map((file) => readFile(file)));
      expect(one!.equals(other!), basename(picture)).toBe(true);
    }
  });

  test('has the pictures and the figures of its families', () => {
    expect(namesOf(whole.pictures)).toEqual(picturesOf(recipe));
    expect(whole.evaluation.corrupted).toMatchObject({ corruption: 'Gaussian noise, σ 0.3' });
    expect(whole.evaluation.jacobianNorm).toBeGreaterThan(0);
  });

  test('is evaluated anew with the same figures', async () => {
    expect(await evaluateRun(whole.folder)).toEqual(whole.evaluation);
    const validation = await evaluateRun(whole.folder, { split: 'validation' });
    const rows = (await readFile(join(whole.folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const kept = JSON.parse(rows[whole.keptEpoch - 1]!) as { validation: object };
    expect(validation.objective!.values).toEqual(kept.validation);
    const train = (await evaluateRun(whole.folder, { split: 'train' })).objective!;
    expect(Object.keys(train.values)).toEqual(Object.keys(kept.validation));
    const weighted = train.parts.map(({ name, weight }) => weight * train.values[name]!);
    expect(train.values.loss).toBeCloseTo(
      weighted.reduce((sum, part) => sum + part, 0),
      3,
    );
  });

  test('its pictures are drawn again with the same bytes', async () => {
    const before = new Map<string, Buffer>();
    for (const name of await readdir(join(whole.folder, 'pictures'))) {
      const file = join(whole.folder, 'pictures', name);
      before.set(file, await readFile(file));
      await rm(file);
    }
    expect(await redrawPictures(whole.folder)).toEqual(whole.pictures);
    for (const [file, bytes] of before) expect((await readFile(file)).equals(bytes), file).toBe(true);
  });

  test('is not compared with runs on images of other sizes', async () => {
    const out = join(folder, 'sizes');
    await expect(compareRuns([join(folder, 'vae'), whole.folder], out)).rejects.toThrow(
      'everything: must have images of 28×28×1, as the other runs are, got 6×6×1',
    );
  });
});

test('a sparse code whose dead units are revived: stopped in the middle of an epoch, it ends with the same bits', async () => {
  const recipe = loadRecipe('matryoshka', {
    ...{ 'data.set': 'mnist', 'model.code.units': 48, 'model.code.k': 2, 'model.code.revival.after': 1 },
    ...{ 'training.epochs': 2, 'training.batchSize': 4, adapt: false },
  });
  const small = await writeData(join(folder, 'sparse-data'));
  const [whole, parted] = [join(folder, 'sparse-whole'), join(folder, 'sparse-parted')];
  finished(await session({ recipe, out: whole, dataDir: small }));
  await session({ recipe, out: parted, dataDir: small }, ({ type }) => type === 'step');
  await session({ folder: parted }, ({ type }) => type === 'epoch');
  finished(await session({ folder: parted }));
  expect((await weightsOf(parted)).equals(await weightsOf(whole))).toBe(true);
});

describe('runs compared', () => {
  const compared = async (out: string, ...names: string[]) =>
    namesOf(
      await compareRuns(
        names.map((name) => join(folder, name)),
        join(folder, out),
      ),
    );

  test('of one loss: their losses and their reconstructions', async () => {
    expect(await compared('vaes', 'vae', 'vae20')).toEqual(['losses', 'reconstructions']);
  });

  test('of losses that differ: a panel per loss, and their reconstructions', async () => {
    expect(await compared('others', 'vae', 'code3d')).toEqual(['losses', 'reconstructions']);
  });
});
