import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRecipe, recipeNames } from '../node/recipes.ts';
import { recipeJsonSchema } from './recipe.ts';

const shipped = (file: string) => fileURLToPath(new URL(`../../recipes/${file}`, import.meta.url));
const json = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

const TINY = {
  name: 'tiny',
  why: 'for tests',
  model: { family: 'autoencoder', encoder: [{ type: 'dense', units: 4 }], code: { units: 2 }, decoder: [] },
  loss: { type: 'mse' },
  training: { epochs: 1 },
};

describe('the recipes that come with hourglass', () => {
  test('are there', () =>
    expect(recipeNames()).toEqual(expect.arrayContaining(['stacked', 'stacked-best', 'stacked-nodropout'])));

  test.each(recipeNames())('%s is valid, bears its file’s name and says why', (name) => {
    const recipe = loadRecipe(name);
    expect(recipe.name).toBe(name);
    expect(recipe.why.length).toBeGreaterThan(40);
    expect(json(shipped(`${name}.json`)).$schema).toBe('./recipe.schema.json');
  });

  test.each(recipeNames())('%s with every default is the same recipe', (name) => {
    expect(loadRecipe(loadRecipe(name))).toEqual(loadRecipe(name));
    expect(loadRecipe(JSON.parse(JSON.stringify(loadRecipe(name))) as object)).toEqual(loadRecipe(name));
  });

  test('recipe.schema.json is the schema: run `hourglass recipes --schema > recipes/recipe.schema.json`', () => {
    expect(json(shipped('recipe.schema.json'))).toEqual(JSON.parse(JSON.stringify(recipeJsonSchema())));
  });
});

describe('values by their path', () => {
  test('replace a recipe’s, and leave the given object alone', () => {
    const given = structuredClone(TINY);
    const recipe = loadRecipe(given, { 'training.epochs': 5, 'model.encoder.0.units': 9, seed: 3 });
    expect(recipe).toMatchObject({ training: { epochs: 5 }, model: { encoder: [{ units: 9 }] }, seed: 3 });
    expect(given).toEqual(TINY);
  });

  test('reach below what a recipe leaves to its default', () => {
    const recipe = loadRecipe(TINY, {
      'training.optimiser.learningRate': 0.5,
      'training.schedule.warmup': 2,
      'model.output.bias': false,
      'data.set': 'kmnist',
    });
    expect(recipe.training.optimiser).toMatchObject({ type: 'adam', learningRate: 0.5 });
    expect(recipe.training.schedule).toEqual({ type: 'constant', warmup: 2 });
    expect(recipe.model.output).toEqual({ type: 'dense', activation: 'sigmoid', bias: false });
    expect(loadRecipe(TINY, { 'training.optimiser.type': 'sgd' }).training.optimiser.type).toBe('sgd');
  });

  test('a new type takes only what it knows of the old one’s keys', () => {
    const old = {
      ...TINY,
      model: { ...TINY.model, code: { units: 4, activation: 'sigmoid', dropout: 0.1 } },
    };
    const recipe = loadRecipe(old, { 'model.code.type': 'gaussian' });
    expect(recipe.model.code).toMatchObject({ type: 'gaussian', units: 4, kl: { weight: 1 } });
    // But not what is asked for in the same breath.
    expect(() => loadRecipe(old, { 'model.code.type': 'gaussian', 'model.code.activation': 'tanh' })).toThrow(
      'model.code.activation: is not a setting',
    );
  });

  test('reach below null, as a printed recipe has it', () => {
    const printed = { ...TINY, training: { epochs: 9, earlyStopping: null } };
    const { training } = loadRecipe(printed, { 'training.earlyStopping.patience': 2 });
    expect(training.earlyStopping).toEqual({ patience: 2, minDelta: 0 });
  });
});

describe('what is wrong is one line that names the key and the rule', () => {
  const cases: [Record<string, unknown>, string][] = [
    [
      { 'training.batchsize': 3 },
      'recipe: training.batchsize: is not a setting; did you mean training.batchSize?',
    ],
    [
      { 'model.encoder.0.unit': 3 },
      'recipe: model.encoder.0.unit: is not a setting; did you mean model.encoder.0.units?',
    ],
    [
      { 'training.optimiser.beta3': 1 },
      'recipe: training.optimiser.beta3: is not a setting; did you mean training.optimiser.beta1?',
    ],
    [
      { xyzzy: 1 },
      'recipe: xyzzy: is not a setting; here are: $schema, name, why, reference, extensions, adapt, data, model, corruption, loss, penalties, training, seed',
    ],
    [{ 'training.batchSize': 'abc' }, 'recipe: training.batchSize: must be a number, got abc'],
    [{ 'training.batchSize': 2.5 }, 'recipe: training.batchSize: must be a whole number, got 2.5'],
    [{ 'training.batchSize': 0 }, 'recipe: training.batchSize: must be at least 1, got 0'],
    [{ 'training.batchSize': 1e9 }, 'recipe: training.batchSize: must be at most 65536, got 1000000000'],
    [{ 'training.batchSize': Number.NaN }, 'recipe: training.batchSize: must be a number, got NaN'],
    [
      { 'training.optimiser.learningRate': 0 },
      'recipe: training.optimiser.learningRate: must be more than 0, got 0',
    ],
    [{ 'training.clipNorm': -1 }, 'recipe: training.clipNorm: must be more than 0, got -1'],
    [{ 'model.code.dropout': 1 }, 'recipe: model.code.dropout: must be less than 1, got 1'],
    [{ 'model.code.bias': 'yes' }, 'recipe: model.code.bias: must be true or false, got yes'],
    [{ 'model.encoder': 5 }, 'recipe: model.encoder: must be a list, got 5'],
    [{ model: [] }, 'recipe: model: must be an object, got an empty list'],
    [{ name: { a: [1] } }, 'recipe: name: must be text, got an object'],
    [{ name: 'No Way' }, 'recipe: name: must be lower-case letters, digits and hyphens, got No Way'],
    [
      { 'loss.type': 'mea' },
      'recipe: loss.type: must be one of mse, mae, bce, gaussian, ssim, got mea; did you mean mae?',
    ],
    [
      { 'training.keep': 'bset' },
      'recipe: training.keep: must be one of best, last, got bset; did you mean best?',
    ],
    [
      { 'model.family': 'autoencodr' },
      'recipe: model.family: must be autoencoder, got autoencodr; did you mean autoencoder?',
    ],
    [
      { 'training.optimiser.type': 'adma' },
      'recipe: training.optimiser.type: must be one of sgd, rmsprop, adam, adamw, got adma; did you mean adam?',
    ],
    [
      { 'model.encoder.0.type': 'dens' },
      'recipe: model.encoder.0.type: must be one of dense, dropout, batchNorm, activation, conv, convTranspose, maxPool, upsample, flatten, reshape, got dens; did you mean dense?',
    ],
    [
      { 'training.optimiser': {} },
      'recipe: training.optimiser.type: must be one of sgd, rmsprop, adam, adamw, got nothing',
    ],
    [
      { 'data.validation': 'tset' },
      'recipe: data.validation: must be one of auto, test or a number, got tset',
    ],
    [{ 'training.earlyStopping': {} }, 'recipe: training.earlyStopping.patience: is missing'],
    [{ loss: {} }, 'recipe: loss.type: must be one of mse, mae, bce'],
    [
      { 'training.epochs.x': 1 },
      "training.epochs.x: 'training.epochs' is a single value; nothing lies below it",
    ],
    [
      { 'model.encoder.7.units': 1 },
      "model.encoder.7.units: '7' must be a number from 0 to 0: it picks one of a list",
    ],
    [{ 'model.encoder.first.units': 1 }, "model.encoder.first.units: 'first' must be a number"],
    [{ '__proto__.polluted': 1 }, '__proto__.polluted: must be keys joined by dots'],
    [{ 'training..epochs': 1 }, 'training..epochs: must be keys joined by dots'],
    [{ 'constructor.prototype.polluted': 1 }, 'recipe: constructor: is not a setting'],
    [
      { 'loss.type': 'bce', 'model.output.activation': 'relu' },
      "model.output.activation: must be 'sigmoid' for loss.type 'bce'",
    ],
    [
      { 'data.validation': 'test' },
      "training.keep: must not choose by the test split (data.validation is 'test')",
    ],
    [
      { 'data.validation': 'test', 'training.keep': 'last', 'training.earlyStopping.patience': 3 },
      'training.earlyStopping: must not choose by the test split',
    ],
  ];

  test.each(cases)('%j', (settings, message) => {
    const failing = () => loadRecipe(TINY, settings);
    expect(failing).toThrow(message);
    expect(failing).toThrow(expect.objectContaining({ kind: 'usage', exitCode: 2 }));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a missing key', () => {
    const { loss: _, ...rest } = TINY;
    expect(() => loadRecipe(rest)).toThrow('recipe: loss: is missing');
    expect(() => loadRecipe({})).toThrow('recipe: name: is missing');
  });

  test('a recipe’s name', () => {
    expect(() => loadRecipe('stakced')).toThrow(
      /^recipe: must be one of .*stacked.*, or a \.json file, got stakced; did you mean stacked\?$/,
    );
    expect(() => loadRecipe('recipe.schema')).toThrow('must be one of');
    expect(() => loadRecipe('../package')).toThrow('must be one of');
    expect(() => loadRecipe('')).toThrow('must be one of');
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hourglass-recipes-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const of = async (content: string | Uint8Array) => {
    const file = join(folder, 'mine.json');
    await writeFile(file, content);
    return () => loadRecipe(file);
  };

  test('a good one', async () => expect((await of(JSON.stringify(TINY)))().name).toBe('tiny'));

  test('none, or a folder', () => {
    expect(() => loadRecipe(join(folder, 'none.json'))).toThrow('none.json: there is no such file');
    expect(() => loadRecipe(join(folder, '..', '.json'))).toThrow('there is no such file');
  });

  const hostile: [string, string | Uint8Array, string][] = [
    ['empty', '', 'must hold one JSON object (Unexpected end of JSON input)'],
    ['binary', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256), 'must hold one JSON object'],
    ['a list', '[1]', 'must hold one JSON object'],
    ['null', 'null', 'must hold one JSON object'],
    ['10 MB of brackets', '['.repeat(5e6) + ']'.repeat(5e6), 'must be at most 1 MB'],
    [
      'a value of nothing but brackets',
      `{"name":${'['.repeat(4e5)}${']'.repeat(4e5)}}`,
      'name: must be text, got a list',
    ],
    ['nested without end', `${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`, 'name: is missing'],
    [
      '__proto__',
      `${JSON.stringify(TINY).slice(0, -1)},"__proto__":{"polluted":1}}`,
      '__proto__: is not a setting',
    ],
    ['a very long name', JSON.stringify({ ...TINY, name: 'A'.repeat(9e5) }), 'name: must be lower-case'],
    ['a very long key', JSON.stringify({ ...TINY, ['b'.repeat(9e5)]: 1 }), 'is not a setting'],
  ];
  test.each(hostile)('%s', async (_, content, message) => {
    const failing = await of(content);
    let error: unknown;
    try {
      failing();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
    expect((error as Error).message.length).toBeLessThan(500);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
