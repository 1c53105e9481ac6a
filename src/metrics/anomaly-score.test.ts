import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import {
  anomalyScores,
  IMAGE_SCORE_KINDS,
  ImageMaps,
  type MapScoreKind,
  requireScoreKind,
  SCORE_KINDS,
  scoreDefinition,
  scoreKindsFor,
} from './anomaly-score.ts';
import { dissimilarityMap } from './dissimilarity.ts';
import { levelled } from './edges.ts';

/** Two images of 2 × 10 × 20 that differ by ½ from their reconstructions: the second by 1 at one pixel, in one channel. */
const shape = { channels: 2, height: 10, width: 20 };
const given = new Float32Array(2 * 400).fill(0.5);
given[400 + 5 * 20 + 7] = 1;
const black = new Float32Array(2 * 400);

const scores = (kind: MapScoreKind) => [...anomalyScores(given, black, shape, [kind])[kind]];

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
  const [x, y] = [new Float32Array(49).fill(Math.SQRT1_2), new Float32Array(49)];
  const one = { channels: 1, height: 7, width: 7 };
  expect(anomalyScores(x, y, one, ['smoothed-max'])['smoothed-max'][0]).toBeCloseTo(0.5, 6);
});

test('an image of one pixel has one score of every kind of error', () => {
  const one = { channels: 1, height: 1, width: 1 };
  const [x, y] = [Float32Array.of(0.5), Float32Array.of(0)];
  const found = anomalyScores(x, y, one, IMAGE_SCORE_KINDS);
  for (const kind of ['mean', 'max', 'top1%', 'smoothed-max'] as const)
    expect(found[kind][0]).toBeCloseTo(0.25, 12);
  expect(found.ssim[0]).toBeCloseTo(1 - 1e-4 / (0.25 + 1e-4), 12);
});

test('rows have scores that ask for no neighbours, and the distance; images all others', () => {
  expect(scoreKindsFor('row')).toEqual(['distance', 'mean', 'max', 'top1%']);
  expect(scoreKindsFor('image')).toEqual(SCORE_KINDS.filter((kind) => kind !== 'distance'));
  expect(() => requireScoreKind('smoothed-max', 'row')).toThrow('score: must be distance, mean, max, top1%');
  expect(() => requireScoreKind('distance', 'image')).toThrow('got distance');
});

test('definitions of scores of rows do not speak of images', () => {
  for (const kind of scoreKindsFor('row'))
    expect(scoreDefinition(kind, 'row')).not.toMatch(/image|pixel|channel/);
  expect(scoreDefinition('mean', 'image')).toContain('image');
});

/**
 * SSIM of each pixel by two loops over its window, beyond the edges the mirrored image: scikit-image's
 * `structural_similarity(x, y, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, K2=0.1, full=True)[1]`.
 */
function fullSsim(x: number[], y: number[], height: number, width: number): number[] {
  const inside = (at: number, length: number) => (at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at);
  const weight = (i: number, j: number) => Math.exp(-(i * i + j * j) / 4.5);
  return x.map((_, pixel) => {
    let [total, mx, my, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
    for (let i = -5; i <= 5; i++) {
      for (let j = -5; j <= 5; j++) {
        const at = inside(Math.floor(pixel / width) + i, height) * width + inside((pixel % width) + j, width);
        const [w, a, b] = [weight(i, j), x[at]!, y[at]!];
        total += w;
        mx += w * a;
        my += w * b;
        xx += w * a * a;
        yy += w * b * b;
        xy += w * a * b;
      }
    }
    [mx, my, xx, yy, xy] = [mx, my, xx, yy, xy].map((sum) => sum / total) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return (
      ((2 * mx * my + 1e-4) * (2 * (xy - mx * my) + 1e-2)) /
      ((mx * mx + my * my + 1e-4) * (xx - mx * mx + yy - my * my + 1e-2))
    );
  });
}

test('the map of 1 − SSIM is that of its definition, at the one scale that a small image has', () => {
  const [height, width] = [13, 16];
  const draw = random(1);
  const x = Float32Array.from({ length: height * width }, () => draw());
  const y = x.map((value) => 0.6 * value + 0.4 * draw());
  const maps = new ImageMaps(x, y, { channels: 1, height, width });
  const expected = fullSsim([...x], [...y], height, width);
  const map = dissimilarityMap(x, y, { channels: 1, height, width });
  for (const [i, value] of map.entries()) expect(value).toBeCloseTo(1 - expected[i]!, 10);
  const level = levelled(map, { height, width });
  expect(maps.score('ssim')).toBeCloseTo(level.reduce((a, b) => a + b) / level.length, 10);
  const top = [...level].sort((a, b) => b - a);
  expect(maps.score('ssim-top1%')).toBeCloseTo((top[0]! + top[1]!) / 2, 10);
});

test('larger images are compared at two or three scales, and the mean is taken', () => {
  const [height, width] = [24, 26];
  const draw = random(2);
  const x = Float32Array.from({ length: height * width }, () => draw());
  const y = x.map((value) => 0.6 * value + 0.4 * draw());
  const half = (image: Float32Array) =>
    Array.from({ length: 12 * 13 }, (_, k) => {
      const at = 2 * Math.floor(k / 13) * width + 2 * (k % 13);
      return (image[at]! + image[at + 1]! + image[at + width]! + image[at + width + 1]!) / 4;
    });
  const fine = fullSsim([...x], [...y], height, width);
  const coarse = fullSsim(half(x), half(y), 12, 13);
  const at = 11 * width + 13;
  const between = (r: number, c: number) => coarse[r * 13 + c]!;
  const dissimilarity = dissimilarityMap(x, y, { channels: 1, height, width });
  // Row 11 is at 5.25 of the coarse rows, column 13 at 6.25 of the coarse columns.
  const row = (r: number) => 0.75 * between(r, 6) + 0.25 * between(r, 7);
  const expected = (1 - fine[at]! + (1 - (0.75 * row(5) + 0.25 * row(6)))) / 2;
  expect(dissimilarity[at]).toBeCloseTo(expected, 10);
});

test('a scratch stands out of grain by SSIM, and a shift of brightness does not', () => {
  const size = 48;
  const draw = random(3);
  const x = Float32Array.from({ length: size * size }, () => 0.4 + 0.2 * draw());
  const one = { channels: 1, height: size, width: size };
  const brighter = x.map((value) => value + 0.05);
  const scratched = x.slice();
  for (let i = 10; i < 30; i++) scratched[i * size + i] = 0.9;
  const of = (y: Float32Array, kind: MapScoreKind) => anomalyScores(y, x, one, [kind])[kind][0]!;
  expect(of(scratched, 'ssim-max')).toBeGreaterThan(10 * of(brighter, 'ssim-max'));
  expect(of(scratched, 'mean')).toBeLessThan(of(brighter, 'mean'));
});
