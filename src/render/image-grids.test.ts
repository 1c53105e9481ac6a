import { describe, expect, test } from 'vitest';
import { type FiltersOptions, filters } from './filters.ts';
import { type ImageGridOptions, type ImageGridsOptions, imageGrid, imageGrids } from './image-grids.ts';
import { expectRefused, matchGolden, rings, scattered } from './testing.ts';

const shape = { columns: 5, rows: 2, height: 8, width: 8 };
const axis = { label: 'code <1>', ticks: ['−2', '', '0', '', '2'] };
const words = (svg: string) => [...svg.matchAll(/>([^<>]*)<\/text>/g)].map(([, word]) => word);

describe('imageGrid', () => {
  const plain: ImageGridOptions = { title: 'A plane of codes', images: rings, ...shape };

  test('with axes', () => {
    const yAxis = { label: 'code 2', ticks: ['1', '−1'] };
    matchGolden('image-grid', imageGrid({ ...plain, subtitle: 'decoded', xAxis: axis, yAxis }));
  });

  test('coordinates that would touch are left out', () => {
    const ticks = Array.from({ length: 5 }, (_, i) => `${i}.123456789`);
    const svg = imageGrid({ ...plain, xAxis: { label: '', ticks } });
    expect(words(svg)).toContain('0.123456789');
    expect(words(svg)).not.toContain('1.123456789');
  });

  test.each([
    ['no images', { images: new Float32Array() }, /at least one image/],
    ['too few', { rows: 3 }, /images: must be an image for each place of 5 columns × 3 rows, got 10/],
    ['half an image', { images: new Uint8Array(32) }, /whole images of 8×8/],
    ['no columns', { columns: 0 }, /columns: must be a whole number from 1 to 200, got 0|each place of 0/],
    ['NaN', { images: rings.map(() => Number.NaN) }, /pixel 0 of image 0.*NaN/],
    ['a word too few', { xAxis: { ...axis, ticks: ['1'] } }, /xAxis, ticks.*each of 5 columns, got 1/],
    ['a word too many', { yAxis: axis }, /yAxis, ticks.*each of 2 rows, got 5/],
    ['a third of a gap', { gap: 1 / 3 }, /gap: must be a multiple of 0.5/],
    ['an empty range', { range: [1, 0] as [number, number] }, /range.*ascending/],
  ])('%s: refused', (_, change, message) => expectRefused(() => imageGrid({ ...plain, ...change }), message));
});

describe('imageGrids', () => {
  const grids = ['input', 'epoch 1', 'epoch 2'].map((caption, i) => ({
    caption,
    images: rings.map((value) => value / (i + 1)),
  }));
  const plain: ImageGridsOptions = { title: 'Again and again', grids, ...shape };

  test('side by side', () => {
    matchGolden('image-grids', imageGrids({ ...plain, subtitle: 'the same ten' }));
  });

  test.each([
    [1, 1],
    [4, 4],
    [5, 3],
    [6, 3],
    [9, 4],
  ])('%d grids flow in rows of %d', (count, perRow) => {
    const svg = imageGrids({ ...plain, grids: Array(count).fill(grids[0]) });
    const lefts = [...svg.matchAll(/<image x="([\d.]+)"/g)].map(([, x]) => x);
    expect(lefts).toHaveLength(count);
    expect(new Set(lefts).size).toBe(perRow);
  });

  test.each([
    ['no grids', { grids: [] }, /grids: at least one/],
    [
      'a grid too small',
      { grids: [...grids, { caption: 'x', images: rings.slice(64) }] },
      /grid "x".*5 columns × 2 rows, got 9/,
    ],
  ])('%s: refused', (_, change, message) =>
    expectRefused(() => imageGrids({ ...plain, ...change }), message),
  );
});

describe('filters', () => {
  const plain: FiltersOptions = { title: 'Filters', images: scattered(45, 2), height: 3, width: 3 };

  test('on a common scale', () => {
    matchGolden('filters', filters({ ...plain, subtitle: 'of five units' }));
  });

  test('each on its own scale: how strong a filter is makes no difference', () => {
    const scaled = plain.images.map((value, i) => value * (1 + Math.floor(i / 9)));
    const draw = (images: Float32Array, scale: 'each' | 'common') => filters({ ...plain, images, scale });
    expect(draw(scaled, 'each')).toBe(draw(plain.images, 'each'));
    expect(draw(scaled, 'common')).not.toBe(draw(plain.images, 'common'));
    expect(draw(new Float32Array(45), 'each')).not.toContain('NaN');
  });

  test.each([
    ['no filters', { images: new Float32Array() }, /at least one filter/],
    ['half a filter', { images: new Float32Array(4) }, /whole images of 3×3/],
    ['infinite', { images: plain.images.map(() => Infinity) }, /filters: value 0.*Infinity/],
    ['an unknown scale', { scale: 'log' as 'each' }, /scale: must be common or each, got log/],
    ['no columns', { columns: 0 }, /columns: must be a whole number/],
  ])('%s: refused', (_, change, message) => expectRefused(() => filters({ ...plain, ...change }), message));
});
