import { expect, test } from 'vitest';
import { imageGrid, imageRows } from './index.ts';

const SIDE = 128;
const noise = (n: number) =>
  Float32Array.from({ length: n * 3 * SIDE * SIDE }, (_, i) => ((i * 7919 + (i >> 3) ** 2) % 1009) / 1009);
const kind = { height: SIDE, width: SIDE, channels: 3, light: true } as const;

test('rows of large photographs take a dot a pixel', () => {
  const svg = imageRows({ title: 'T', rows: [{ label: 'input', images: noise(4) }], ...kind });
  expect(svg.length).toBeLessThan(4 * 3 * SIDE * SIDE * 1.6);
  expect(svg).not.toContain('pixelated');
});

test('a grid of large photographs is no wider than one of digits', () => {
  const svg = imageGrid({ title: 'T', images: noise(16), columns: 4, rows: 4, ...kind });
  const width = Number(/<svg [^>]*width="(\d+)"/.exec(svg)![1]);
  expect(width).toBeLessThan(330);
  const many = imageGrid({ title: 'T', images: noise(20), columns: 20, rows: 1, ...kind });
  expect(Number(/<svg [^>]*width="(\d+)"/.exec(many)![1])).toBeLessThan(700);
});
