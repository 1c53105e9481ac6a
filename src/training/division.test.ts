import { describe, expect, test } from 'vitest';
import type { Device } from '../engine/index.ts';
import { input } from '../graph/index.ts';
import {
  type AutoencoderConfig,
  defineAutoencoder,
  extend,
  type ObjectiveConfig,
  trainingGraph,
} from '../models/index.ts';
import type { PartSymbol } from '../models/part.ts';
import { divide, sharesOf } from './division.ts';
import { BUSY_MODEL, modelOf, objectiveOf } from './testing.ts';

const conv = (more: object[] = []) =>
  modelOf({
    encoder: [{ type: 'conv', channels: 32, kernel: 3 }, ...more, { type: 'flatten' }],
    decoder: [{ type: 'dense', units: 784 }],
  });
const dense = modelOf({ encoder: [{ type: 'dense', units: 32, activation: 'sigmoid' }] });
const sigmoidCode = modelOf({ code: { units: 8, activation: 'sigmoid' } });

function division(
  model: AutoencoderConfig,
  {
    batchSize = 128,
    threads = 2,
    objective = objectiveOf('mse'),
    device = 'cpu',
  }: { batchSize?: number; threads?: number; objective?: ObjectiveConfig; device?: Device } = {},
) {
  const graph = trainingGraph(defineAutoencoder(model, { height: 28, width: 28, channels: 1 }), objective);
  return divide(graph, { batchSize, threads, device });
}

const penalty = (penalties: object) => objectiveOf('mse', { penalties });

describe('a batch is divided', () => {
  test('of maps: between the threads, and each share into runs that fit a cache', () => {
    expect(division(conv())).toEqual({ replicas: 2, rows: 16, threads: 1 });
    expect(division(conv(), { threads: 8 })).toEqual({ replicas: 8, rows: 16, threads: 1 });
    expect(division(conv(), { threads: 1 })).toEqual({ replicas: 1, rows: 16, threads: 1 });
    expect(division(conv(), { batchSize: 20 })).toEqual({ replicas: 2, rows: 10, threads: 1 });
    expect(division(conv(), { batchSize: 20, threads: 8 })).toEqual({ replicas: 2, rows: 10, threads: 1 });
    expect(division(conv(), { batchSize: 8 })).toEqual({ replicas: 1, rows: 8, threads: 2 });
  });

  test('with a contraction penalty: between the threads', () => {
    const objective = penalty({ contraction: { weight: 0.1 } });
    expect(division(dense, { objective })).toEqual({ replicas: 2, rows: 64, threads: 1 });
  });

  test('not on a GPU, which takes it whole', () => {
    expect(division(conv(), { device: 'webgpu' })).toEqual({ replicas: 1, rows: 128, threads: 2 });
  });

  // With batch statistics a lone last image joins the batch before it.
  test.each<[string, AutoencoderConfig, ObjectiveConfig, number]>([
    ['a dense network', dense, objectiveOf('mse'), 128],
    ['batch statistics', conv([{ type: 'batchNorm' }]), objectiveOf('mse'), 129],
    ['batch statistics and dropout', BUSY_MODEL, objectiveOf('mse'), 129],
    [
      'the mean activity of a batch',
      sigmoidCode,
      penalty({ sparsity: { weight: 1 }, contraction: { weight: 1 } }),
      128,
    ],
  ])('not with %s', (_, model, objective, rows) => {
    expect(division(model, { objective })).toEqual({ replicas: 1, rows, threads: 2 });
  });

  test('with a part of the loss that couples the images: what an extension says of its penalty', () => {
    extend(({ z, nn }) => ({
      penalties: [true, false].map((couplesImages) => ({
        type: couplesImages ? 'coupling' : 'separate',
        partName: 'mean',
        noun: 'mean penalty',
        schema: z.strictObject({ weight: z.number() }),
        summary: 'the mean code',
        couplesImages,
        isHeavy: true,
        isPerImage: false,
        shrinksCode: null,
        wantsSparse: false,
        costsReconstruction: false,
        lowersJacobian: false,
        part: (net, _, { code }) => ({ definition: 'Σ |h|', unit: 'Σ |h|', symbol: nn.l1(net, code) }),
      })),
    }));
    for (const model of [dense, conv()]) {
      const of = (type: string) => division(model, { objective: penalty({ [type]: { weight: 1 } }) });
      expect(of('separate').replicas).toBe(2);
      expect(of('coupling')).toEqual({ replicas: 1, rows: 128, threads: 2 });
    }
  });

  test('and a part of a loss that does not say whether it couples images does not compile', () => {
    const part = { name: 'a', definition: 'a', unit: 'a', weight: 1, symbol: input('a', []) };
    // @ts-expect-error: couplesImages is missing
    const silent: PartSymbol = part;
    expect(silent).toBe(part);
  });

  test('with a constant among the states, as the mean of a centred model: still between the threads', () => {
    const centred = { ...conv(), centre: true };
    expect(division(centred, {})).toEqual(division(conv(), {}));
  });
});

test('shares are in order, and together the batch', () => {
  expect(sharesOf(128, 2)).toEqual([
    { first: 0, count: 64 },
    { first: 64, count: 64 },
  ]);
  expect(sharesOf(7, 3)).toEqual([
    { first: 0, count: 3 },
    { first: 3, count: 3 },
    { first: 6, count: 1 },
  ]);
  expect(sharesOf(1, 3).map(({ count }) => count)).toEqual([1, 0, 0]);
});
