/** Golden pictures of curves and rows of images; those of the others stand next to them. */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { imageRows, lossCurves } from './index.ts';
import { matchGolden, rings } from './testing.ts';

/** A loss that falls from `a + b` towards b, without anything random. */
const falling = (epochs: number, a: number, b: number): [number, number][] =>
  Array.from({ length: epochs }, (_, i) => [i + 1, b + a / (1 + i)]);

test('one run: training and validation, with marks', async () => {
  matchGolden(
    'curves-one-run',
    await lossCurves({
      title: 'stacked on mnist-10k',
      subtitle: '784-512-256-128-11, Adam, batch 128, seed 7',
      yLabel: 'MAE per pixel',
      series: [
        { name: 'training', group: 'run', points: falling(20, 0.1, 0.06) },
        { name: 'validation', group: 'run', style: 'dashed', points: falling(20, 0.09, 0.065) },
      ],
      marks: [
        { epoch: 19, label: 'best' },
        { epoch: 20, label: 'stopped' },
      ],
    }),
  );
});

test('several runs on a logarithmic axis, with names that wrap', async () => {
  const series = ['λ = 0', 'λ = 0.01', 'a longer name with <&">'].flatMap((group, i) => [
    { name: `${group}, training`, group, points: falling(40, 300, 70 + 20 * i) },
    { name: `${group}, validation`, group, style: 'dashed' as const, points: falling(40, 280, 75 + 20 * i) },
  ]);
  matchGolden(
    'curves-runs',
    await lossCurves({ title: 'Runs', yLabel: 'nats per image', logY: true, series }),
  );
});

test('a single epoch', async () => {
  const series = [{ name: 'training', points: [[1, 0.0675]] as [number, number][] }];
  matchGolden('curves-one-epoch', await lossCurves({ title: 'One epoch', yLabel: 'MSE per pixel', series }));
});

test('rows of images with captions and errors', () => {
  matchGolden(
    'strip',
    imageRows({
      title: 'Ten test digits, one per class',
      subtitle: 'MSE per pixel below',
      rows: [
        { label: 'input', images: rings },
        { label: 'reconstruction', images: rings.map((value) => value * 0.7 + 0.05) },
      ],
      columns: [...'0123456789'],
      footers: Array.from({ length: 10 }, (_, i) => (0.02 + i / 1000).toFixed(3)),
      height: 8,
      width: 8,
    }),
  );
});

test('rows of errors, residuals, an overlay and codes of another size', () => {
  const errors = rings.map((value, i) => value * ((i % 8) / 7));
  matchGolden(
    'strip-scales',
    imageRows({
      title: 'Where the reconstruction errs',
      rows: [
        { label: 'input', images: rings },
        { label: '|x − x̂|', images: errors, scale: 'heat' },
        { label: 'x̂ − x', images: errors.map((value, i) => (i % 2 ? value : -value)), scale: 'signed' },
        { label: 'mask', images: rings, overlay: errors },
        { label: 'code', images: rings.slice(0, 40), height: 2, width: 2 },
      ],
      height: 8,
      width: 8,
    }),
  );
});

test('a picture that changed is written next to the stored one', () => {
  if (process.env.UPDATE_GOLDEN === '1') return;
  const actual = fileURLToPath(new URL('golden/strip.actual.svg', import.meta.url));
  expect(() => matchGolden('strip', '<svg/>')).toThrow(/UPDATE_GOLDEN=1/);
  expect(readFileSync(actual, 'utf8')).toBe('<svg/>');
  rmSync(actual);
});
