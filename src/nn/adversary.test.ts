import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, type NdArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { gradients } from '../autodiff/index.ts';
import { add, input, mul, type Sym } from '../graph/index.ts';
import { adversarialLosses } from './adversary.ts';
import { dense } from './layers.ts';
import { Network } from './network.ts';
import { squaredWeights } from './penalties.ts';
import { feedsOf, normal } from './testing.ts';

const [ROWS, UNITS] = [5, 2];
const SETTINGS = { layers: 2, width: 3 };

function build() {
  const net = new Network('train');
  const image = input('image', ['N', 4]);
  const code = net.within('encoder', () =>
    dense(net, image, { units: UNITS, bias: true, initialiser: 'glorotUniform' }),
  );
  const prior = net.random('prior', [UNITS], { type: 'normal' });
  const losses = net.within('adversary', () => adversarialLosses(net, code, prior, SETTINGS));
  const draw = random(4);
  const feeds = feedsOf(net, ROWS, draw);
  feeds.set(image, { shape: [ROWS, 4], data: Float64Array.from({ length: ROWS * 4 }, () => normal(draw)) });
  return { net, code, prior, losses, feeds };
}

const numbersOf = (symbol: Sym, feeds: Map<Sym, NdArray>) => evaluate([symbol], feeds)[0]!;

/** The discriminator in plain arithmetic: the odds, as logarithms, that each row is from the prior. */
function oddsOf(net: Network, rows: NdArray, feeds: Map<Sym, NdArray>): number[] {
  const of = (name: string) => feeds.get(net.parameters.get(`adversary.${name}`)!.symbol)!.data;
  return Array.from({ length: ROWS }, (_, n) => {
    let h = Array.from({ length: UNITS }, (_, i) => rows.data[n * UNITS + i]!);
    for (const [name, width] of [
      ['dense1', 3],
      ['dense2', 3],
      ['odds', 1],
    ] as const) {
      const [weight, bias] = [of(`${name}.weight`), of(`${name}.bias`)];
      const z = Array.from({ length: width }, (_, j) =>
        h.reduce((sum, value, i) => sum + value * weight[i * width + j]!, bias[j]!),
      );
      h = name === 'odds' ? z : z.map((value) => (value > 0 ? value : 0.2 * value));
    }
    return h[0]!;
  });
}

describe('a discriminator of codes', () => {
  test('has the losses of the two sides, against plain arithmetic', () => {
    const { net, code, prior, losses, feeds } = build();
    const [made, drawn] = [code, prior].map((rows) => oddsOf(net, numbersOf(rows, feeds), feeds));
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / ROWS;
    expect(numbersOf(losses.encoder, feeds).data[0]).toBeCloseTo(
      mean(made!.map((odds) => Math.log1p(Math.exp(-odds)))),
      12,
    );
    const expected =
      mean(drawn!.map((odds) => Math.log1p(Math.exp(-odds)))) +
      mean(made!.map((odds) => Math.log1p(Math.exp(odds))));
    expect(numbersOf(losses.discriminator, feeds).data[0]).toBeCloseTo(expected, 12);
  });

  test('in one step the encoder follows its own loss alone, and the discriminator its own', () => {
    const { net, losses, feeds } = build();
    const parameters = [...net.parameters.values()];
    const symbols = parameters.map(({ symbol }) => symbol);
    const found = gradients(
      [mul(losses.encoder, 0.7), losses.discriminator, losses.gradient].reduce(add),
      symbols,
    );
    for (const [i, { name, symbol, owner }] of parameters.entries()) {
      const isOpponent = name.startsWith('adversary.');
      expect(owner).toBe(isOpponent ? 'opponent' : 'model');
      const own = isOpponent ? add(losses.discriminator, losses.gradient) : mul(losses.encoder, 0.7);
      // Nothing is held in a finite difference: of its own loss, each side's parameters are all that matters.
      expect(relativeError(numbersOf(found[i]!, feeds), differences(own, symbol, feeds, 1e-4))).toBeLessThan(
        1e-6,
      );
    }
  });

  test('its gradient is that of the ln odds by the codes, against finite differences', () => {
    const { net, code, prior, losses, feeds } = build();
    const step = 1e-5;
    const sum = [code, prior].reduce((total, rows) => {
      const at = numbersOf(rows, feeds);
      for (let i = 0; i < at.data.length; i++) {
        const moved = (by: number) => {
          const data = Float64Array.from(at.data, (value, k) => (k === i ? value + by : value));
          return oddsOf(net, { shape: at.shape, data }, feeds)[Math.floor(i / UNITS)]!;
        };
        total += ((moved(step) - moved(-step)) / (2 * step)) ** 2;
      }
      return total;
    }, 0);
    expect(numbersOf(losses.gradient, feeds).data[0]).toBeCloseTo(sum / ROWS, 5);
  });

  test('does not count among the weights of the model', () => {
    const { net, feeds } = build();
    const weight = feeds.get(net.parameters.get('encoder.weight')!.symbol)!.data;
    const expected = weight.reduce((sum, w) => sum + w * w, 0);
    expect(numbersOf(squaredWeights(net.parameters.values(), false), feeds).data[0]).toBeCloseTo(
      expected,
      12,
    );
  });
});
