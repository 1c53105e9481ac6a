/** Importance-weighted training compared with formulas written out here, differences, and a model whose posterior is known. */
import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { gradients } from '../../autodiff/index.ts';
import { input, type Sym } from '../../graph/index.ts';
import { feedsOf } from '../../nn/testing.ts';
import { imageSpec, memorySource } from '../../samples/index.ts';
import { trainingSchema } from '../../training/settings.ts';
import { modelOf, objectiveOf, trainerOf } from '../../training/testing.ts';
import { type AutoencoderConfig, checkObjective, defineAutoencoder, trainingGraph } from '../index.ts';
import { objectiveSchema } from '../objective.ts';

const PIXELS = 4;
const UNITS = 2;
const ROWS = 3;
const SHAPE = { height: 1, width: PIXELS, channels: 1 };
const BCE = objectiveOf('bce', { loss: { type: 'bce', reduction: 'sum' } });

const model = (importance: object | undefined, more: object = {}): AutoencoderConfig =>
  modelOf({
    encoder: [{ type: 'dense', units: 3, activation: 'tanh' }],
    code: { type: 'gaussian', units: UNITS, ...(importance && { importance }) },
    decoder: [{ type: 'dense', units: 3, activation: 'tanh' }],
    ...more,
  });

/** The training graph of a model with numbers for all that it asks for, the same for the same sizes. */
function build(config: AutoencoderConfig, { rows = ROWS, objective = BCE, seed = 4 } = {}) {
  const definition = defineAutoencoder(config, SHAPE);
  const graph = trainingGraph(definition, objective);
  const draw = random(seed);
  const feeds = feedsOf(graph.net, rows, draw);
  const image = ndArray(
    [rows, PIXELS],
    Array.from({ length: rows * PIXELS }, () => draw()),
  );
  feeds.set(graph.image, image);
  const parts = Object.fromEntries(graph.objective.parts.map(({ name, symbol }) => [name, symbol]));
  return { ...graph, definition, feeds, values: image.data, parts, rows };
}

type Built = ReturnType<typeof build>;

const numberOf = (symbol: Sym, feeds: ReadonlyMap<Sym, NdArray>) => evaluate([symbol], feeds)[0]!.data[0]!;

/** For each code: z, σ and ε of each unit, and ln w, made of its three densities. */
function weigh({ net, image, definition, feeds, values, rows }: Built, each: number) {
  const epsilon = net.randomness.get('encoder.code.epsilon')!.symbol;
  const { posterior } = definition.encode(net, image);
  const [mean, logVariance] = evaluate([posterior!.mean, posterior!.logVariance], feeds);
  const noise = feeds.get(epsilon)!.data;
  const codes = Array.from({ length: rows * each }, (_, i) =>
    Array.from({ length: UNITS }, (_, u) => {
      const at = Math.floor(i / each) * UNITS + u;
      const sigma = Math.exp(logVariance!.data[at]! / 2);
      const epsilon = noise[i * UNITS + u]!;
      return { z: mean!.data[at]! + sigma * epsilon, mean: mean!.data[at]!, sigma, epsilon };
    }),
  );
  const given = input('given', ['M', UNITS]);
  const decoded = definition.decode(net, given).image;
  const normal = (x: number, mu: number, sigma: number) =>
    -((x - mu) ** 2) / (2 * sigma ** 2) - Math.log(sigma) - Math.log(2 * Math.PI) / 2;
  /** ln w of all codes, with one unit of each moved and q where it was. */
  const logWeights = (unit = 0, by = 0) => {
    const z = codes.map((code) => code.map((one, u) => one.z + (u === unit ? by : 0)));
    const [x] = evaluate([decoded], new Map([...feeds, [given, ndArray([z.length, UNITS], z.flat())]]));
    return codes.map((code, i) => {
      let sum = 0;
      for (let p = 0; p < PIXELS; p++) {
        const [target, made] = [values[Math.floor(i / each) * PIXELS + p]!, x!.data[i * PIXELS + p]!];
        sum += target * Math.log(made) + (1 - target) * Math.log(1 - made);
      }
      for (const [u, { mean, sigma }] of code.entries())
        sum += normal(z[i]![u]!, 0, 1) - normal(z[i]![u]!, mean, sigma);
      return sum;
    });
  };
  return { codes, logWeights };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const groupsOf = (values: readonly number[], size: number) =>
  Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
/** ln (1/k Σ w), as it is written. */
const bound = (logs: readonly number[]) => Math.log(meanOf(logs.map(Math.exp)));

const KINDS: [string, object, { each: number; k: number; elbo: number }][] = [
  ['iwae of 1', { type: 'iwae', samples: 1 }, { each: 1, k: 1, elbo: 0 }],
  ['iwae of 5', { type: 'iwae', samples: 5 }, { each: 5, k: 5, elbo: 0 }],
  ['miwae of 2 × 3', { type: 'miwae', samples: 3, groups: 2 }, { each: 6, k: 3, elbo: 0 }],
  ['ciwae of 4', { type: 'ciwae', samples: 4, elbo: 0.3 }, { each: 4, k: 4, elbo: 0.3 }],
];

describe.each(KINDS)('%s', (_, importance, { each, k, elbo }) => {
  const built = build(model(importance));
  const { logWeights, codes } = weigh(built, each);
  const logs = logWeights();
  const { feeds, objective, parts } = built;

  test('has the bound of its codes as the loss, and parts that add up to it', () => {
    const tight = meanOf(groupsOf(logs, k).map(bound));
    expect(numberOf(objective.loss, feeds)).toBeCloseTo(-(elbo * meanOf(logs) + (1 - elbo) * tight), 10);
    const { reconstruction, klDivergence, importance: gain } = parts;
    expect(numberOf(reconstruction!, feeds) + numberOf(klDivergence!, feeds)).toBeCloseTo(-meanOf(logs), 10);
    expect(numberOf(gain!, feeds)).toBeCloseTo(meanOf(logs) - tight, 10);
    expect(objective.parts.map(({ weight }) => weight)).toEqual([1, 1, 1 - elbo]);
    if (each === 1) expect(numberOf(gain!, feeds)).toBe(0);
    else expect(numberOf(gain!, feeds)).toBeLessThan(0);
  });

  test('has gradients as differences have them', () => {
    const { gradients: found } = built;
    const values = evaluate(
      found.map(({ gradient }) => gradient),
      feeds,
    );
    for (const [i, { parameter }] of found.entries()) {
      if (!/bias|mean\.weight/.test(parameter.name)) continue;
      const expected = differences(objective.loss, parameter.symbol, feeds);
      expect(relativeError(values[i]!, expected), parameter.name).toBeLessThan(1e-8);
    }
  });

  test('with doubly reparameterised gradients: the same loss, and the paper’s gradient of the encoder', () => {
    const doubly = build(model({ ...importance, gradient: 'doubly' }));
    expect(numberOf(doubly.objective.loss, doubly.feeds)).toBeCloseTo(numberOf(objective.loss, feeds), 10);
    const ofLoss = (of: Built, name: string) =>
      evaluate([of.gradients.find(({ parameter }) => parameter.name === name)!.gradient], of.feeds)[0]!;
    for (const name of ['decoder.dense1.weight', 'decoder.output.bias'])
      expect(relativeError(ofLoss(doubly, name), ofLoss(built, name)), name).toBeLessThan(1e-12);
    // Each code's share of its group squared, of the ELBO 1 / k, times d ln w / dz · dz / dφ.
    const shares = groupsOf(logs, k).flatMap((group) => {
      const sum = group.reduce((total, log) => total + Math.exp(log), 0);
      return group.map((log) => Math.exp(log) / sum);
    });
    for (let unit = 0; unit < UNITS; unit++) {
      const step = 1e-4;
      const [up, down] = [logWeights(unit, step), logWeights(unit, -step)];
      let [ofMean, ofLogVariance] = [0, 0];
      for (const [i, code] of codes.entries()) {
        const slope = (up[i]! - down[i]!) / (2 * step);
        const times = (elbo / each + ((1 - elbo) * shares[i]! ** 2 * k) / each) / ROWS;
        ofMean -= times * slope;
        ofLogVariance -= times * slope * 0.5 * code[unit]!.sigma * code[unit]!.epsilon;
      }
      expect(ofLoss(doubly, 'encoder.code.mean.bias').data[unit]).toBeCloseTo(ofMean, 6);
      expect(ofLoss(doubly, 'encoder.code.logVariance.bias').data[unit]).toBeCloseTo(ofLogVariance, 6);
    }
  });
});

describe('on a linear model with a normal likelihood', () => {
  const SIGMA = 0.4;
  const objective = objectiveOf('gaussian', { loss: { type: 'gaussian', reduction: 'sum', sigma: SIGMA } });
  const linear = (gradient: string) =>
    modelOf({
      code: { type: 'gaussian', units: 1, importance: { type: 'iwae', samples: 3, gradient } },
      output: { activation: 'identity' },
    });
  const w = [0.8, -0.4, 0.3, 0.5];

  /** One image many times, each with codes of its own; `spread` times the variance of the posterior. */
  function gradientsOf(gradient: string, rows: number, spread: number) {
    const built = build(linear(gradient), { rows, objective });
    const { net, feeds, image } = built;
    const variance = 1 / (1 + w.reduce((sum, one) => sum + one ** 2, 0) / SIGMA ** 2);
    const set = (name: string, values: number[]) => {
      const { symbol, shape } = net.parameters.get(name)!;
      feeds.set(symbol, ndArray(shape, values));
    };
    set(
      'encoder.code.mean.weight',
      w.map((one) => (variance * one) / SIGMA ** 2),
    );
    set('encoder.code.mean.bias', [0]);
    set('encoder.code.logVariance.weight', [0, 0, 0, 0]);
    set('encoder.code.logVariance.bias', [Math.log(spread * variance)]);
    set('decoder.output.weight', w);
    set('decoder.output.bias', [0, 0, 0, 0]);
    const one = [0.9, 0.2, 0.6, 0.1];
    feeds.set(image, ndArray([rows, PIXELS], Array.from({ length: rows }, () => one).flat()));
    const names = ['encoder.code.mean.bias', 'encoder.code.logVariance.bias'];
    const symbols = names.map((name) => net.parameters.get(name)!.symbol);
    return evaluate(gradients(built.objective.loss, symbols), feeds).map(({ data }) => data[0]!);
  }

  test('the doubly reparameterised gradient is 0 where the encoder has the posterior; the standard one only on average', () => {
    for (const value of gradientsOf('doubly', 2, 1)) expect(Math.abs(value)).toBeLessThan(1e-12);
    expect(Math.max(...gradientsOf('standard', 2, 1).map(Math.abs))).toBeGreaterThan(1e-3);
  });

  test('both have the same expectation', () => {
    const rows = 5000;
    const [standard, doubly] = [gradientsOf('standard', rows, 2.5), gradientsOf('doubly', rows, 2.5)];
    for (const [i, value] of standard.entries()) expect(Math.abs(value - doubly[i]!)).toBeLessThan(0.04);
    expect(Math.abs(standard[1]!)).toBeGreaterThan(0.1);
  });
});

test('a decoder with dropout has a mask for each code, and learns', async () => {
  const config = model(
    { type: 'iwae', samples: 4 },
    {
      decoder: [
        { type: 'dense', units: 8, activation: 'relu' },
        { type: 'dropout', rate: 0.2 },
      ],
    },
  );
  expect(build(config).net.randomness.get('decoder.dropout1.mask')!.size).toBe(4 * 8);
  const settings = trainingSchema.parse({
    epochs: 1,
    batchSize: 16,
    optimiser: { type: 'adam', learningRate: 0.02 },
  });
  const trainer = await trainerOf(config, PIXELS, settings, { objective: BCE });
  const bytes = Uint8Array.from({ length: 16 * PIXELS }, (_, i) => (Math.floor(i / 8) % 2 ? 250 : 5));
  const images = memorySource(imageSpec(SHAPE), bytes);
  const all = Uint32Array.from({ length: 16 }, (_, i) => i);
  const before = (await trainer.evaluate(images)).loss!;
  for (let step = 0; step < 60; step++)
    await trainer.step(images, all, { step, epochs: 0, learningRate: 0.02 });
  expect((await trainer.evaluate(images)).loss!).toBeLessThan(before - 0.5);
  await trainer.dispose();
});

describe('what is no bound on the likelihood is refused', () => {
  const iwae = { type: 'iwae', samples: 2 };
  const kl = (more: object) => modelOf({ code: { type: 'gaussian', units: 2, kl: more, importance: iwae } });
  const loss = (more: object) =>
    objectiveSchema().parse({ loss: { type: 'bce', reduction: 'sum', ...more } });
  test.each<[string, AutoencoderConfig, typeof BCE, string]>([
    [
      'a squared error',
      model(iwae),
      loss({ type: 'mse' }),
      'needs a loss that is a likelihood, got loss.type mse; set loss.type=bce',
    ],
    [
      'a mean over pixels',
      model(iwae),
      loss({ reduction: 'mean' }),
      'needs nats per image, got loss.reduction mean',
    ],
    ['another weight', model(iwae), loss({ weight: 2 }), 'needs the likelihood itself, got loss.weight 2'],
    [
      'β',
      kl({ weight: 4 }),
      BCE,
      'needs a KL weight of 1, got 4; set model.code.kl.weight=1, or model.code.importance=null',
    ],
    ['warm-up', kl({ warmup: 3 }), BCE, 'needs the whole KL weight from the first step'],
    ['free bits', kl({ freeBits: 0.1 }), BCE, 'has no free bits'],
    [
      'batch statistics in the decoder',
      model(iwae, { decoder: [{ type: 'batchNorm' }] }),
      BCE,
      'got batchNorm in the decoder',
    ],
  ])('%s', (_, config, objective, words) => {
    expect(() => checkObjective(config, objective)).toThrow(words);
    checkObjective(model(iwae, { encoder: [{ type: 'batchNorm' }] }), BCE);
  });
});
