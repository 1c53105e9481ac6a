/** Golden pictures: each SVG is held against the one stored in golden/, its numbers rounded first. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { imageRows, lossCurves } from './index.ts';

/** A loss that falls from `a + b` towards b, without anything random. */
const falling = (epochs: number, a: number, b: number): [number, number][] =>
  Array.from({ length: epochs }, (_, i) => [i + 1, b + a / (1 + i)]);

/** Ten small rings of different shades, [10, 8, 8]. */
const rings = Float32Array.from({ length: 640 }, (_, i) => {
  const [n, y, x] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
  const radius = Math.hypot(y - 3.5, x - 3.5);
  return radius > 1.5 && radius < 3.5 ? 0.1 + n * 0.1 : 0;
});

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

test('a picture that changed is written beside the stored one', () => {
  if (process.env.UPDATE_GOLDEN === '1') return;
  const actual = fileURLToPath(new URL('golden/strip.actual.svg', import.meta.url));
  expect(() => matchGolden('strip', '<svg/>')).toThrow(/UPDATE_GOLDEN=1/);
  expect(readFileSync(actual, 'utf8')).toBe('<svg/>');
  rmSync(actual);
});

/**
 * Fails when the picture is not the stored `golden/<name>.svg`, and leaves it beside as `<name>.actual.svg` to
 * be looked at. `UPDATE_GOLDEN=1 npx vitest run src/render` accepts what is drawn now.
 */
function matchGolden(name: string, svg: string): void {
  const folder = fileURLToPath(new URL('golden/', import.meta.url));
  const stored = `${folder}${name}.svg`;
  const actual = `${folder}${name}.actual.svg`;
  const drawn = normalised(svg);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(stored, drawn);
  }
  rmSync(actual, { force: true });
  if (existsSync(stored) && readFileSync(stored, 'utf8') === drawn) return;
  writeFileSync(actual, drawn);
  throw new Error(
    `${name}.svg is not drawn as stored. Look at ${actual}; if it is right, accept it with UPDATE_GOLDEN=1 npx vitest run src/render`,
  );
}

/** Numbers to one decimal, so that the last bits of a sine on another machine make no difference. */
function normalised(svg: string): string {
  return svg.replace(/(?<![#\w])-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10));
}
