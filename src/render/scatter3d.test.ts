import { expect, test } from 'vitest';
import { projection } from './projection.ts';
import { type Scatter3dOptions, scatter3d } from './scatter3d.ts';
import { expectRefused, matchGolden, scattered } from './testing.ts';

const n = 30;
const labels = Array.from({ length: n }, (_, i) => i % 3);
const points = scattered(3 * n, 3).map((value, i) => value / 2 + (((i % 3) + Math.floor(i / 3)) % 3));
const plain: Scatter3dOptions = {
  title: 'Codes of 30 points',
  subtitle: 'in three units',
  ...{ points, labels, classes: ['a', 'b', '<c>'], axes: ['unit 1', 'unit 2', 'unit 3'] },
};

test('points in a cube', () => {
  matchGolden('scatter-3d', scatter3d(plain));
});

test('near points are drawn over far ones', () => {
  const project = projection({ azimuth: 0, elevation: 30 }, 100);
  expect(project([1, 0, 0]).near).toBeGreaterThan(project([-1, 0, 0]).near);
  expect(project([0, 0, 1]).y).toBeLessThan(0);
  expect(project([0, 1, 0]).x).toBeGreaterThan(0);
  const svg = scatter3d({ ...plain, azimuth: 0, points: Float32Array.of(9, 0, 0, 0, 0, 0), labels: [0, 1] });
  const order = [...svg.matchAll(/h0" stroke="(#\w+)"[^>]*opacity/g)].map(([, colour]) => colour);
  expect(order).toEqual(['#CC6699', '#001AFF']);
});

test.each([0, 90, 180, 270, 1000, -35])('azimuth %d: all on the page', (azimuth) => {
  for (const elevation of [5, 75]) {
    const svg = scatter3d({ ...plain, azimuth, elevation });
    expect(svg).not.toContain('NaN');
    const [width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.slice(1).map(Number);
    for (const [, x, y] of svg.matchAll(/<text[^>]* x="([-\d.]+)" y="([-\d.]+)"/g)) {
      expect(Number(x)).toBeLessThan(width!);
      expect(Number(y)).toBeLessThan(height!);
    }
  }
});

test.each([
  ['no points', { points: new Float32Array() }, /three values for each of one or more points/],
  ['four values', { points: new Float32Array(4) }, /three values.*got 4 values/],
  ['NaN', { points: points.map(() => Number.NaN) }, /points: value 0.*NaN/],
  ['below the floor', { elevation: -1 }, /elevation: must be 5 to 75 degrees, got -1/],
  ['no direction', { azimuth: Infinity }, /azimuth.*finite/],
  ['too few labels', { labels: [] }, /labels: must be one for each of the 30 points/],
])('%s: refused', async (_, change, message) => {
  await expectRefused(() => scatter3d({ ...plain, ...change }), message);
});
