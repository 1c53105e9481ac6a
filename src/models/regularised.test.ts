/** Regularised, Wasserstein and adversarial autoencoders: their parts of the loss in a whole model, and what is refused. */
import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { BATCH, input, type Sym } from '../graph/index.ts';
import { Network } from '../nn/index.ts';
import { feedsOf } from '../nn/testing.ts';
import { modelOf, objectiveOf } from '../training/testing.ts';
import { defineAutoencoder } from './autoencoder.ts';
import type { AutoencoderConfig } from './definition.ts';
import { objectiveGraph, shippedModels, trainingGraph } from './graphs.ts';
import { checkObjective, type ObjectiveConfig } from './objective.ts';

const SHAPE = { height: 2, width: 3, channels: 1 };
const [PIXELS, ROWS, UNITS] = [6, 4, 2];
const ENDS = {
  encoder: [{ type: 'dense', units: 5, activation: 'tanh' }],
  decoder: [{ type: 'dense', units: 5, activation: 'tanh' }],
};
const PLAIN = modelOf({ ...ENDS, code: { units: UNITS } });
const MMD = modelOf({ ...ENDS, code: { type: 'mmd', units: UNITS } });
const ADVERSARIAL = modelOf({
  ...ENDS,
  code: { type: 'adversarial', units: UNITS, adversary: { width: 4 } },
});

function build(model: AutoencoderConfig, config: ObjectiveConfig) {
  const definition = defineAutoencoder(model, SHAPE);
  const graph = trainingGraph(definition, config);
  const draw = random(2);
  const image = Array.from({ length: ROWS * PIXELS }, () => draw());
  const feeds = feedsOf(graph.net, ROWS, draw).set(graph.image, ndArray([ROWS, PIXELS], image));
  return { ...graph, definition, feeds };
}

const namesOf = (model: AutoencoderConfig, config = objectiveOf('mse')) =>
  build(model, config).objective.parts.map(({ name }) => name);

const decoderGradient = (more: object = {}) =>
  objectiveOf('mse', { penalties: { decoderGradient: { weight: 1, ...more } } });

/** ∂x̂/∂h of one code by central differences, [values][units]. */
function jacobianAt(code: number[], graph: ReturnType<typeof build>): number[][] {
  const net = new Network('infer');
  const from = input('code', [BATCH, UNITS]);
  const { image } = graph.definition.decode(net, from);
  const feeds = new Map(
    [...net.parameters.values()].map(({ name, symbol }) => {
      return [symbol, graph.feeds.get(graph.net.parameters.get(name)!.symbol)!] as const;
    }),
  );
  const decoded = (codes: number[]): number[] => [
    ...evaluate([image], new Map([...feeds, [from as Sym, ndArray([1, UNITS], codes)]]))[0]!.data,
  ];
  const step = 1e-5;
  const columns = code.map((_, k) => {
    const moved = (by: number) => decoded(code.map((value, i) => (i === k ? value + by : value)));
    const [above, below] = [moved(step), moved(-step)];
    return above.map((value, i) => (value - below[i]!) / (2 * step));
  });
  return decoded(code).map((value, i) => [...columns.map((column) => column[i]!), value]);
}

describe("the penalty on the decoder's gradient", () => {
  /** The Jacobian of each image with the output as its last column, and the random vector. */
  function parts(config: ObjectiveConfig) {
    const graph = build(PLAIN, config);
    const { code } = { code: graph.definition.encode(graph.net, graph.image).value };
    const codes = evaluate([code], graph.feeds)[0]!.data;
    const rows = Array.from({ length: ROWS }, (_, n) =>
      jacobianAt([...codes.slice(n * UNITS, (n + 1) * UNITS)], graph),
    );
    const number = evaluate([graph.objective.parts[1]!.symbol], graph.feeds)[0]!.data[0]!;
    return { graph, rows, number };
  }

  test('is ‖vᵀ ∂x̂/∂h‖² for a random v, against finite differences', () => {
    const { graph, rows, number } = parts(decoderGradient({ projection: 'normal' }));
    const v = graph.feeds.get(graph.net.randomness.get('decoderGradient.projection1')!.symbol)!.data;
    const expected = rows.map((jacobian, n) =>
      Array.from({ length: UNITS }, (_, k) =>
        jacobian.reduce((sum, row, i) => sum + v[n * PIXELS + i]! * row[k]!, 0),
      ).reduce((sum, value) => sum + value ** 2, 0),
    );
    expect(number).toBeCloseTo(expected.reduce((a, b) => a + b) / ROWS, 8);
  });

  test('of the energy is ‖∂‖x̂‖²/∂h‖², against finite differences', () => {
    const { rows, number } = parts(decoderGradient({ of: 'energy' }));
    const expected = rows.map((jacobian) =>
      Array.from({ length: UNITS }, (_, k) =>
        jacobian.reduce((sum, row) => sum + 2 * row[UNITS]! * row[k]!, 0),
      ).reduce((sum, value) => sum + value ** 2, 0),
    );
    expect(number).toBeCloseTo(expected.reduce((a, b) => a + b) / ROWS, 8);
  });

  test.each<[string, AutoencoderConfig, ObjectiveConfig]>([
    ['the Jacobian', PLAIN, decoderGradient()],
    ['the energy', PLAIN, decoderGradient({ of: 'energy' })],
    ['codes compared by kernels', MMD, decoderGradient()],
  ])('differentiates again, in all weights: %s', (_, model, config) => {
    const { gradients, objective, feeds } = build(model, config);
    const found = evaluate(
      gradients.map(({ gradient }) => gradient),
      feeds,
    );
    for (const [i, { parameter }] of gradients.entries()) {
      const error = relativeError(found[i]!, differences(objective.loss, parameter.symbol, feeds));
      expect(error, parameter.name).toBeLessThan(1e-7);
    }
  });

  test('needs a code of any value, and a decoder in which no image sees another', () => {
    const config = decoderGradient();
    const mixed = modelOf({ ...ENDS, decoder: [{ type: 'batchNorm' }] });
    expect(() => checkObjective(mixed, config)).toThrow('batchNorm mixes the images of a batch');
    const quantised = modelOf({ ...ENDS, code: { type: 'fsq', units: 2, levels: 5 } });
    expect(() => checkObjective(quantised, config)).toThrow('a code of type fsq');
  });
});

describe('codes that follow N(0, I) over all images', () => {
  test('have their parts of the loss, and draw from N(0, I)', () => {
    expect(namesOf(MMD)).toEqual(['reconstruction', 'discrepancy']);
    expect(namesOf(ADVERSARIAL)).toEqual([
      'reconstruction',
      'adversarial',
      'discriminator',
      'discriminatorGradient',
    ]);
    for (const model of [MMD, ADVERSARIAL]) {
      const { definition, net } = build(model, objectiveOf('mse'));
      const weights = new Map(
        [...net.parameters.values()].map(({ name, shape }) => {
          return [name, new Float32Array(shape.reduce((a, b) => a * b, 1))];
        }),
      );
      const models = shippedModels(definition, SHAPE, weights, {});
      expect(Object.keys(models)).toEqual(['autoencoder', 'encoder', 'decoder', 'sampler']);
      const texts = Object.values(models).map((bytes) => Buffer.from(bytes).toString('latin1'));
      expect(texts.filter((text) => text.includes('adversary'))).toEqual([]);
      expect(texts.filter((text) => text.includes('decoder.dense1.weight'))).toHaveLength(3);
    }
  });

  test('share a batch between threads only where no image sees another', () => {
    expect(build(MMD, objectiveOf('mse')).isSumOverImages).toBe(false);
    expect(build(ADVERSARIAL, objectiveOf('mse')).isSumOverImages).toBe(true);
  });

  test('are the same without noise: nothing but the prior is drawn', () => {
    const { net } = objectiveGraph(defineAutoencoder(MMD, SHAPE), objectiveOf('mse'), 'validate');
    expect([...net.randomness.keys()]).toEqual(['discrepancy.prior']);
  });
});

describe('a spectral decoder', () => {
  const spectral = modelOf({ ...ENDS, code: { units: UNITS }, spectral: true });

  test('normalises the weights of the decoder and no others', () => {
    const { net, isSumOverImages, hasBatchStatistics } = build(spectral, objectiveOf('mse'));
    expect([...net.states.keys()]).toEqual(['decoder.dense1.direction', 'decoder.output.direction']);
    expect([isSumOverImages, hasBatchStatistics]).toEqual([false, false]);
  });

  test('is refused where the decoder has no weights of its own', () => {
    const tied = modelOf({ ...ENDS, code: { units: UNITS }, spectral: true, tied: true });
    expect(() => checkObjective(tied, objectiveOf('mse'))).toThrow('model.spectral: needs a decoder');
  });
});
