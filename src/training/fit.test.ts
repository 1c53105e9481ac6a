/** Networks fitted to rows: a regression whose solution is known, and the classifier that comes with hourglass. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { openEmbedded } from '../data/embedded.ts';
import { reduceSum, square, sub } from '../graph/index.ts';
import { assetFile } from '../installation.ts';
import { classifierGraph, FEATURES, featuresGraph } from '../models/fitted/classifier.ts';
import { fittedGraph } from '../models/index.ts';
import { dense } from '../nn/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { fitNetwork } from './fit.ts';

const ROWS = 300;

function regression() {
  const draw = random(4);
  const x = Float32Array.from({ length: ROWS * 2 }, () => draw());
  const y = Float32Array.from({ length: ROWS }, (_, n) => 3 * x[2 * n]! - 2 * x[2 * n + 1]! + 0.5);
  const graph = fittedGraph({ x: [2], y: [1] }, (net, inputs) => {
    const found = net.within('line', () =>
      dense(net, inputs.x, { units: 1, bias: true, initialiser: 'glorotUniform' }),
    );
    return reduceSum(square(sub(found, inputs.y)), [1]);
  });
  return { graph, data: { x, y } };
}

const settings = { count: ROWS, batchSize: 32, steps: 1500, learningRate: 0.05, threads: 1 };

test('a line is found, the same bits for the same seed', async () => {
  const { graph, data } = regression();
  const { weights, loss } = await fitNetwork(nodeEngine, graph, data, { ...settings, seed: 1 });
  const [a, b] = weights.get('line.weight')!.values;
  expect(a).toBeCloseTo(3, 3);
  expect(b).toBeCloseTo(-2, 3);
  expect(weights.get('line.bias')!.values[0]).toBeCloseTo(0.5, 3);
  expect(loss).toBeLessThan(1e-4);
  const again = await fitNetwork(nodeEngine, regression().graph, data, { ...settings, seed: 1 });
  expect(again.weights).toEqual(weights);
});

test('the classifier learns digits', async () => {
  const { train } = await openEmbedded();
  const count = 500;
  const image = Float32Array.from(train.images.subarray(0, count * 784), (byte) => byte / 255);
  const target = new Float32Array(count * 10);
  for (let row = 0; row < count; row++) target[row * 10 + train.labels[row]!] = 1;
  const how = { count, batchSize: 50, steps: 60, learningRate: 0.003, seed: 1, threads: 1 };
  const { loss } = await fitNetwork(nodeEngine, classifierGraph(), { image, target }, how);
  // By chance it is ln 10 = 2.3.
  expect(loss).toBeLessThan(1.2);
});

test('the one that comes along gives features that tell the test digits apart', async () => {
  const { test: digits } = await openEmbedded();
  const file = await readFile(assetFile('digit-features.onnx'));
  expect(file.length).toBeLessThan(200_000);
  const session = await nodeEngine.open(file, { threads: 1 });
  const image = Float32Array.from(digits.images, (byte) => byte / 255);
  const { features } = await session.run({ image: { data: image, shape: [digits.count, 1, 28, 28] } });
  await session.dispose();
  expect(features!.shape).toEqual([digits.count, FEATURES]);
  expect(featuresGraph().outputs.features.shape.slice(1)).toEqual([FEATURES]);
  // Classified by the nearest mean of their class.
  const row = (n: number) => features!.data.subarray(n * FEATURES, (n + 1) * FEATURES);
  const means = Array.from({ length: 10 }, (_, k) => {
    const own = [...digits.labels.keys()].filter((n) => digits.labels[n] === k).map(row);
    return Array.from(
      { length: FEATURES },
      (_, i) => own.reduce((sum, one) => sum + one[i]!, 0) / own.length,
    );
  });
  const nearest = (one: Float32Array) => {
    const far = means.map((mean) => mean.reduce((sum, value, i) => sum + (value - one[i]!) ** 2, 0));
    return far.indexOf(Math.min(...far));
  };
  const right = [...digits.labels].filter((label, n) => nearest(row(n)) === label).length;
  expect(right / digits.count).toBeGreaterThan(0.93);
});
