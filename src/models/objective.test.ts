import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { type Sym, topologicalOrder } from '../graph/index.ts';
import { type Mode, Network } from '../nn/index.ts';
import { feedsOf } from '../nn/testing.ts';
import { BUSY_MODEL, MANY_PARTS, modelOf, NOISY_MODEL, objectiveOf } from '../training/testing.ts';
import { defineAutoencoder } from './autoencoder.ts';
import { corrupt } from './corruptions/build.ts';
import type { AutoencoderConfig } from './definition.ts';
import { objectiveGraph, trainingGraph } from './graphs.ts';
import { checkObjective, type ObjectiveConfig } from './objective.ts';
import { describeParts } from './part.ts';

const SHAPE = { height: 2, width: 3, channels: 1 };
const PIXELS = 6;
const ROWS = 4;

/** A graph, with values for all that it asks for. */
function build(model: AutoencoderConfig, objective: ObjectiveConfig, mode: Mode) {
  const graph = objectiveGraph(defineAutoencoder(model, SHAPE), objective, mode);
  const draw = random(2);
  const image = Array.from({ length: ROWS * PIXELS }, () => draw());
  const feeds = feedsOf(graph.net, ROWS, draw).set(graph.image, ndArray([ROWS, PIXELS], image));
  return { ...graph, feeds };
}

const numberOf = (symbol: Sym, feeds: ReadonlyMap<Sym, NdArray>) => evaluate([symbol], feeds)[0]!.data[0]!;

const SPARSE_MODEL = modelOf({ code: { units: 3, activation: 'sigmoid' } });
const SPARSE = objectiveOf('bce', {
  penalties: { sparsity: { weight: 3, target: 0.1 }, l1: { weight: 0.2 } },
});

describe('the parts of a loss', () => {
  test.each<[string, AutoencoderConfig, ObjectiveConfig, Mode]>([
    ['many parts, in training', NOISY_MODEL, MANY_PARTS, 'train'],
    ['many parts, in validation', NOISY_MODEL, MANY_PARTS, 'validate'],
    ['a sparse code', SPARSE_MODEL, SPARSE, 'train'],
    ['one part', BUSY_MODEL, objectiveOf('mae'), 'train'],
    [
      'one part with a weight',
      BUSY_MODEL,
      objectiveOf('mse', { loss: { type: 'mse', weight: 0.95 } }),
      'train',
    ],
  ])('add up to it, each times its weight: %s', (_, model, config, mode) => {
    const { objective, feeds } = build(model, config, mode);
    const total = objective.parts.reduce((sum, { symbol, weight, scheduled }) => {
      const times = scheduled === undefined ? weight : numberOf(scheduled, feeds);
      return sum + times * numberOf(symbol, feeds);
    }, 0);
    expect(numberOf(objective.loss, feeds)).toBeCloseTo(total, 12);
    expect(objective.loss.shape).toEqual([]);
    for (const { symbol } of objective.parts) expect(symbol.shape).toEqual([]);
  });

  test('are the reconstruction first, then the code’s own, then the penalties that are set', () => {
    const names = (model: AutoencoderConfig, config: ObjectiveConfig) =>
      build(model, config, 'train').objective.parts.map(({ name, weight }) => [name, weight]);
    expect(names(NOISY_MODEL, MANY_PARTS)).toEqual([
      ['reconstruction', 2],
      ['klDivergence', 0.5],
      ['contraction', 0.1],
      ['l1', 0.01],
      ['l2', 0.001],
    ]);
    expect(names(SPARSE_MODEL, SPARSE)).toEqual([
      ['reconstruction', 1],
      ['l1', 0.2],
      ['sparsity', 3],
    ]);
    expect(names(BUSY_MODEL, objectiveOf('mae'))).toEqual([['reconstruction', 1]]);
  });

  test('state their definition: what they measure, summed or averaged over what, in which unit', () => {
    const said = (model: AutoencoderConfig, config: ObjectiveConfig) =>
      build(model, config, 'train').objective.parts.map(({ definition, unit }) => [definition, unit]);
    expect([...said(NOISY_MODEL, MANY_PARTS), ...said(SPARSE_MODEL, SPARSE)]).toEqual([
      [
        'Gaussian negative log-likelihood (nats), σ learned, one for all pixels, summed over pixels, mean over images',
        'NLL per image (nats)',
      ],
      [
        'KL divergence from the standard normal (nats), at least 0.05 for each unit, summed over units, mean over images; in training its weight rises over the first 1.5 epochs',
        'KL per image (nats)',
      ],
      [
        '‖∂h/∂x‖²_F, summed over units and pixels, estimated by 2 random projections, mean over images',
        '‖J‖² per image',
      ],
      ['Σ |h| over the units of the code, mean over images', 'Σ |h| per image'],
      ['Σ w² over all weights, biases and scales', 'Σ w²'],
      ['binary cross-entropy (nats), mean over pixels and images', 'BCE per pixel (nats)'],
      ['Σ |h| over the units of the code, mean over images', 'Σ |h| per image'],
      ['KL(0.1 ‖ mean activation over a batch), summed over units (nats)', 'KL of sparsity (nats)'],
    ]);
    const parts = build(SPARSE_MODEL, SPARSE, 'train').objective.parts;
    expect(describeParts(parts.slice(0, 2))).toBe(
      'binary cross-entropy (nats), mean over pixels and images + 0.2 · Σ |h| over the units of the code, mean over images',
    );
  });

  test('an exact contraction says so by saying nothing of an estimate; auto is exact up to 128 units', () => {
    const contraction = (units: number, method: string) => {
      const config = objectiveOf('mse', { penalties: { contraction: { weight: 1, method } } });
      const { parts } = build(modelOf({ code: { units } }), config, 'train').objective;
      return parts[1]!.definition;
    };
    const exact = '‖∂h/∂x‖²_F, summed over units and pixels, mean over images';
    expect(contraction(2, 'exact')).toBe(exact);
    expect(contraction(128, 'auto')).toBe(exact);
    expect(contraction(129, 'auto')).toContain(', estimated by 1 random projection, ');
    expect(contraction(2, 'estimate')).toContain('estimated');
  });
});

describe('what each part is of', () => {
  test('the reconstruction is compared with the clean image', () => {
    const config = objectiveOf('mse', { corruption: { type: 'masking', rate: 0.5 } });
    const { image, objective, feeds } = build(BUSY_MODEL, config, 'validate');
    const [reconstruction, seen] = evaluate([objective.reconstruction, objective.seen], feeds);
    const clean = feeds.get(image)!.data;
    expect([...seen!.data]).not.toEqual([...clean]);
    const mse = clean.reduce((sum, x, i) => sum + (x - reconstruction!.data[i]!) ** 2, 0) / clean.length;
    expect(numberOf(objective.loss, feeds)).toBeCloseTo(mse, 14);
  });

  test('the KL divergence is summed over units, with its free bits for each', () => {
    const { net, objective, feeds } = build(NOISY_MODEL, MANY_PARTS, 'validate');
    // A second encoder on the same feeds: what the Gaussian is of these images.
    const { posterior } = defineAutoencoder(NOISY_MODEL, SHAPE).encode(net, objective.seen);
    const [mean, logVariance] = evaluate([posterior!.mean, posterior!.logVariance], feeds);
    let sum = 0;
    for (const [i, mu] of mean!.data.entries()) {
      const s = logVariance!.data[i]!;
      sum += Math.max(0.05, 0.5 * (mu ** 2 + Math.exp(s) - s - 1));
    }
    expect(numberOf(objective.parts[1]!.symbol, feeds)).toBeCloseTo(sum / ROWS, 12);
  });

  test('penalties on a Gaussian code are on its mean: they know nothing of the sample', () => {
    const { net, objective } = build(NOISY_MODEL, MANY_PARTS, 'train');
    const epsilon = net.randomness.get('encoder.code.epsilon')!.symbol;
    const sees = (name: string) =>
      topologicalOrder([objective.parts.find((part) => part.name === name)!.symbol]).includes(epsilon);
    expect(sees('reconstruction')).toBe(true);
    expect(['klDivergence', 'contraction', 'l1', 'l2'].filter(sees)).toEqual([]);
  });

  test('the contraction is with respect to what the encoder is given, corrupted or not', () => {
    const contraction = (type: object) => {
      const config = objectiveOf('mse', {
        corruption: type,
        penalties: { contraction: { weight: 1, method: 'exact' } },
      });
      // Without an activation the Jacobian is the same everywhere: that of the weights alone.
      const { objective, feeds } = build(modelOf({}), config, 'validate');
      return numberOf(objective.parts[1]!.symbol, feeds);
    };
    expect(contraction({ type: 'masking', rate: 0.9 })).toBeCloseTo(contraction({ type: 'none' }), 12);
  });

  test('L2 counts all weights, and a learned variance and other biases only where asked', () => {
    const sum = (biases: boolean) => {
      const config = objectiveOf('gaussian', {
        loss: { type: 'gaussian', sigma: 'learned' },
        penalties: { l2: { weight: 1, biases } },
      });
      const { net, objective, feeds } = build(NOISY_MODEL, config, 'train');
      const counted = [...net.parameters.values()].filter(({ role }) => biases || role === 'weight');
      const expected = counted.flatMap(({ symbol }) => [...feeds.get(symbol)!.data]);
      return [numberOf(objective.parts[2]!.symbol, feeds), expected.reduce((total, w) => total + w ** 2, 0)];
    };
    for (const biases of [false, true]) expect(sum(biases)[0]).toBeCloseTo(sum(biases)[1]!, 10);
    expect(sum(true)[0]).toBeGreaterThan(sum(false)[0]!);
  });

  test('the gradients of a loss of many parts match finite differences', () => {
    const graph = trainingGraph(defineAutoencoder(NOISY_MODEL, SHAPE), MANY_PARTS);
    const draw = random(6);
    const feeds = feedsOf(graph.net, ROWS, draw);
    feeds.set(
      graph.image,
      ndArray(
        [ROWS, PIXELS],
        Array.from({ length: ROWS * PIXELS }, () => draw()),
      ),
    );
    const found = evaluate(
      graph.gradients.map(({ gradient }) => gradient),
      feeds,
    );
    // The code's layers, the likelihood's variance and a layer behind the sample: each by other ways.
    const chosen = /encoder\.code|loss\.logVariance|decoder\.dense1\.bias|encoder\.dense1\.bias/;
    for (const [i, { parameter }] of graph.gradients.entries()) {
      if (!chosen.test(parameter.name)) continue;
      const error = relativeError(found[i]!, differences(graph.objective.loss, parameter.symbol, feeds));
      expect(error, parameter.name).toBeLessThan(1e-7);
    }
  });
});

describe('modes', () => {
  test('training has all noise, validation the task’s own alone, and neither has other parameters', () => {
    const [train, validate] = (['train', 'validate'] as const).map((mode) =>
      build(NOISY_MODEL, MANY_PARTS, mode),
    );
    const task = [
      'corruption.noise',
      'encoder.code.epsilon',
      'contraction.projection1',
      'contraction.projection2',
    ];
    const dropout = ['encoder.dropout1.mask', 'decoder.dropout1.mask'];
    expect([...train!.net.randomness.keys()].sort()).toEqual([...task, ...dropout].sort());
    expect([...validate!.net.randomness.keys()].sort()).toEqual(task.sort());
    expect([...validate!.net.parameters.keys()]).toEqual([...train!.net.parameters.keys()]);
    expect([...train!.net.states.values()].map(({ next }) => next === null)).toEqual([false, false]);
    expect([...validate!.net.states.values()].map(({ next }) => next)).toEqual([null, null]);
  });

  test('a shipped model has no noise at all', () => {
    const net = new Network('infer');
    const definition = defineAutoencoder(NOISY_MODEL, SHAPE);
    const { image } = objectiveGraph(definition, MANY_PARTS, 'infer');
    definition.decode(net, definition.encode(net, image).value);
    expect(net.randomness.size).toBe(0);
    for (const type of ['gaussian', 'multiscaleGaussian', 'masking', 'saltAndPepper', 'defects'] as const) {
      expect(
        corrupt(net, { type, sigma: 1, rate: 1, clean: 0, size: [0.1, 0.5] } as never, image, SHAPE),
      ).toBe(image);
    }
    expect(net.randomness.size).toBe(0);
  });

  test('without a corruption the encoder is given the image itself', () => {
    const { image, objective, net } = build(BUSY_MODEL, objectiveOf('mse'), 'validate');
    expect(objective.seen).toBe(image);
    expect(net.randomness.size).toBe(0);
  });

  test('the weight of a KL divergence that is warmed up rises with the epochs, and is whole in validation', () => {
    const train = build(NOISY_MODEL, MANY_PARTS, 'train');
    expect([...train.net.scheduled.keys()]).toEqual(['klDivergence.weight']);
    const { at, symbol } = train.net.scheduled.get('klDivergence.weight')!;
    expect([0, 0.375, 0.75, 1.5, 2, 100].map(at)).toEqual([0, 0.125, 0.25, 0.5, 0.5, 0.5]);
    // At weight 0 the loss is what it is without the part.
    const values = (feeds: ReadonlyMap<Sym, NdArray>) =>
      evaluate([train.objective.loss, train.objective.parts[1]!.symbol], feeds).map(({ data }) => data[0]!);
    const [with0] = values(train.feeds.set(symbol, ndArray([], [0])));
    const [withHalf, kl] = values(train.feeds.set(symbol, ndArray([], [0.5])));
    expect(withHalf! - with0!).toBeCloseTo(0.5 * kl!, 12);

    const { net, objective } = build(NOISY_MODEL, MANY_PARTS, 'validate');
    expect(net.scheduled.size).toBe(0);
    expect(numberOf(objective.parts[1]!.scheduled!, new Map())).toBe(0.5);
  });

  test('a KL divergence without warm-up has its weight from the first step', () => {
    const model = modelOf({ code: { type: 'gaussian', units: 2, kl: { weight: 4 } } });
    const { scheduled } = build(model, objectiveOf('mse'), 'train').net;
    expect([0, 0.5, 3].map(scheduled.get('klDivergence.weight')?.at ?? (() => 4))).toEqual([4, 4, 4]);
  });
});

describe('an objective that does not fit the model is refused', () => {
  const sparsity = objectiveOf('mse', { penalties: { sparsity: { weight: 1 } } });
  const contraction = objectiveOf('mse', { penalties: { contraction: { weight: 1 } } });
  const gaussianCode = { code: { type: 'gaussian', units: 2 } };

  test.each<[string, AutoencoderConfig, ObjectiveConfig, string]>([
    [
      'bce for an output that is not a probability',
      modelOf({ output: { activation: 'relu' } }),
      objectiveOf('bce'),
      "model.output.activation: must be 'sigmoid' for loss.type 'bce', which is computed from its logits, got relu; set model.output.activation=sigmoid, or loss.type=mse",
    ],
    [
      'σ for a squared error',
      modelOf({}),
      objectiveOf('mse', { loss: { type: 'mse', sigma: 0.5 } }),
      "loss.sigma: is for loss.type 'gaussian' alone, got mse; leave it out, or set loss.type=gaussian",
    ],
    [
      'sparsity of a code that may be negative',
      modelOf({ code: { units: 2, activation: 'relu' } }),
      sparsity,
      'penalties.sparsity: needs activations from 0 to 1: a dense code with a sigmoid, got a code with relu; set model.code.activation=sigmoid, or take penalties.l1 instead',
    ],
    [
      'sparsity of a Gaussian code',
      modelOf(gaussianCode),
      sparsity,
      'penalties.sparsity: needs activations from 0 to 1: a dense code with a sigmoid, got a code of type gaussian; set model.code.activation=sigmoid, or take penalties.l1 instead',
    ],
    [
      'contraction where images see one another',
      BUSY_MODEL,
      contraction,
      'penalties.contraction: needs an encoder in which no image sees another: batchNorm mixes the images of a batch; leave batchNorm out of model.encoder',
    ],
  ])('%s', (_, model, objective, message) => {
    const check = () => checkObjective(model, objective);
    expect(check).toThrow(expect.objectContaining({ name: 'HourglassError', kind: 'usage', message }));
  });

  test.each<[string, AutoencoderConfig, ObjectiveConfig]>([
    ['bce of a sigmoid', modelOf({}), objectiveOf('bce')],
    ['a squared error of any output', modelOf({ output: { activation: 'relu' } }), objectiveOf('mse')],
    ['sparsity of a sigmoid code', SPARSE_MODEL, SPARSE],
    ['contraction of a Gaussian code, batch norm in the decoder', NOISY_MODEL, MANY_PARTS],
    ['a fixed σ', modelOf({}), objectiveOf('gaussian', { loss: { type: 'gaussian', sigma: 0.1 } })],
  ])('but not %s', (_, model, objective) => {
    expect(() => checkObjective(model, objective)).not.toThrow();
  });
});
