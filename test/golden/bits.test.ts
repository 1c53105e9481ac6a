/**
 * The bits of every recipe after some steps, with one thread and with two (a convolutional or contractive recipe
 * then trains on replicas), and those of its ONNX files. A change that is not meant to change results must leave
 * all of them; one that is meant to says so in its commit, and writes them anew: HOURGLASS_GOLDEN=write.
 *
 * A float's last bits depend on the processor's instructions and on ONNX Runtime, so values of trained weights are
 * kept for each such machine; on another one they are skipped. Those of untrained models are the same everywhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { sideDivisor } from '../../dist/models/index.js';
import { loadRecipe, recipeNames } from '../../dist/node/recipes.js';
import type { Recipe } from '../../dist/recipe/recipe.js';
import { machineKey } from './machine.ts';
import { type Shape, type Trained, trained, untrained } from './steps.ts';

interface Golden {
  untrained: Record<string, string>;
  trained: Record<string, Record<string, Trained>>;
}

const FILE = fileURLToPath(new URL('bits.json', import.meta.url));
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Golden;
const isWriting = process.env.HOURGLASS_GOLDEN === 'write';
const isWhole = process.env.HOURGLASS_GOLDEN === 'all';
const key = machineKey();
const isKnown = key in golden.trained;
if (isWriting) golden.trained[key] ??= {};

/** Of digits; a little larger where strides do not divide 28. */
function digitFor({ model }: Recipe): Shape {
  const divisor = sideDivisor(model.encoder);
  const side = divisor * Math.ceil(28 / divisor);
  return { height: side, width: side, channels: 1 };
}
const COLOURED = { height: 20, width: 32, channels: 3 };
/** 23 million weights each: seconds a step. */
const HUGE = ['code3d-original', 'code4x4-original'];

/** 25 seconds for twenty steps on one thread: with HOURGLASS_GOLDEN=all only. */
const SLOW = 'denoising-conv';

interface Case {
  name: string;
  recipe: Recipe;
  shape: Shape;
}

const cases: Case[] = [
  ...recipeNames()
    .map((name) => loadRecipe(name))
    .map((recipe) => ({ name: recipe.name, recipe, shape: digitFor(recipe) })),
  // What own images are trained with: colours, other sizes, centred, scheduled and clipped.
  ...['basic', 'vae20', 'conv', 'contractive'].map((name) => ({
    name: `${name}, coloured`,
    recipe: loadRecipe(name, {
      'model.centre': true,
      'training.clipNorm': 1,
      'training.schedule.type': 'cosine',
    }),
    shape: COLOURED,
  })),
];

afterAll(() => {
  if (isWriting) writeFileSync(FILE, `${JSON.stringify(golden, null, 2)}\n`);
});

describe.each(cases)('$name', ({ name, recipe, shape }) => {
  test('untrained files', async () => {
    const found = await untrained(recipe, shape);
    if (isWriting) golden.untrained[name] = found;
    expect(found).toBe(golden.untrained[name]);
  });

  const threads = HUGE.includes(name) || (name === SLOW && !isWriting && !isWhole) ? [2] : [1, 2];
  test.skipIf(!isKnown && !isWriting).each(threads)('trained by %d thread(s)', async (threads) => {
    const found = await trained(recipe, shape, { threads, steps: HUGE.includes(name) ? 2 : 20 });
    const place = `${name}, ${threads}`;
    if (isWriting) golden.trained[key]![place] = found;
    expect(found).toEqual(golden.trained[key]![place]);
  });
});

test('no value is left of a recipe that is gone', () => {
  const names = cases.map(({ name }) => name).sort();
  expect(Object.keys(golden.untrained).sort()).toEqual(names);
});
