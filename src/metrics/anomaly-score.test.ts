import { expect, test } from 'vitest';
import { errorScores, SCORE_KINDS } from './anomaly-score.ts';

/** Two images of 2 × 10 × 20: the second has one bright pixel, in one channel, off the edge. */
const shape = { channels: 2, height: 10, width: 20 };
const squared = new Float32Array(2 * 400).fill(0.25);
squared[400 + 5 * 20 + 7] = 1;

const scores = (kind: (typeof SCORE_KINDS)[number]) => [...errorScores(squared, shape, kind)];

test('each kind is the figure of its definition', () => {
  const pixel = (1 + 0.25) / 2;
  expect(scores('mean')).toEqual([0.25, expect.closeTo((399 * 0.25 + 1) / 400, 12)]);
  expect(scores('max')).toEqual([0.25, pixel]);
  // 1 % of 200 pixels are two: the bright one and one other.
  expect(scores('top1%')).toEqual([0.25, (pixel + 0.25) / 2]);
  // σ = 1: the middle of a normalised kernel of 7 × 7.
  const line = [-3, -2, -1, 0, 1, 2, 3].map((i) => Math.exp(-(i ** 2) / 2));
  const middle = (1 / line.reduce((a, b) => a + b)) ** 2;
  const [flat, bright] = scores('smoothed-max') as [number, number];
  expect(flat).toBeCloseTo(0.25, 12);
  expect(bright).toBeCloseTo(0.25 + (pixel - 0.25) * middle, 12);
});

test('an edge is filtered as the middle is: a flat map stays flat', () => {
  const map = new Float32Array(49).fill(0.5);
  expect(errorScores(map, { channels: 1, height: 7, width: 7 }, 'smoothed-max')[0]).toBeCloseTo(0.5, 12);
});

test('an image of one pixel has one score of every kind', () => {
  const one = { channels: 1, height: 1, width: 1 };
  for (const kind of SCORE_KINDS)
    expect(errorScores(Float32Array.of(0.5), one, kind)[0]).toBeCloseTo(0.5, 12);
});
