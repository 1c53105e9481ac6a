/**
 * The library in a few lines. After `npm ci`: `node examples/quickstart.ts` on Node 22.18 or later; for Node 20
 * compile it first. README.md shows everything below this comment, and test/use/examples.test.ts runs it.
 */
import { loadModel, openDataset, train } from 'hourglass';

// Train on the 10,000 digits that come with hourglass. A recipe's values can be replaced by their paths.
const run = await train('stacked-best', {
  data: 'mnist-10k',
  epochs: 4,
  set: { 'loss.type': 'mse' },
});

// Load the model from the run folder, and take ten test digits: bytes, 28 × 28 each.
const model = await loadModel(run.folder);
const { test } = await openDataset('mnist-10k');
const digits = test.images.subarray(0, 10 * 28 * 28);

const codes = await model.encode(digits);
const images = await model.decode(codes.data);
const reconstructions = await model.reconstruct(digits); // encode and decode in one call

let error = 0;
for (const [i, value] of reconstructions.data.entries()) error += (value - digits[i]! / 255) ** 2;

console.log('run folder     ', run.folder);
console.log('codes          ', codes.shape); // [ 10, 11 ]
console.log('images         ', images.shape); // [ 10, 1, 28, 28 ]
console.log('squared error  ', (error / digits.length).toFixed(4), 'a pixel');
await model.dispose();
