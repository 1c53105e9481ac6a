import { expect, test } from 'vitest';
import { nodeEngine } from '../node/engine/index.ts';
import { coefficientCount, openCrossEntropy, predictions } from './logistic.ts';

/** Numbers in [−1, 1) with no pattern to speak of. */
const spread = (length: number, stride: number) =>
  Array.from({ length }, (_, i) => ((i * stride + 11) % 199) / 99.5 - 1);

/** The definition, row by row, in float64. */
function reference(
  x: Float32Array,
  y: Uint8Array,
  width: number,
  classes: number,
  c: Float64Array,
  l2: number,
) {
  const gradient = new Float64Array(c.length);
  let value = 0;
  for (const [row, label] of y.entries()) {
    const features = x.subarray(row * width, (row + 1) * width);
    const scores = Array.from({ length: classes }, (_, k) =>
      features.reduce((sum, v, j) => sum + v * c[j * classes + k]!, c[width * classes + k]!),
    );
    const most = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp(s - most), 0);
    value += (most + Math.log(total) - scores[label]!) / y.length;
    for (const [k, s] of scores.entries()) {
      const d = (Math.exp(s - most) / total - (k === label ? 1 : 0)) / y.length;
      for (const [j, v] of features.entries()) gradient[j * classes + k]! += d * v;
      gradient[width * classes + k]! += d;
    }
  }
  for (let i = 0; i < width * classes; i++) {
    value += (l2 / 2) * c[i]! ** 2;
    gradient[i]! += l2 * c[i]!;
  }
  return { value, gradient };
}

test.each([1, 2, 3, 5, 8, 10])(
  'value and gradient are those of the definition: %i classes',
  async (classes) => {
    const size = { width: 7, classes };
    // More rows than are run at once.
    const count = 1300;
    const x = Float32Array.from(spread(count * size.width, 37));
    const y = Uint8Array.from({ length: count }, (_, i) => (i * 7) % classes);
    const c = Float64Array.from(spread(coefficientCount(size), 53), Math.fround);
    const { objective, dispose } = await openCrossEntropy(nodeEngine, x, y, size, { l2: 0.1, threads: 1 });
    const { value, gradient } = await objective(c);
    await dispose();
    const expected = reference(x, y, size.width, classes, c, 0.1);
    expect(value).toBeCloseTo(expected.value, 6);
    for (const [i, g] of gradient.entries()) expect(g).toBeCloseTo(expected.gradient[i]!, 6);
  },
);

test('scores in the tens of thousands are as good as any', async () => {
  const size = { width: 1, classes: 3 };
  const x = Float32Array.of(1, 1, -1);
  const y = Uint8Array.of(0, 2, 0);
  const c = Float64Array.of(40_000, 0, -40_000, 0, 0, 0);
  const { objective, dispose } = await openCrossEntropy(nodeEngine, x, y, size, { l2: 0, threads: 1 });
  const { value, gradient } = await objective(c);
  await dispose();
  // Right at no cost, and wrong by 80,000 nats twice.
  expect(value).toBeCloseTo((0 + 80_000 + 80_000) / 3, 2);
  expect([...gradient].map((g) => Math.round(g * 3))).toEqual([2, 0, -2, 0, 0, 0]);
});

test('the most probable class is predicted, the lowest of equals', async () => {
  const size = { width: 2, classes: 3 };
  const weight = [1, 0, 0, 0, 1, 0];
  const pieces = [Float32Array.of(2, 1, 1, 2), Float32Array.of(-1, -1, 0, 0)];
  const found: number[] = [];
  for await (const k of predictions(nodeEngine, pieces, Float64Array.of(...weight, 0, 0, 0), size, 1))
    found.push(k);
  expect(found).toEqual([0, 1, 2, 0]);
});
