/** Sparse codes as settings and in whole models; their formulas are tested in nn/sparse.test.ts. */
import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../../node/engine/index.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { createTrainer, initialWeights } from '../../training/index.ts';
import { lowRankImages, modelOf, objectiveOf } from '../../training/testing.ts';
import { defineAutoencoder, shippedModels, trainingGraph } from '../index.ts';
import { prefixesOf } from './matryoshka.ts';

const SHAPE = { height: 1, width: 12, channels: 1 };
const KINDS = [
  { type: 'topk', units: 40, k: 3 },
  { type: 'batchTopk', units: 40, k: 3 },
  { type: 'jumprelu', units: 40 },
  { type: 'matryoshka', units: 40, k: 3 },
] as const;
const sparse = (code: object) => modelOf({ code, output: { activation: 'identity' } });

const recipe = (model: object, more: object = {}) => ({
  name: 'r',
  why: 'a test',
  data: { set: 'rows.npy' },
  model: { family: 'autoencoder', encoder: [], decoder: [], output: { activation: 'identity' }, ...model },
  loss: { type: 'mse', reduction: 'sum' },
  training: { epochs: 1, batchSize: 8, optimiser: { type: 'adam', learningRate: 0.001 } },
  ...more,
});

describe.each(KINDS)('$type', (code) => {
  test('begins with an encoder that is the dictionary, and is not divided between threads', async () => {
    const definition = defineAutoencoder(sparse(code), SHAPE);
    const graph = trainingGraph(definition, objectiveOf('mse'));
    expect(graph).toMatchObject({ isSumOverImages: false, hasBatchStatistics: false });
    const trainer = await createTrainer(nodeEngine, {
      ...{
        definition,
        objective: objectiveOf('mse'),
        seed: 3,
        threads: 1,
        mean: new Float32Array(12).fill(7),
      },
      settings: parseRecipe(recipe({ code }) as never).training,
    });
    const weights = trainer.weights();
    expect(weights.get('encoder.code.weight')!.values).toEqual(weights.get('decoder.output.weight')!.values);
    expect([...weights.get('decoder.output.bias')!.values]).toEqual(new Array(12).fill(7));
    const images = lowRankImages(16, 12, 3, 1);
    const before = weights.get('encoder.code.weight')!.values.slice();
    const indices = Uint32Array.from({ length: 16 }, (_, i) => i);
    const losses = await trainer.step(images, indices, { step: 0, epochs: 0, learningRate: 0.01 });
    expect(Object.values(losses).every(Number.isFinite)).toBe(true);
    expect(trainer.weights().get('encoder.code.weight')!.values).not.toEqual(before);
    await trainer.dispose();
  });

  test('is shipped with codes of which none is below 0, and reconstructions that their directions add up to', async () => {
    const definition = defineAutoencoder(sparse(code), SHAPE);
    const weights = initialWeights(nodeEngine, definition, objectiveOf('mse'), 5);
    const plain = new Map([...weights].map(([name, { values }]) => [name, values]));
    const { autoencoder } = shippedModels(definition, SHAPE, plain, {});
    const model = await nodeEngine.open(autoencoder, { threads: 1 });
    const data = Float32Array.from({ length: 6 * 12 }, (_, i) => Math.sin(7 * i));
    const made = await model.run({ image: { data, shape: [6, 1, 1, 12] } });
    const [codes, images] = [made.code!.data as Float32Array, made.reconstruction!.data as Float32Array];
    await model.dispose();
    const [E, D] = ['encoder.code.weight', 'decoder.output.weight'].map((name) => plain.get(name)!);
    for (let row = 0; row < 6; row++) {
      const own = codes.subarray(row * 40, (row + 1) * 40);
      const h = Array.from({ length: 40 }, (_, unit) =>
        E!.subarray(unit * 12, (unit + 1) * 12).reduce((sum, w, k) => sum + w * data[row * 12 + k]!, 0),
      );
      // Before the first step a batch has no threshold, and 0 takes its place.
      const least = code.type === 'topk' ? h.toSorted((a, b) => b - a)[2]! : 0;
      const above = code.type === 'jumprelu' ? 0.01 : 0;
      for (const [unit, value] of own.entries()) {
        expect(value).toBeCloseTo(h[unit]! >= least && h[unit]! > above ? h[unit]! : 0, 4);
      }
      for (let k = 0; k < 12; k++) {
        let sum = 0;
        for (const [unit, value] of own.entries()) {
          const direction = D!.subarray(unit * 12, (unit + 1) * 12);
          sum += (value * direction[k]!) / Math.hypot(...direction);
        }
        expect(images[row * 12 + k]).toBeCloseTo(sum, 4);
      }
    }
  });

  test.each([
    [
      { encoder: [{ type: 'dense', units: 5 }] },
      {},
      /model\.encoder: must be empty.*set model\.encoder=\[\]/,
    ],
    [{ decoder: [{ type: 'dense', units: 5 }] }, {}, /model\.decoder: must be empty/],
    [{ output: { activation: 'sigmoid' } }, {}, /model\.output: must be dense, with activation identity/],
    [{ output: { activation: 'identity', bias: false } }, {}, /model\.output: .*without bias/],
    [{ tied: true }, {}, /model\.tied: /],
    [{ centre: true }, {}, /model\.centre: must be off/],
    [{}, { penalties: { l1: { weight: 1 } } }, /penalties\.l1: is for codes that are not sparse/],
    [{}, { penalties: { l2: { weight: 1 } } }, /penalties\.l2: does nothing to directions of length 1/],
  ])('refuses %j %j', (model, more, words) => {
    expect(() => parseRecipe(recipe({ code, ...model }, more) as never)).toThrow(words);
  });
});

test('more units cannot be kept than there are, and prefixes rise', () => {
  const parse = (code: object) => parseRecipe(recipe({ code }) as never);
  expect(() => parse({ type: 'topk', units: 64, k: 65 })).toThrow(/at most the number of units, 64.*k=2/);
  const matryoshka = (prefixes: number[]) => parse({ type: 'matryoshka', units: 64, k: 2, prefixes });
  expect(() => matryoshka([8, 8])).toThrow(/must rise and stay below the number of units, 64/);
  expect(() => matryoshka([8, 64])).toThrow(/must rise/);
  expect(() => matryoshka([])).toThrow();
  expect(matryoshka([8, 63]).model.code).toMatchObject({ prefixes: [8, 63] });
  expect(prefixesOf({ type: 'matryoshka', units: 2048, k: 1 } as never)).toEqual([128, 256, 512, 1024]);
  expect(prefixesOf({ type: 'matryoshka', units: 3, k: 1 } as never)).toEqual([1]);
});
