import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { gradients } from '../../autodiff/index.ts';
import { input, type Sym, sigmoid } from '../../graph/index.ts';
import { Network } from '../../nn/index.ts';
import { type AnyLoss, type LossConfig, lossDefinition, lossUnit, reconstructionLoss } from './index.ts';

const LOSSES = ['mse', 'mae', 'bce', 'gaussian'] as const;
type LossName = (typeof LOSSES)[number];
type Reduction = LossConfig['reduction'];
/** With the settings of one kind of loss. */
const lossOf = <L extends AnyLoss>(loss: L): L => loss;

/** Two images of three pixels: targets x, logits z. */
const SHAPE = { channels: 1, height: 1, width: 3 };
const TARGETS = [0, 0.25, 1, 0.5, 1, 0.75];
/** Settings of the Gaussian likelihood. */
const SIGMA = 0.3;
const LOGITS = [-1, 0.5, 2, -0.25, 1.5, 3];

function build(loss: LossName, reduction: Reduction) {
  const net = new Network('train');
  const z = input('z', ['N', 3]);
  const target = input('target', ['N', 3]);
  const value = reconstructionLoss(
    net,
    lossOf({ type: loss, reduction, sigma: SIGMA }),
    { image: sigmoid(z), preActivation: z },
    target,
    SHAPE,
  );
  const feeds = new Map<Sym, NdArray>([
    [z, ndArray([2, 3], LOGITS)],
    [target, ndArray([2, 3], TARGETS)],
    [net.inverseBatch, ndArray([], [1 / 2])],
  ]);
  return { z, target, value, feeds };
}

const numberOf = (symbol: Sym, feeds: ReadonlyMap<Sym, NdArray>) => evaluate([symbol], feeds)[0]!.data[0]!;

/** Σ over pixels and images, by the textbook's formula. */
function total(loss: LossName): number {
  return TARGETS.reduce((sum, x, i) => {
    const y = 1 / (1 + Math.exp(-LOGITS[i]!));
    const terms = {
      mse: (x - y) ** 2,
      mae: Math.abs(x - y),
      bce: -x * Math.log(y) - (1 - x) * Math.log(1 - y),
      gaussian: -Math.log(Math.exp(-((x - y) ** 2) / (2 * SIGMA ** 2)) / (SIGMA * Math.sqrt(2 * Math.PI))),
    };
    return sum + terms[loss];
  }, 0);
}

describe.each(LOSSES)('%s', (loss) => {
  test('mean: over pixels and images', () => {
    const { value, feeds } = build(loss, 'mean');
    expect(value.shape).toEqual([]);
    expect(numberOf(value, feeds)).toBeCloseTo(total(loss) / 6, 12);
  });

  test('sum: over pixels, mean over images', () => {
    const { value, feeds } = build(loss, 'sum');
    expect(numberOf(value, feeds)).toBeCloseTo(total(loss) / 2, 12);
  });

  test.each(['mean', 'sum'] as const)(
    '%s: first and second derivatives match finite differences',
    (reduction) => {
      const { value, z, target, feeds } = build(loss, reduction);
      // MAE has a kink where the image is the target: none of these is near.
      expect(checkDerivatives(value, [z, target], feeds, random(1), 2).worst).toBeLessThan(1e-7);
    },
  );

  test('says what it is', () => {
    expect(lossDefinition({ type: loss, reduction: 'mean' })).toMatch(/, mean over pixels and images$/);
    expect(lossDefinition({ type: loss, reduction: 'sum' })).toMatch(
      /, summed over pixels, mean over images$/,
    );
    expect(lossUnit({ type: loss, reduction: 'mean' })).toMatch(/ per pixel/);
    expect(lossUnit({ type: loss, reduction: 'sum' })).toMatch(/ per image/);
  });
});

test('a known number: one pixel of 1 at a logit of 0 costs ln 2', () => {
  const net = new Network('train');
  const z = input('z', ['N', 1]);
  const target = input('target', ['N', 1]);
  const value = reconstructionLoss(
    net,
    { type: 'bce', reduction: 'mean' },
    { image: sigmoid(z), preActivation: z },
    target,
    SHAPE,
  );
  const feeds = new Map<Sym, NdArray>([
    [z, ndArray([1, 1], [0])],
    [target, ndArray([1, 1], [1])],
    [net.inverseBatch, ndArray([], [1])],
  ]);
  expect(numberOf(value, feeds)).toBeCloseTo(Math.LN2, 14);
});

test('bce and its gradient stay finite where a sigmoid is 0 or 1', () => {
  const { value, z, feeds } = build('bce', 'sum');
  feeds.set(z, ndArray([2, 3], [-800, 800, -800, 800, -800, 800]));
  const [loss, slope] = evaluate([value, gradients(value, [z])[0]!], feeds);
  expect(Number.isFinite(loss!.data[0])).toBe(true);
  // σ(z) − x, over two images.
  const expected = TARGETS.map((x, i) => ((i % 2 === 1 ? 1 : 0) - x) / 2);
  for (const [i, value] of expected.entries()) expect(slope!.data[i]).toBeCloseTo(value, 12);
});

describe('the Gaussian likelihood', () => {
  /** A linear output: image and pre-activation are the same symbol. */
  function likelihood(reduction: Reduction, sigma: number | 'learned') {
    const net = new Network('train');
    const image = input('image', ['N', 3]);
    const target = input('target', ['N', 3]);
    const output = { image, preActivation: image };
    const build = () =>
      reconstructionLoss(net, lossOf({ type: 'gaussian', reduction, sigma }), output, target, SHAPE);
    const value = net.within('loss', build);
    const feeds = new Map<Sym, NdArray>([
      [image, ndArray([2, 3], LOGITS)],
      [target, ndArray([2, 3], TARGETS)],
      [net.inverseBatch, ndArray([], [1 / 2])],
    ]);
    return { net, image, target, value, feeds };
  }

  /** The mean over all pixels of −log N(x; x̂, σ²), from the density itself. */
  const negativeLog = (sigma: number) =>
    TARGETS.reduce((sum, x, i) => {
      const density = Math.exp(-0.5 * ((x - LOGITS[i]!) / sigma) ** 2) / Math.sqrt(2 * Math.PI * sigma ** 2);
      return sum - Math.log(density);
    }, 0) / 6;

  test.each([0.5, 1, 2.5])('of σ %s is that of the density', (sigma) => {
    const { net, value, feeds } = likelihood('mean', sigma);
    expect(net.parameters.size).toBe(0);
    expect(numberOf(value, feeds)).toBeCloseTo(negativeLog(sigma), 12);
  });

  test('has σ 1 where nothing is said', () => {
    const net = new Network('train');
    const { image, target, value, feeds } = likelihood('sum', 1);
    const output = { image, preActivation: image };
    const unsaid = reconstructionLoss(net, { type: 'gaussian', reduction: 'sum' }, output, target, SHAPE);
    feeds.set(net.inverseBatch, ndArray([], [1 / 2]));
    expect(numberOf(unsaid, feeds)).toBe(numberOf(value, feeds));
  });

  test.each(['mean', 'sum'] as const)(
    '%s: a learned σ is one parameter, its log σ², from 0 on',
    (reduction) => {
      const { net, image, target, value, feeds } = likelihood(reduction, 'learned');
      const [parameter] = [...net.parameters.values()];
      expect([...net.parameters.keys()]).toEqual(['loss.logVariance']);
      expect(parameter).toMatchObject({
        shape: [1],
        role: 'bias',
        initialiser: { type: 'constant', value: 0 },
      });
      const { symbol } = parameter!;
      for (const sigma of [0.5, 1, 2.5]) {
        feeds.set(symbol, ndArray([1], [2 * Math.log(sigma)]));
        const pixels = reduction === 'mean' ? 1 : 3;
        expect(numberOf(value, feeds)).toBeCloseTo(pixels * negativeLog(sigma), 12);
      }
      expect(checkDerivatives(value, [symbol, image, target], feeds, random(1), 2).worst).toBeLessThan(1e-7);
    },
  );

  test('a learned σ² is best where it is the mean squared error', () => {
    const { net, value, feeds } = likelihood('sum', 'learned');
    const { symbol } = net.parameters.get('loss.logVariance')!;
    const mse = TARGETS.reduce((sum, x, i) => sum + (x - LOGITS[i]!) ** 2, 0) / 6;
    feeds.set(symbol, ndArray([1], [Math.log(mse)]));
    const [slope] = evaluate([gradients(value, [symbol])[0]!], feeds);
    expect(Math.abs(slope!.data[0]!)).toBeLessThan(1e-14);
  });
});
