import { describe, expect, test } from 'vitest';
import { whyNothing } from '../diagnosis/causes.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { loadRecipe, recipeNames } from '../node/recipes.ts';
import { adaptRecipe, fitValidation, warnOfSize } from './adapt.ts';
import { fitMaps } from './maps.ts';
import type { Recipe } from './recipe.ts';
import { enoughSteps } from './steps.ts';

const MNIST = { height: 28, width: 28, channels: 1 };
const RGB64 = { height: 64, width: 64, channels: 3 };
const GREY128 = { height: 128, width: 128, channels: 1 };
const RGB256 = { height: 256, width: 256, channels: 3 };
const RGB128 = { height: 128, width: 128, channels: 3 };

const adapted = async (recipe: Recipe, shape = MNIST, images = 8000, given: string[] = [], spread = 52.7) =>
  adaptRecipe(fitMaps(recipe, shape, given).recipe, shape, images, given, async () => spread);

const figures = ({ training, model }: Recipe) => ({
  epochs: training.epochs,
  batch: training.batchSize,
  rate: training.optimiser.learningRate,
  warmup: training.schedule.warmup,
  centre: model.centre,
});

const SHIPPED = recipeNames().filter((name) => !name.endsWith('-original'));

test.each(SHIPPED)('%s adapts, and on 8,000 images of 28 × 28 or more it stays as it is', async (name) => {
  const recipe = loadRecipe(name);
  expect(recipe.adapt).toBe(true);
  for (const images of [8000, 55_000]) {
    expect(await adapted(recipe, MNIST, images)).toEqual({
      recipe: { ...recipe, adapt: false },
      reasons: [],
    });
  }
});

test.each<[string, typeof MNIST, number, ReturnType<typeof figures>]>([
  ['basic', MNIST, 5000, { epochs: 13, batch: 32, rate: 0.002, warmup: 0.26, centre: true }],
  ['basic', MNIST, 234, { epochs: 250, batch: 32, rate: 0.002, warmup: 5, centre: true }],
  ['basic', RGB64, 85, { epochs: 334, batch: 16, rate: 0.00051, warmup: 6.68, centre: true }],
  ['basic', RGB64, 20_000, { epochs: 10, batch: 32, rate: 0.00051, warmup: 0.2, centre: true }],
  // A step of large images takes long: fewer images a step of windows, or fewer steps.
  ['conv', RGB64, 234, { epochs: 67, batch: 8, rate: 0.002, warmup: 0.67, centre: true }],
  ['conv', RGB64, 1, { epochs: 2000, batch: 8, rate: 0.002, warmup: 20, centre: true }],
  ['conv', MNIST, 234, { epochs: 250, batch: 32, rate: 0.002, warmup: 2.5, centre: true }],
  ['conv', RGB128, 255, { epochs: 20, batch: 2, rate: 0.002, warmup: 0.2, centre: true }],
  ['stacked-best', RGB128, 255, { epochs: 32, batch: 16, rate: 0.00025, warmup: 3.2, centre: true }],
  ['stacked-best', RGB64, 255, { epochs: 99, batch: 16, rate: 0.00051, warmup: 9.9, centre: true }],
  // Made defects take longer to learn: four times as many steps, of the same batches.
  ['inspect', GREY128, 700, { epochs: 23, batch: 2, rate: 0.002, warmup: 1.15, centre: true }],
  ['conv-large', RGB256, 255, { epochs: 9, batch: 2, rate: 0.002, warmup: 0.45, centre: true }],
  ['code4x4', MNIST, 33, { epochs: 1000, batch: 16, rate: 0.002, warmup: 62.5, centre: true }],
])('%s on %o, %i images', async (name, shape, images, expected) => {
  expect(figures((await adapted(loadRecipe(name), shape, images)).recipe)).toEqual(expected);
});

test('a number of held-out images that a small set cannot spare gives way to a twelfth, unless it is given', () => {
  const recipe = loadRecipe('deep30');
  expect(recipe.data.validation).toBe(1000);
  const choice = (images: number, given: string[] = []) => {
    const { recipe: fitted, reasons } = fitValidation(recipe, images, given);
    return [fitted.data.validation, reasons.length];
  };
  expect(choice(110)).toEqual(['auto', 1]);
  expect(choice(5999)).toEqual(['auto', 1]);
  expect(choice(8000)).toEqual([1000, 0]);
  expect(choice(60_000)).toEqual([1000, 0]);
  expect(choice(110, ['data.validation'])).toEqual([1000, 0]);
});

test('no set gets larger batches than the recipe has, nor fewer epochs unless a step takes long', async () => {
  for (const name of SHIPPED) {
    // Its classes follow from the data.
    const recipe = loadRecipe(name, name === 'conditional' ? { 'model.condition.classes': ['a', 'b'] } : {});
    for (const images of [1, 2, 10, 86, 300, 1000, 7999, 8000, 100_000]) {
      const { training } = (await adapted(recipe, RGB64, images)).recipe;
      expect(Number.isInteger(training.batchSize)).toBe(true);
      expect(training.batchSize).toBeLessThanOrEqual(recipe.training.batchSize);
      const steps = training.epochs * Math.ceil(images / training.batchSize);
      if (images < 8000) expect(steps).toBeGreaterThanOrEqual(450);
      if (images >= 8000) expect(training.epochs).toBeGreaterThanOrEqual(recipe.training.epochs);
    }
  }
});

test("a decoder's first maps follow the size of the images, and the dense layer before them", () => {
  const recipe = loadRecipe('deep30-best');
  const first = (height: number, width: number, given: string[] = []) => {
    const { recipe: fitted, reasons } = fitMaps(recipe, { height, width, channels: 1 }, given);
    const [dense, maps] = fitted.model.decoder;
    return [dense, maps, reasons.length];
  };
  const maps = (units: number, shape: number[], reasons: number) => [
    { ...recipe.model.decoder[0], units },
    { type: 'reshape', shape },
    reasons,
  ];
  expect(first(36, 48)).toEqual(maps(64 * 108, [64, 9, 12], 1));
  expect(first(24, 20)).toEqual(maps(64 * 30, [64, 6, 5], 1));
  const same = maps(3136, [64, 7, 7], 0);
  expect(first(28, 28)).toEqual(same);
  expect(first(64, 64, ['model.decoder'])).toEqual(same);
  const wide = structuredClone(recipe);
  for (const layer of wide.model.decoder) if (layer.type === 'convTranspose') layer.stride = 5;
  expect(fitMaps(wide, { height: 25, width: 75, channels: 1 }, []).recipe.model.decoder[1]).toEqual({
    ...{ type: 'reshape', shape: [64, 1, 3] },
  });
  // No size of maps becomes 37 × 45: the error of the model says which sides would do.
  expect(first(37, 45)).toEqual(same);
  expect(fitMaps({ ...recipe, adapt: false }, RGB64, []).reasons).toEqual([]);
});

describe('what is given stays', () => {
  const recipe = loadRecipe('basic');

  test.each<[string, string[], Partial<ReturnType<typeof figures>>]>([
    ['epochs', ['training.epochs'], { epochs: 10, warmup: 0.2, batch: 16 }],
    ['the batch size', ['training.batchSize'], { batch: 32 }],
    ['the learning rate', ['training.optimiser.learningRate'], { rate: 0.002 }],
    ['the optimiser', ['training.optimiser'], { rate: 0.002 }],
    ['the warm-up', ['training.schedule.warmup'], { warmup: 0.2, epochs: 334 }],
    ['the centring', ['model.centre'], { centre: false }],
    ['all of training', ['training'], { epochs: 10, batch: 32, rate: 0.002, warmup: 0.2 }],
    ['a whole model', ['model'], { centre: false }],
    ['a setting next to it', ['model.code.units'], { epochs: 334, centre: true }],
  ])('%s', async (_, given, expected) => {
    expect(figures((await adapted(recipe, RGB64, 85, given)).recipe)).toMatchObject(expected);
  });

  test('in a recipe that does not say that it adapts', async () => {
    const own = { ...recipe, adapt: false };
    expect(await adapted(own, RGB64, 85)).toEqual({ recipe: own, reasons: [] });
  });

  test('what a run records: it is not adapted again', async () => {
    const { recipe: once } = await adapted(recipe, RGB64, 85);
    expect(await adapted(loadRecipe(once), RGB64, 30)).toEqual({ recipe: once, reasons: [] });
  });
});

test('all that is counted in epochs keeps its part of the training', async () => {
  const recipe = loadRecipe('vae20', {
    'training.epochs': 20,
    'training.schedule': { type: 'step', every: 5 },
    'training.earlyStopping': { patience: 3 },
    'model.code.kl.warmup': 2,
  });
  const { training, model } = (await adapted(recipe, MNIST, 85)).recipe;
  // 6 steps an epoch: 334 epochs, 16.7 times as many.
  expect(training).toMatchObject({ epochs: 334, schedule: { every: 83.5 }, earlyStopping: { patience: 51 } });
  expect(model.code).toMatchObject({ kl: { warmup: 33.4 } });
});

test('where images differ less than those of MNIST, a contraction weighs less', async () => {
  const recipe = loadRecipe('contractive');
  const weight = async (spread: number, given: string[] = []) =>
    (await adapted(recipe, MNIST, 85, given, spread)).recipe.penalties.contraction?.weight;
  expect(await weight(0.275)).toBeCloseTo(1.4e-6, 7);
  expect(await weight(5.27)).toBeCloseTo(0.0005, 6);
  expect([await weight(52.7), await weight(900)]).toEqual([0.05, 0.05]);
  expect(await weight(0.275, ['penalties.contraction.weight'])).toBe(0.05);
});

test('a sparse code is as small as rows of few values need', async () => {
  const row = (width: number) => ({ height: 1, width, channels: 1 });
  const fitted = async (name: string, width: number, given: string[] = []) => {
    const { recipe, reasons } = await adaptRecipe(
      loadRecipe(name),
      row(width),
      400,
      given,
      async () => 1,
      'row',
    );
    const { units, k } = recipe.model.code as { units: number; k?: number };
    return { units, k, why: reasons.find((reason) => reason.includes('units')) };
  };
  const why = '128 units instead of 2,048, 1 kept instead of 16: rows of 8 values are sums of few directions';
  expect(await fitted('topk', 8)).toEqual({ units: 128, k: 1, why });
  expect(await fitted('topk', 1)).toMatchObject({ units: 16, k: 1 });
  expect(await fitted('matryoshka', 20)).toMatchObject({ units: 320, k: 3 });
  expect(await fitted('jumprelu', 20)).toMatchObject({ units: 320 });
  expect(await fitted('topk', 128)).toEqual({ units: 2048, k: 16, why: undefined });
  expect(await fitted('topk', 8, ['model.code.k'])).toMatchObject({ units: 128, k: 16 });
  expect(await fitted('topk', 8, ['model.code.units'])).toMatchObject({ units: 2048, k: 16 });
});

test('hidden sigmoid layers get a learning rate that does not saturate them', async () => {
  const rate = async (name: string, shape = MNIST, set = {}) => {
    const recipe = loadRecipe(name, set);
    return (await adapted(recipe, shape, 300, Object.keys(set))).recipe.training.optimiser.learningRate;
  };
  expect(await rate('contractive')).toBe(0.0015);
  expect(await rate('contractive', { height: 128, width: 128, channels: 3 })).toBe(0.00076);
  expect(await rate('contractive', MNIST, { 'training.optimiser.learningRate': 0.004 })).toBe(0.004);
  const sgd = { 'training.optimiser': { type: 'sgd', learningRate: 0.5 } };
  expect(await rate('contractive', MNIST, sgd)).toBe(0.5);
  // Only its code is a sigmoid.
  expect(await rate('code4x4')).toBe(0.002);
});

test('each change has a reason in a sentence', async () => {
  expect((await adapted(loadRecipe('basic'), RGB64, 85)).reasons).toEqual([
    '334 epochs instead of 10, 16 images per batch instead of 32: 85 training images make 6 steps per epoch; at least 2,000 steps are needed',
    "the training images' mean is subtracted from the input: bright pixels would saturate the first layer",
    'learning rate 0.00051 instead of 0.002: a unit of the first layer sees 12,288 values',
  ]);
  expect((await adapted(loadRecipe('deep30'), RGB128, 255)).reasons[0]).toBe(
    '32 epochs instead of 40, 16 images per batch instead of 64: 255 training images make 16 steps per epoch; about 500 steps, because each takes long with images of this size (a smaller data.size is faster)',
  );
  expect((await adapted(loadRecipe('basic'), MNIST, 24, ['training.epochs'])).reasons[0]).toBe(
    '16 images per batch instead of 32: 24 training images make 2 steps per epoch',
  );
});

test('the note before the training and the remedy after it name the same number of epochs', async () => {
  const recipe = loadRecipe('basic', { 'training.epochs': 3 });
  const { recipe: fitted } = await adapted(recipe, RGB64, 85, ['training.epochs']);
  const [note] = await warnOfSize(fitted, RGB64, 85, async () => 52.7);
  const rows = [1, 2, 3].map((epoch) => ({
    epoch,
    step: 6 * epoch,
    training: { loss: 1 },
    validation: { loss: 1 },
  }));
  const facts = { recipe: fitted, epochs: rows, figures: {}, range: null } as unknown as Facts;
  expect(/training\.epochs=(\d+)/.exec(note!)?.[1]).toBe('334');
  expect(whyNothing({ ...facts, enoughSteps: enoughSteps(fitted, RGB64, 85) }).remedy).toContain(
    '--epochs 334',
  );
});

test('what is too small is said, with what to set', async () => {
  const few = loadRecipe('basic', { 'training.epochs': 3 });
  expect(await warnOfSize(few, MNIST, 85, async () => 52.7)).toEqual([
    '9 steps are too few to learn much (85 training images, batches of 32): set training.epochs=667 for 2,000',
    expect.stringMatching(/^85 training images are few/),
  ]);
  const { recipe } = await adapted(loadRecipe('basic'), RGB64, 234);
  expect(await warnOfSize(recipe, RGB64, 234, async () => 52.7)).toEqual([]);
  expect(await warnOfSize(few, MNIST, 55_000, async () => 52.7)).toEqual([]);
});

test('a variational code that cannot win its cost is said before the training, with the weight to set', async () => {
  const warned = async (spread: number, set = {}) => {
    const { recipe } = await adapted(loadRecipe('vae20', set), MNIST, 234);
    return warnOfSize(recipe, MNIST, 234, async () => spread);
  };
  expect(await warned(0.0152)).toEqual([
    expect.stringContaining('set model.code.kl.weight=0.0003, or train on'),
  ]);
  expect(await warned(0)).toEqual([expect.stringContaining('they are all alike: train on')]);
  expect(await warned(0.275)).toEqual([]);
  expect(await warned(0.0152, { 'model.code.kl.weight': 0.0003 })).toEqual([]);
  expect(await warned(0.275, { 'model.code.kl.weight': 8 })).toHaveLength(1);
});
