/** Learned priors in a model: their density, what is drawn from them, how they begin, and that they are trained and shipped. */
import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../../../test/reference/interpreter.ts';
import { random } from '../../../../test/reference/random.ts';
import { measureLikelihood } from '../../../evaluation/likelihood.ts';
import { input } from '../../../graph/index.ts';
import { Network } from '../../../nn/index.ts';
import { feedsOf, normal } from '../../../nn/testing.ts';
import { nodeEngine } from '../../../node/engine/index.ts';
import { imageSpec, memorySource } from '../../../samples/index.ts';
import { createTrainer, type Trainer } from '../../../training/index.ts';
import { trainingSchema } from '../../../training/settings.ts';
import { lowRankImages, modelOf, objectiveOf } from '../../../training/testing.ts';
import {
  type AutoencoderConfig,
  checkObjective,
  codeTraits,
  defineAutoencoder,
  importanceGraph,
  shippedModels,
  trainingGraph,
} from '../../index.ts';
import { priorModel } from '../../objective.ts';
import { CODE_BUILDERS } from '../build/index.ts';

const PIXELS = 4;
const UNITS = 2;
const ROWS = 3;
const SHAPE = { height: 1, width: PIXELS, channels: 1 };
const BCE = objectiveOf('bce', { loss: { type: 'bce', reduction: 'sum' } });
const SETTINGS = trainingSchema.parse({
  epochs: 1,
  batchSize: 16,
  optimiser: { type: 'adam', learningRate: 0.01 },
});

const model = (prior: object, more: object = {}): AutoencoderConfig =>
  modelOf({
    encoder: [{ type: 'dense', units: 3, activation: 'tanh' }],
    code: { type: 'gaussian', units: UNITS, prior, ...more },
    decoder: [{ type: 'dense', units: 3, activation: 'tanh' }],
  });

const VAMP = { type: 'vamp', components: 3 };
const REALNVP = { type: 'realnvp', layers: 2, width: 3 };

/** ln p(z) of some codes, by the graph, with numbers for the prior's parameters. */
function densityOf(config: AutoencoderConfig, codes: number[][], seed = 2) {
  const definition = defineAutoencoder(config, SHAPE);
  const net = new Network('train');
  const z = input('z', ['M', UNITS]);
  const { prior } = CODE_BUILDERS.of('gaussian');
  const density = net.within('prior', () => prior!.logDensity(net, z, config.code, priorModel(definition)));
  const feeds = feedsOf(net, 1, random(seed)).set(z, ndArray([codes.length, UNITS], codes.flat()));
  return { net, definition, feeds, logs: [...evaluate([density], feeds)[0]!.data] };
}

const CODES = [
  [0, 0],
  [1.5, -0.4],
  [-2, 0.7],
];

test('the standard prior is N(0, I)', () => {
  const expected = CODES.map(([a, b]) => -(a! ** 2 + b! ** 2) / 2 - Math.log(2 * Math.PI));
  for (const [i, log] of densityOf(model({ type: 'standard' }), CODES).logs.entries())
    expect(log).toBeCloseTo(expected[i]!, 12);
  expect(codeTraits(model({ type: 'standard' }).code).prior).toEqual({
    name: 'N(0, I)',
    isStandardNormal: true,
  });
});

test('a VampPrior of one image is the normal distribution that the encoder has for it', () => {
  const { net, definition, feeds, logs } = densityOf(model({ type: 'vamp', components: 1 }), CODES);
  const image = input('image', ['N', PIXELS]);
  const { posterior } = net.inMode('infer', () => definition.encode(net, image));
  const pixels = feeds.get(net.parameters.get('prior.images')!.symbol)!.data;
  feeds.set(
    image,
    ndArray(
      [1, PIXELS],
      Array.from(pixels, (x) => 1 / (1 + Math.exp(-x))),
    ),
  );
  const [mean, logVariance] = evaluate([posterior!.mean, posterior!.logVariance], feeds);
  for (const [i, code] of CODES.entries()) {
    let expected = 0;
    for (const [u, z] of code.entries()) {
      const s = logVariance!.data[u]!;
      expected -= ((z - mean!.data[u]!) ** 2 / Math.exp(s) + s + Math.log(2 * Math.PI)) / 2;
    }
    expect(logs[i]).toBeCloseTo(expected, 10);
  }
});

describe.each([
  ['vamp', VAMP],
  ['realnvp', REALNVP],
])('%s', (_, prior) => {
  const config = model(prior);

  test('has the KL divergence of the codes that are drawn, and gradients as differences have them', () => {
    const graph = trainingGraph(defineAutoencoder(config, SHAPE), BCE);
    const draw = random(3);
    const feeds = feedsOf(graph.net, ROWS, draw);
    feeds.set(
      graph.image,
      ndArray(
        [ROWS, PIXELS],
        Array.from({ length: ROWS * PIXELS }, () => draw()),
      ),
    );
    const epsilon = feeds.get(graph.net.randomness.get('encoder.code.epsilon')!.symbol)!.data;
    const { posterior } = defineAutoencoder(config, SHAPE).encode(graph.net, graph.image);
    const [mean, logVariance] = evaluate([posterior!.mean, posterior!.logVariance], feeds);
    const codes = Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: UNITS }, (_, u) => {
        const at = row * UNITS + u;
        return mean!.data[at]! + Math.exp(logVariance!.data[at]! / 2) * epsilon[at]!;
      }),
    );
    const { net, feeds: own } = densityOf(config, codes);
    for (const { name, symbol } of net.parameters.values())
      own.set(symbol, feeds.get(graph.net.parameters.get(name)!.symbol)!);
    const z = [...own.keys()].find(({ shape }) => shape[0] === 'M')!;
    const { prior: built } = CODE_BUILDERS.of('gaussian');
    const density = net.within('prior', () =>
      built!.logDensity(net, z, config.code, priorModel(defineAutoencoder(config, SHAPE))),
    );
    const logs = evaluate([density], own)[0]!.data;
    const entropy = logVariance!.data.reduce((sum, s) => sum + (s + Math.log(2 * Math.PI) + 1) / 2, 0);
    const expected = (-entropy - logs.reduce((sum, log) => sum + log, 0)) / ROWS;
    const kl = graph.objective.parts.find(({ name }) => name === 'klDivergence')!;
    expect(kl.definition).toMatch(
      /^KL divergence from (VampPrior|RealNVP) of .* by one code drawn for each image/,
    );
    expect(evaluate([kl.symbol], feeds)[0]!.data[0]).toBeCloseTo(expected, 10);

    const values = evaluate(
      graph.gradients.map(({ gradient }) => gradient),
      feeds,
    );
    const names = graph.gradients.map(({ parameter }) => parameter.name);
    expect(names.some((name) => name.startsWith('prior.'))).toBe(true);
    for (const [i, { parameter }] of graph.gradients.entries()) {
      if (!/^prior|code\.(mean|logVariance)\.bias/.test(parameter.name)) continue;
      const found = differences(graph.objective.loss, parameter.symbol, feeds);
      expect(relativeError(values[i]!, found), parameter.name).toBeLessThan(1e-7);
    }
  });

  test('trained on, it ends with the same bits after a stop, and is shipped with a sampler of its codes', async () => {
    const definition = defineAutoencoder(config, SHAPE);
    const options = { definition, objective: BCE, settings: SETTINGS, seed: 1, threads: 1 };
    const images = lowRankImages(16, PIXELS, 2, 1);
    const all = Uint32Array.from({ length: 16 }, (_, i) => i);
    const step = (trainer: Trainer, n: number) =>
      trainer.step(images, all, { step: n, epochs: n, learningRate: 0.01 });
    const [whole, resumed] = [
      await createTrainer(nodeEngine, options),
      await createTrainer(nodeEngine, options),
    ];
    for (let n = 0; n < 3; n++) await step(whole, n);
    const kept = [...whole.weights(), ...whole.optimiserState()].map(
      ([name, { values }]) => [name, values.slice()] as const,
    );
    await step(whole, 3);
    const own = new Map([...resumed.weights(), ...resumed.optimiserState()]);
    for (const [name, values] of kept) own.get(name)!.values.set(values);
    await step(resumed, 3);
    for (const [name, { values }] of whole.weights())
      expect([...resumed.weights().get(name)!.values], name).toEqual([...values]);

    const weights = new Map([...whole.weights()].map(([name, { values }]) => [name, values]));
    const { sampler } = shippedModels(definition, SHAPE, weights, {});
    const opened = await nodeEngine.open(sampler!, { threads: 1 });
    const draw = random(8);
    const units = prior === VAMP ? UNITS + 1 : UNITS;
    const count = 4000;
    const noise = Float32Array.from({ length: count * units }, () => normal(draw));
    const { code, image } = await opened.run({ noise: { data: noise, shape: [count, units] } });
    expect(code!.shape).toEqual([count, UNITS]);
    expect(image!.shape).toEqual([count, 1, 1, PIXELS]);
    // The mean of f(z) / p(z) over draws of p is ∫ f: 1 for a normal density that p covers.
    const { net, feeds } = densityOf(config, CODES);
    for (const { name, symbol, shape } of net.parameters.values())
      feeds.set(symbol, ndArray(shape, Array.from(weights.get(name)!)));
    const drawn = Array.from({ length: count }, (_, i) => [code!.data[2 * i]!, code!.data[2 * i + 1]!]);
    const mean = [0, 1].map((u) => drawn.reduce((sum, z) => sum + z[u]!, 0) / count);
    const spread = [0, 1].map((u) => drawn.reduce((sum, z) => sum + (z[u]! - mean[u]!) ** 2, 0) / count / 4);
    const z = [...feeds.keys()].find(({ shape }) => shape[0] === 'M')!;
    const { prior: built } = CODE_BUILDERS.of('gaussian');
    const density = net.within('prior', () => built!.logDensity(net, z, config.code, priorModel(definition)));
    const logs = evaluate([density], feeds.set(z, ndArray([count, UNITS], drawn.flat())))[0]!.data;
    const ratio = drawn.map((one, i) => {
      let log = -logs[i]!;
      for (const u of [0, 1])
        log -= (one[u]! - mean[u]!) ** 2 / (2 * spread[u]!) + Math.log(2 * Math.PI * spread[u]!) / 2;
      return Math.exp(log);
    });
    expect(ratio.reduce((sum, one) => sum + one, 0) / count).toBeCloseTo(1, 1);

    const measured = await measureLikelihood(
      nodeEngine,
      { definition, recipe: BCE, weights: whole.weights(), held: images },
      { images: 3, seed: 1, threads: 1 },
    );
    expect(measured.elbo).toBeLessThanOrEqual(-measured.nll.at(-1)!.value);
    expect(measured.klDivergence).toBeGreaterThan(-0.01);
    await Promise.all([whole.dispose(), resumed.dispose(), opened.dispose()]);
  });

  test('goes with importance-weighted training: ln w has its density', () => {
    const importance = { type: 'iwae', samples: 4, gradient: 'doubly' };
    const graph = trainingGraph(defineAutoencoder(model(prior, { importance }), SHAPE), BCE);
    expect(graph.objective.parts.map(({ name }) => name)).toEqual([
      'reconstruction',
      'klDivergence',
      'importance',
    ]);
    const { net, logRatio } = importanceGraph(defineAutoencoder(config, SHAPE), BCE.loss);
    expect(logRatio.shape).toEqual(['N']);
    expect([...net.parameters.keys()].some((name) => name.startsWith('prior.'))).toBe(true);
  });
});

test('a VampPrior begins with training images, as far as there are any, and with noise in the other places', async () => {
  const definition = defineAutoencoder(model(VAMP), SHAPE);
  const options = { definition, objective: BCE, settings: SETTINGS, seed: 1, threads: 1 };
  const examples = Float32Array.from([0, 1, 0.5, 0.25, 0.9, 0.1, 0.5, 0.5]);
  const [given, drawn] = await Promise.all([
    createTrainer(nodeEngine, { ...options, examples }),
    createTrainer(nodeEngine, options),
  ]);
  const [first, other] = [given, drawn].map((trainer) => trainer.weights().get('prior.images')!.values);
  const images = Array.from(first!, (x) => 1 / (1 + Math.exp(-x)));
  for (const [i, value] of [0.02, 0.98, 0.5, 0.25, 0.9, 0.1, 0.5, 0.5].entries())
    expect(images[i]).toBeCloseTo(value, 6);
  expect([...first!.subarray(8)]).toEqual([...other!.subarray(8)]);
  await Promise.all([given.dispose(), drawn.dispose()]);
});

test('images of the prior are encoded without noise, however the encoder is trained', () => {
  const noisy = modelOf({
    encoder: [
      { type: 'dense', units: 3, activation: 'tanh' },
      { type: 'dropout', rate: 0.5 },
    ],
    code: { type: 'gaussian', units: UNITS, prior: VAMP },
  });
  const { net } = trainingGraph(defineAutoencoder(noisy, SHAPE), BCE);
  expect([...net.randomness.keys()].sort()).toEqual(['encoder.code.epsilon', 'encoder.dropout1.mask']);
  expect(net.mode).toBe('train');
});

describe('what does not fit is refused', () => {
  test.each<[string, AutoencoderConfig, string]>([
    ['free bits of a joint density', model(VAMP, { kl: { freeBits: 0.1 } }), 'counts nats of each unit'],
    [
      'a flow of one unit',
      modelOf({ code: { type: 'gaussian', units: 1, prior: REALNVP } }),
      'it needs 2 or more, got model.code.units 1',
    ],
    [
      'batch statistics for images of no batch',
      modelOf({ encoder: [{ type: 'batchNorm' }], code: { type: 'gaussian', units: 2, prior: VAMP } }),
      'got batchNorm in the encoder',
    ],
  ])('%s', (_, config, words) => {
    expect(() => checkObjective(config, BCE)).toThrow(words);
    checkObjective(
      modelOf({ encoder: [{ type: 'batchNorm' }], code: { type: 'gaussian', units: 2, prior: REALNVP } }),
      BCE,
    );
  });
});

test('pixels that are drawn as 0 or 1: the encoder has the same, others in each step, the same in validation', async () => {
  const objective = objectiveOf('bce', { loss: { type: 'bce', reduction: 'sum', binarise: 'dynamic' } });
  const { objective: built, net, image } = trainingGraph(defineAutoencoder(modelOf({}), SHAPE), objective);
  const grey = Array.from({ length: 500 * PIXELS }, (_, i) => [0, 0.3, 0.8, 1][i % PIXELS]!);
  const feeds = feedsOf(net, 500, random(5)).set(image, ndArray([500, PIXELS], grey));
  const seen = evaluate([built.seen], feeds)[0]!.data;
  expect(new Set(seen)).toEqual(new Set([0, 1]));
  const share = (pixel: number) =>
    seen.filter((_, i) => i % PIXELS === pixel).reduce((sum, x) => sum + x, 0) / 500;
  expect([share(0), share(3)]).toEqual([0, 1]);
  expect(Math.abs(share(1) - 0.3)).toBeLessThan(0.08);
  expect(Math.abs(share(2) - 0.8)).toBeLessThan(0.08);
  const [part] = built.parts;
  expect(part!.definition).toContain('pixels drawn as 0 or 1 each time');
  const trainer = await createTrainer(nodeEngine, {
    definition: defineAutoencoder(modelOf({}), SHAPE),
    objective,
    settings: SETTINGS,
    seed: 1,
    threads: 1,
  });
  const images = memorySource(imageSpec(SHAPE), new Uint8Array(16 * PIXELS).fill(100));
  const all = Uint32Array.from({ length: 16 }, (_, i) => i);
  const losses = [];
  for (const step of [0, 1])
    losses.push((await trainer.step(images, all, { step, epochs: 0, learningRate: 0 })).loss);
  expect(losses[0]).not.toBe(losses[1]);
  expect(await trainer.evaluate(images)).toEqual(await trainer.evaluate(images));
  await trainer.dispose();
});
