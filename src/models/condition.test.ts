import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import type { Sym } from '../graph/index.ts';
import { feedsOf } from '../nn/testing.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageSpec, type LabelledSource, memorySource } from '../samples/index.ts';
import { createEvaluator, createTrainer } from '../training/index.ts';
import { lowRankImages, modelOf, objectiveOf, settingsOf } from '../training/testing.ts';
import { checkObjective, defineAutoencoder, trainingGraph } from './index.ts';

const SHAPE = { height: 4, width: 4, channels: 1 };
const PIXELS = 16;
const CLASSES = ['no', 'so', 'yes'];
const CONDITION = { on: 'class', classes: CLASSES };
const LABELS = [2, 0, 1, 2];
const ROWS = LABELS.length;
const conv = { type: 'conv', channels: 2, kernel: 3, activation: 'tanh' };

const DENSE = modelOf({
  encoder: [{ type: 'dense', units: 5, activation: 'tanh' }],
  code: { units: 2, activation: 'identity' },
  decoder: [{ type: 'dense', units: 4, activation: 'tanh' }],
  condition: CONDITION,
});
const oneHot = LABELS.flatMap((label) => CLASSES.map((_, k) => Number(k === label)));

function build(model: typeof DENSE, more: object = {}) {
  const graph = trainingGraph(defineAutoencoder(model, SHAPE), objectiveOf('mse', more));
  const draw = random(5);
  const feeds = feedsOf(graph.net, ROWS, draw);
  const images = Array.from({ length: ROWS * PIXELS }, () => draw());
  feeds.set(graph.image, ndArray([ROWS, PIXELS], images));
  feeds.set(graph.condition!, ndArray([ROWS, CLASSES.length], oneHot));
  return { ...graph, feeds };
}

describe('a condition', () => {
  test('is a row of weights for each class in the first layer of each half, by hand', () => {
    const { net, image, objective, feeds } = build(DENSE);
    const data = (symbol: Sym) => feeds.get(symbol)!.data;
    const of = (name: string) => data(net.parameters.get(name)!.symbol);
    /** tanh or the identity of W[0..inputs) x + W[inputs + class] + b. */
    const layer = (x: ArrayLike<number>, label: number, name: string, units: number, bend: boolean) =>
      Array.from({ length: units }, (_, k) => {
        let z = of(`${name}.bias`)[k]! + of(`${name}.weight`)[(x.length + label) * units + k]!;
        for (let i = 0; i < x.length; i++) z += x[i]! * of(`${name}.weight`)[i * units + k]!;
        return bend ? Math.tanh(z) : z;
      });
    const plain = (x: ArrayLike<number>, name: string, units: number) =>
      Array.from({ length: units }, (_, k) => {
        let z = of(`${name}.bias`)[k]!;
        for (let i = 0; i < x.length; i++) z += x[i]! * of(`${name}.weight`)[i * units + k]!;
        return z;
      });
    const found = evaluate([objective.reconstruction], feeds)[0]!.data;
    for (const [n, label] of LABELS.entries()) {
      const x = data(image).subarray(n * PIXELS, (n + 1) * PIXELS);
      const code = plain(layer(x, label, 'encoder.dense1', 5, true), 'encoder.code', 2);
      const wanted = plain(layer(code, label, 'decoder.dense1', 4, true), 'decoder.output', PIXELS);
      for (const [i, z] of wanted.entries())
        expect(found[n * PIXELS + i]).toBeCloseTo(1 / (1 + Math.exp(-z)), 12);
    }
  });

  test('is channels that are 1 or 0 throughout where the first layer takes maps', () => {
    const model = modelOf({
      encoder: [conv],
      code: { type: 'maps' },
      output: { type: 'conv' },
      condition: CONDITION,
    });
    const { net, objective, feeds, image } = build(model);
    const shapes = [...net.parameters.values()].map(({ name, shape }) => `${name} [${shape}]`);
    expect(shapes).toEqual([
      'encoder.conv1.weight [2,4,3,3]',
      'encoder.conv1.bias [2]',
      'decoder.output.weight [1,5,3,3]',
      'decoder.output.bias [1]',
    ]);
    // Within the border the channels of a class add the sum of its kernel.
    const data = (symbol: Sym) => feeds.get(symbol)!.data;
    const of = (name: string) => data(net.parameters.get(name)!.symbol);
    const found = evaluate([objective.reconstruction], feeds)[0]!.data;
    const x = (n: number, r: number, c: number) =>
      r < 0 || c < 0 || r > 3 || c > 3 ? 0 : data(image)[n * PIXELS + 4 * r + c]!;
    const inside = (r: number, c: number) => Number(r >= 0 && c >= 0 && r < 4 && c < 4);
    const hidden = (n: number, k: number, r: number, c: number): number => {
      if (!inside(r, c)) return 0;
      let z = of('encoder.conv1.bias')[k]!;
      for (let i = 0; i < 9; i++) {
        const [row, column] = [r + Math.floor(i / 3) - 1, c + (i % 3) - 1];
        const weight = (channel: number) => of('encoder.conv1.weight')[(4 * k + channel) * 9 + i]!;
        z += weight(0) * x(n, row, column) + weight(1 + LABELS[n]!) * inside(row, column);
      }
      return Math.tanh(z);
    };
    for (const [n, label] of LABELS.entries()) {
      for (const [r, c] of [
        [0, 0],
        [1, 2],
      ] as const) {
        let z = of('decoder.output.bias')[0]!;
        for (let i = 0; i < 9; i++) {
          const [row, column] = [r + Math.floor(i / 3) - 1, c + (i % 3) - 1];
          const weight = (channel: number) => of('decoder.output.weight')[channel * 9 + i]!;
          z += weight(0) * hidden(n, 0, row, column) + weight(1) * hidden(n, 1, row, column);
          z += weight(2 + label) * inside(row, column);
        }
        expect(found[n * PIXELS + 4 * r + c]).toBeCloseTo(1 / (1 + Math.exp(-z)), 12);
      }
    }
  });

  test.each([
    ['dense layers', DENSE, {}],
    ['no layers', modelOf({ code: { units: 2, activation: 'sigmoid' }, condition: CONDITION }), {}],
    ['a Gaussian code', modelOf({ code: { type: 'gaussian', units: 2 }, condition: CONDITION }), {}],
    [
      'maps, noise and an L1 penalty',
      modelOf({ encoder: [conv], code: { type: 'maps' }, output: { type: 'conv' }, condition: CONDITION }),
      { corruption: { type: 'gaussian', sigma: 0.2 }, penalties: { l1: { weight: 0.1 } } },
    ],
    [
      'a contraction',
      modelOf({ code: { units: 1, activation: 'tanh' }, condition: CONDITION }),
      { penalties: { contraction: { weight: 0.3 } } },
    ],
  ])('has a gradient, as finite differences have it: %s', (_, model, more) => {
    const { objective, gradients, feeds } = build(model, more);
    const found = evaluate(
      gradients.map(({ gradient }) => gradient),
      feeds,
    );
    for (const [i, { parameter }] of gradients.entries()) {
      const error = relativeError(found[i]!, differences(objective.loss, parameter.symbol, feeds));
      expect(error, parameter.name).toBeLessThan(1e-7);
    }
  });

  test('moves the weights of its own class alone', () => {
    const { gradients, feeds } = build(DENSE);
    feeds.set(
      [...feeds.keys()].find(({ shape }) => shape[1] === CLASSES.length && shape[0] === 'N')!,
      ndArray(
        [ROWS, CLASSES.length],
        LABELS.flatMap(() => [0, 1, 0]),
      ),
    );
    const first = gradients.find(({ parameter }) => parameter.name === 'decoder.dense1.weight')!;
    const { data } = evaluate([first.gradient], feeds)[0]!;
    const ofClass = (label: number) => [...data.subarray((2 + label) * 4, (3 + label) * 4)];
    expect(ofClass(0)).toEqual([0, 0, 0, 0]);
    expect(ofClass(2)).toEqual([0, 0, 0, 0]);
    expect(Math.max(...ofClass(1).map(Math.abs))).toBeGreaterThan(1e-4);
  });

  test('does not fit tied weights', () => {
    const model = modelOf({ code: { units: 2 }, tied: true, condition: CONDITION });
    expect(() => checkObjective(model, objectiveOf('mse'))).toThrow(
      'model.tied: does not fit model.condition: the first layer takes the class next to the image, and the output gives none',
    );
  });
});

describe('a conditional model in training', () => {
  const CODES = {
    dense: { units: 3, activation: 'relu' },
    gaussian: { type: 'gaussian', units: 3 },
    'gaussian of several samples': {
      ...{ type: 'gaussian', units: 3 },
      importance: { type: 'iwae', samples: 3, gradient: 'doubly' },
    },
    fsq: { type: 'fsq', units: 3 },
    vq: { type: 'vq', units: 4, width: 2, entries: 8 },
  };
  const labels = Uint8Array.from({ length: 48 }, (_, i) => (i * 7) % 3);
  const blank = { ...lowRankImages(48, PIXELS, 2, 3), labels };
  /** Each class has a pattern of its own. */
  const told = {
    ...memorySource(
      imageSpec(SHAPE),
      Uint8Array.from({ length: 48 * PIXELS }, (_, i) =>
        (i % PIXELS) % 3 === labels[Math.floor(i / PIXELS)] ? 230 : 20,
      ),
    ),
    labels,
  };
  const settings = settingsOf({ batchSize: 16, optimiser: { type: 'adam', learningRate: 0.02 } });

  const trained = async (model: typeof DENSE, source: LabelledSource, { steps = 3, more = {} } = {}) => {
    const definition = defineAutoencoder(model, SHAPE);
    const objective = objectiveOf('bce', { loss: { type: 'bce', reduction: 'sum' }, ...more });
    const trainer = await createTrainer(nodeEngine, { definition, objective, settings, seed: 1, threads: 1 });
    let losses = {};
    for (let step = 0; step < steps; step++) {
      const indices = Uint32Array.from({ length: 16 }, (_, i) => (i * 5 + 16 * step) % 48);
      losses = await trainer.step(source, indices, { step, epochs: step / 3, learningRate: 0.02 });
    }
    const weights = new Map(
      [...trainer.weights()].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]),
    );
    const validation = await trainer.evaluate(source);
    await trainer.dispose();
    return { losses, weights, validation, definition, objective };
  };

  test.each(Object.entries(CODES))('takes steps with a code of type %s', async (_, code) => {
    const { losses, validation } = await trained(modelOf({ code, condition: CONDITION }), blank);
    for (const value of [...Object.values(losses), ...Object.values(validation)])
      expect(Number.isFinite(value)).toBe(true);
  });

  test('a prior made of images of its own is refused: they have no class', async () => {
    const code = { type: 'gaussian', units: 2, prior: { type: 'vamp', components: 3 } };
    await expect(trained(modelOf({ code, condition: CONDITION }), blank)).rejects.toThrow(
      'model.code.prior: does not fit model.condition: it is made of images of its own, which have no class',
    );
  });

  test('learns from the class what no code could tell', async () => {
    const model = modelOf({ code: { units: 1 }, condition: CONDITION });
    const more = { corruption: { type: 'masking', rate: 0.999 } };
    const { validation, weights, definition, objective } = await trained(model, told, { steps: 150, more });
    const parts = { seed: 1, threads: 1 };
    const evaluator = await createEvaluator(nodeEngine, { definition, objective }, weights, parts);
    const wrong = { ...told, labels: told.labels.map((label) => (label + 1) % 3) };
    const misled = await evaluator.evaluate(wrong, 'validation');
    expect(await evaluator.evaluate(told, 'validation')).toEqual(validation);
    await evaluator.dispose();
    expect(validation.loss! / PIXELS).toBeLessThan(0.4);
    expect(misled.loss).toBeGreaterThan(2 * validation.loss!);
  });

  test('a source without labels is refused', async () => {
    const { labels: _, ...without } = blank;
    const model = modelOf({ code: { units: 2 }, condition: CONDITION });
    await expect(trained(model, without as unknown as LabelledSource)).rejects.toThrow(
      'the samples have no labels, and a batch needs them',
    );
  });

  test('one class is a constant: it trains as a model of its own', async () => {
    const condition = { on: 'class', classes: ['only'] };
    const one = { ...told, labels: new Uint8Array(48) };
    const { validation } = await trained(modelOf({ code: { units: 2 }, condition }), one);
    expect(Number.isFinite(validation.loss)).toBe(true);
  });
});
