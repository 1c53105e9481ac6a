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
    expect(outputs!.index).toMatchObject({ shape: ['N', 2, 2, 2], dtype: 'int64' });
  });

  test('of several stages: each quantises what the last left, and the decoder takes the sum', () => {
    const net = new Network('validate');
    const h = input('h', ['N', 5]);
    const config = vqSchema.parse({ ...CODE, stages: 2 }) as never;
    const { value, parts, outputs } = net.within(
      'code',
      (): Code => vqBuilder.make(net, h, config, { initialiser: 'glorotUniform' }),
    );
    const sum = vqBuilder.embed(net, value, config);
    const [part] = parts!(net, undefined as never);
    const [weight, bias] = [...net.parameters.values()];
    const draw = random(3);
    const feeds = feedsOf(net, 2, draw);
    const rows = Array.from({ length: 10 }, () => draw() - 0.5);
    feeds.set(h, ndArray([2, 5], rows));
    for (const { symbol, shape } of net.states.values())
      feeds.set(
        symbol,
        ndArray(
          [...shape],
          Array.from({ length: shape.reduce((a, b) => a * b) }, () => draw() - 0.5),
        ),
      );
    const straight = gradients(reduceSum(sum), [weight!.symbol])[0]!;
    const committed = gradients(part!.symbol, [weight!.symbol])[0]!;
    const [code, total, loss, index, slope, pull] = evaluate(
      [value, sum, part!.symbol, outputs!.index!, straight, committed],
      feeds,
    );
    const W = feeds.get(weight!.symbol)!.data;
    const books = ['code.codebook', 'code.stage2.codebook'].map(
      (name) => feeds.get(net.states.get(name)!.symbol)!.data,
    );
    let commitment = 0;
    const pulls = new Array<number>(30).fill(0);
    for (let n = 0; n < 2; n++) {
      for (let k = 0; k < 2; k++) {
        let left = [0, 1, 2].map((i) => {
          const unit = 3 * k + i;
          return [0, 1, 2, 3, 4].reduce(
            (z, a) => z + rows[n * 5 + a]! * W[a * 6 + unit]!,
            feeds.get(bias!.symbol)!.data[unit]!,
          );
        });
        const made = [0, 0, 0];
        for (const [stage, book] of books.entries()) {
          const apart = [0, 1, 2, 3].map((e) => left.reduce((s, x, i) => s + (x - book[3 * e + i]!) ** 2, 0));
          const best = apart.indexOf(Math.min(...apart));
          expect(index!.data[(n * 2 + k) * 2 + stage]).toBe(best);
          commitment += apart[best]! / 2;
          left = left.map((x, i) => x - book[3 * best + i]!);
          for (const [i, x] of left.entries()) {
            made[i]! += book[3 * best + i]!;
            expect(code!.data[n * 12 + stage * 6 + 3 * k + i]).toBeCloseTo(book[3 * best + i]!, 12);
            for (let a = 0; a < 5; a++) pulls[a * 6 + 3 * k + i]! += (2 * x * rows[n * 5 + a]!) / 2;
          }
        }
        for (const [i, x] of made.entries()) expect(total!.data[n * 6 + 3 * k + i]).toBeCloseTo(x, 9);
      }
    }
    expect(loss!.data[0]).toBeCloseTo(commitment, 9);
    for (let i = 0; i < 30; i++) {
      expect(pull!.data[i]).toBeCloseTo(pulls[i]!, 9);
      // The sum moves as the encoder's vectors do.
      expect(slope!.data[i]).toBeCloseTo(rows[Math.floor(i / 6)]! + rows[5 + Math.floor(i / 6)]!, 9);
    }
  });

  test('of maps and several stages is as many channels, summed for the decoder', () => {
    const model = modelOf({
      encoder: [CONV, { type: 'maxPool' }],
      code: { ...CODE, stages: 3 },
      decoder: [{ type: 'flatten' }],
    });
    const definition = defineAutoencoder(model, SHAPE);
    expect(definition.codeShape).toEqual([18, 2, 2]);
    const { outputs } = definition.encode(new Network('infer'), input('image', ['N', 16]));
    expect(outputs!.index).toMatchObject({ shape: ['N', 2, 2, 2, 3] });
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
