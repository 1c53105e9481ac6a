import { describe, expect, test } from 'vitest';
import { type BarsOptions, bars } from './bars.ts';
import { type HistogramsOptions, histograms } from './histograms.ts';
import { expectRefused, matchGolden, scattered } from './testing.ts';

const words = (svg: string) => [...svg.matchAll(/>([^<>]*)<\/text>/g)].map(([, word]) => word);

describe('bars', () => {
  const plain: BarsOptions = {
    title: 'Linear probe',
    items: [
      { name: 'raw pixels', value: 89.2, text: '89.20 %', note: '784 values' },
      { name: 'codes <of> 32', value: 94.44444 },
    ],
  };

  test('with notes and a reference', () => {
    const reference = { name: 'chance', value: 10 };
    matchGolden('bars', bars({ ...plain, subtitle: 'of 2,000 digits', xLabel: 'accuracy, %', reference }));
  });

  test('all begin at zero, and a value without a text has four digits', () => {
    const svg = bars({ ...plain, items: [...plain.items, { name: 'c', value: -5 }] });
    expect(words(svg)).toEqual(expect.arrayContaining(['89.20 %', '94.44', '−5', '0']));
    const rects = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    const [a, , c] = rects.map(([, x, width]) => [Number(x), Number(width)] as const);
    expect(a![0]).toBeCloseTo(c![0] + c![1], 1);
    expect(a![1] / c![1]).toBeCloseTo(89.2 / 5, 1);
  });

  test.each([
    ['no items', { items: [] }, /bars: at least one item/],
    ['NaN', { items: [{ name: 'a', value: Number.NaN }] }, /bar "a".*finite, got NaN/],
    ['an infinite reference', { reference: { name: 'r', value: Infinity } }, /reference "r".*finite/],
  ])('%s: refused', (_, change, message) => expectRefused(() => bars({ ...plain, ...change }), message));
});

describe('histograms', () => {
  const panel = (i: number) => ({ title: `unit ${i}`, values: scattered(40, i) });
  const plain: HistogramsOptions = { title: 'Codes', panels: [panel(1)], xLabel: 'code' };

  test('small multiples share an x axis', () => {
    const panels = [1, 2, 3, 4, 5].map(panel);
    matchGolden('histograms', histograms({ ...plain, subtitle: 'of 40 points', panels, bins: 8 }));
  });

  test('every value is counted once', () => {
    const svg = histograms({ ...plain, bins: 1, panels: [{ title: '', values: scattered(100, 1) }] });
    const [, bottom, top] = /d="M[\d.]+ ([\d.]+)V([\d.]+)H/.exec(svg)!.map(Number);
    expect(bottom! - top!).toBe(270);
    expect(words(svg)).toContain('100');
  });

  test.each([
    [1, 1],
    [3, 3],
    [10, 4],
    [64, 8],
  ])('%d panels stand in rows of %d', (count, perRow) => {
    const svg = histograms({ ...plain, panels: Array.from({ length: count }, (_, i) => panel(i)) });
    const lefts = [...svg.matchAll(/<text x="([\d.]+)"[^>]*>unit \d+</g)].map(([, x]) => x);
    expect(lefts).toHaveLength(count);
    expect(new Set(lefts).size).toBe(perRow);
  });

  test('a unit that never changes, and axes of their own', () => {
    const panels = [panel(1), { title: 'dead', values: new Float32Array(20_000) }];
    for (const shareX of [true, false]) {
      const svg = histograms({ ...plain, panels, shareX, shareY: !shareX });
      expect(svg).not.toContain('NaN');
      expect(words(svg)).toContain('20k');
    }
  });

  test.each([
    ['no panels', { panels: [] }, /panels: must be a whole number from 1 to 64, got 0/],
    ['an empty panel', { panels: [{ title: 'a', values: new Float32Array() }] }, /panel "a".*one value/],
    ['NaN', { panels: [{ title: 'a', values: Float32Array.of(1, NaN) }] }, /panel "a": value 1.*NaN/],
    ['no bins', { bins: 0 }, /bins: must be a whole number from 1 to 500, got 0/],
  ])('%s: refused', (_, change, message) =>
    expectRefused(() => histograms({ ...plain, ...change }), message),
  );
});
