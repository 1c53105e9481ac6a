import { describe, expect, test } from 'vitest';
import { evaluate, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { gradients } from '../../autodiff/index.ts';
import { input, mul, reduceSum } from '../../graph/index.ts';
import { Network } from '../../nn/index.ts';
import { feedsOf } from '../../nn/testing.ts';
import { modelOf, objectiveOf } from '../../training/testing.ts';
import { defineAutoencoder, trainingGraph } from '../index.ts';
import { vqBuilder } from './build/vq.ts';
import type { Code } from './kind.ts';
import { vqSchema } from './vq.ts';

const SHAPE = { height: 4, width: 4, channels: 1 };
const CONV = { type: 'conv', channels: 3, kernel: 3, activation: 'relu' };
const CODE = { type: 'vq', units: 6, width: 3, entries: 4 };

describe('a vector-quantised code', () => {
  test('passes the gradient straight through, and the commitment pulls at the encoder alone', () => {
    const net = new Network('validate');
    const h = input('h', ['N', 5]);
    const config = vqSchema.parse(CODE) as never;
    const { value, parts } = net.within(
      'code',
      (): Code => vqBuilder.make(net, h, config, { initialiser: 'glorotUniform' }),
    );
    const [part] = parts!(net, undefined as never);
    const [weight] = [...net.parameters.values()];
    const factors = input('factors', ['N', 6]);
    const draw = random(2);
    const rows = Array.from({ length: 15 }, () => draw() - 0.5);
    const feeds = feedsOf(net, 3, draw);
    feeds.set(h, ndArray([3, 5], rows));
    const pulls = Array.from({ length: 18 }, () => draw());
    feeds.set(factors, ndArray([3, 6], pulls));
    const straight = gradients(reduceSum(mul(value, factors)), [weight!.symbol])[0]!;
    const committed = gradients(part!.symbol, [weight!.symbol])[0]!;
    const [code, slope, pull] = evaluate([value, straight, committed], feeds);
    const W = feeds.get(weight!.symbol)!.data;
    const bias = feeds.get([...net.parameters.values()][1]!.symbol)!.data;
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 6; b++) {
        let [through, commitment] = [0, 0];
        for (let n = 0; n < 3; n++) {
          const x = rows[n * 5 + a]!;
          let z = bias[b]!;
          for (let k = 0; k < 5; k++) z += rows[n * 5 + k]! * W[k * 6 + b]!;
          through += x * pulls[n * 6 + b]!;
          commitment += (2 * (z - code!.data[n * 6 + b]!) * x) / 3;
        }
        expect(slope!.data[a * 6 + b]).toBeCloseTo(through, 9);
        expect(pull!.data[a * 6 + b]).toBeCloseTo(commitment, 9);
      }
    }
  });

  test('of maps has vectors for each position', () => {
    const model = modelOf({
      encoder: [CONV, { type: 'maxPool' }],
      code: CODE,
      decoder: [{ type: 'flatten' }],
    });
    const definition = defineAutoencoder(model, SHAPE);
    expect(definition.codeShape).toEqual([6, 2, 2]);
    const { outputs } = definition.encode(new Network('infer'), input('image', ['N', 16]));
    expect(outputs!.index).toMatchObject({ shape: ['N', 8], dtype: 'int64' });
  });

  test('keeps a batch whole, but one image is enough for it', () => {
    const definition = defineAutoencoder(modelOf({ code: CODE }), SHAPE);
    const graph = trainingGraph(definition, objectiveOf('mse'));
    expect(graph).toMatchObject({ isSumOverImages: false, hasBatchStatistics: false });
  });

  test('says which number of units fits', () => {
    const model = modelOf({ code: { ...CODE, units: 7 } });
    expect(() => defineAutoencoder(model, SHAPE)).toThrow(/multiple of the width of a vector, 3.*units=6/);
  });
});
