/**
 * Trains the classifier of digits whose penultimate layer generated images are compared by, and which says of what class a sample of
 * a conditional model is, and writes scripts/digit-features.onnx, which
 * the build copies to assets/.
 * It learns from the 8,000 training digits of mnist-10k; the same seed gives the same bits on one thread. Run after
 * `npm run build`: node scripts/features.js. It prints the accuracy on the 1,000 test digits.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from '../dist/data/embedded.js';
import { classifierGraph, featuresGraph } from '../dist/models/fitted/classifier.js';
import { nodeEngine } from '../dist/node/engine/index.js';
import { encodeModel } from '../dist/onnx/index.js';
import { fitNetwork } from '../dist/training/fit.js';

const FILE = join(fileURLToPath(new URL('../', import.meta.url)), 'scripts/digit-features.onnx');
const PIXELS = 784;

const scaled = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);

const { train, test } = await openEmbedded();
const target = new Float32Array(train.count * 10);
for (const [row, label] of train.labels.entries()) target[row * 10 + label] = 1;
const settings = {
  count: train.count,
  batchSize: 64,
  steps: 5000,
  learningRate: 0.002,
  seed: 20,
  threads: 1,
};
const { weights, loss } = await fitNetwork(
  nodeEngine,
  classifierGraph(),
  { image: scaled(train.images), target },
  settings,
);

const { net, inputs, outputs } = featuresGraph();
const values = new Map(
  [...net.parameters.values()].map(({ name, symbol }) => [symbol, weights.get(name).values]),
);
const part = (one) =>
  encodeModel({
    name: 'digit-features',
    inputs,
    outputs: one,
    weights: values,
    description: 'Features of 28 × 28 grey images: the penultimate layer of a classifier of digits. Not FID.',
    metadata: { trainedOn: 'the 8,000 training digits of mnist-10k', script: 'scripts/features.js' },
  });

const session = await nodeEngine.open(part({ scores: outputs.scores }), { threads: 1 });
const image = { data: scaled(test.images), shape: [test.count, 1, 28, 28] };
const { scores } = await session.run({ image });
await session.dispose();
let right = 0;
for (let row = 0; row < test.count; row++) {
  const own = scores.data.subarray(row * 10, (row + 1) * 10);
  if (own.indexOf(Math.max(...own)) === test.labels[row]) right++;
}
const file = part(outputs);
writeFileSync(FILE, file);
const accuracy = ((100 * right) / test.count).toFixed(1);
console.log(
  `${FILE}: ${file.length} bytes; cross-entropy ${loss.toFixed(4)}; ${accuracy} % of ${test.images.length / PIXELS} test digits right`,
);
