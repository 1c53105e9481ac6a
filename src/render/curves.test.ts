import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { curvePanels } from './curve-panels.ts';
import { lossCurves } from './curves.ts';
import { expectRefused, matchGolden } from './testing.ts';
import { epochScale, linearScale, logScale } from './ticks.ts';

const one = { name: 'training', points: [[1, 0.5] as const, [2, 0.25] as const] };
const plot = { title: 'T', yLabel: 'MSE', series: [one] };

test('the same input gives the same bytes, and nothing that another picture on the page could meet', async () => {
  const [first, other, again] = [
    await lossCurves(plot),
    await lossCurves({ ...plot, title: 'U' }),
    await lossCurves(plot),
  ];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(first).not.toMatch(/ (id|class)=|<style|clip-path|zr\d/);
});

test('words are escaped', async () => {
  const words = `</text><&"'$&\u0000`;
  const svg = await lossCurves({
    ...plot,
    title: words,
    subtitle: words,
    yLabel: words,
    xLabel: words,
    series: [{ ...one, name: words }],
    marks: [{ epoch: 1, label: words }],
  });
  expect(svg.match(/&lt;\/text&gt;&lt;&amp;&quot;&#39;\$&amp;</g)).toHaveLength(6);
  expect(svg).not.toContain('\u0000');
  expect(svg.match(/<svg/g)).toHaveLength(1);
});

test('a group shares a colour; validation is dashed', async () => {
  const svg = await lossCurves({
    ...plot,
    series: [
      { ...one, group: 'a' },
      { ...one, name: 'validation', group: 'a', style: 'dashed' },
      { ...one, name: 'b' },
    ],
  });
  expect(svg.match(/stroke="#001AFF" stroke-width="2"/g)).toHaveLength(4);
  expect(svg.match(/stroke="#CC6699" stroke-width="2"/g)).toHaveLength(2);
});

test('a mark lies beneath the lines and their points, which have a white ring', async () => {
  const series = [one, { ...one, name: 'validation', style: 'dashed' as const, group: 'training' }];
  const svg = await lossCurves({ ...plot, series, marks: [{ epoch: 2, label: 'kept' }] });
  const mark = svg.indexOf('stroke-dasharray="2 3"');
  const lines = [...svg.matchAll(/stroke="#001AFF" stroke-width="2"/g)].slice(-2);
  expect(mark).toBeGreaterThan(0);
  for (const line of lines) {
    const inLegend = svg.slice(line.index - 100, line.index).includes('h26');
    if (!inLegend) expect(line.index).toBeGreaterThan(mark);
  }
  const ringed = [...svg.matchAll(/<path[^>]*fill="#001AFF"[^>]*>/g)].map(([path]) => path);
  expect(ringed).toHaveLength(4);
  for (const path of ringed) expect(path).toContain('stroke="#ffffff"');
});

test('a long legend makes the picture higher, unless its height is given', async () => {
  const series = Array.from({ length: 24 }, (_, i) => ({
    ...one,
    name: `a run of some length, number ${i}`,
  }));
  const height = Number(/height="(\d+)"/.exec(await lossCurves({ ...plot, series }))![1]);
  expect(height).toBeGreaterThan(360);
  await expect(lossCurves({ ...plot, series, height: 300 })).rejects.toThrow(/must be higher/);
});

test.each([
  ['no series', { ...plot, series: [] }, /at least one series/],
  [
    'a series without points',
    { ...plot, series: [{ name: 'v', points: [] }] },
    /series "v".*at least one point/,
  ],
  [
    'NaN',
    { ...plot, series: [{ name: 'v', points: [[3, Number.NaN] as const] }] },
    /at 3 must be finite, got NaN/,
  ],
  [
    'an infinite epoch',
    { ...plot, series: [{ name: 'v', points: [[Infinity, 1] as const] }] },
    /epoch must be finite/,
  ],
  [
    'zero on a log axis',
    { ...plot, logY: true, series: [{ name: 'v', points: [[1, 0] as const] }] },
    /positive/,
  ],
  ['a mark nowhere', { ...plot, marks: [{ epoch: Number.NaN, label: 'best' }] }, /mark "best"/],
  ['too small', { ...plot, width: 10 }, /240×160/],
])('%s is refused', async (_, options, message) => {
  const error = await lossCurves(options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(HourglassError);
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) });
});

const panel = { yLabel: 'nats', series: [one, { ...one, name: 'validation', style: 'dashed' as const }] };

test('panels share one legend, and a series keeps its colour from one to the next', async () => {
  const other = { ...one, name: 'other' };
  const svg = await curvePanels({
    title: 'T',
    panels: [panel, { ...panel, series: [other, ...panel.series] }],
  });
  const words = [...svg.matchAll(/>([^<>]*)<\/text>/g)].map(([, word]) => word);
  for (const name of ['training', 'validation', 'other']) {
    expect(words.filter((word) => word === name)).toHaveLength(1);
  }
  expect(svg).not.toMatch(/ (id|class)=|<style|clip-path|zr\d/);
  expect(svg.match(/<svg/g)).toHaveLength(1);
  expect(svg.match(/stroke="#001AFF" stroke-width="2"/g)).toHaveLength(3);
});

test('three panels of a loss and its parts', async () => {
  const points = (from: number) => [1, 2, 3].map((epoch) => [epoch, from / epoch] as const);
  const part = (title: string, from: number) => ({
    title,
    yLabel: 'nats per image',
    series: [
      { name: 'training', group: 'run', points: points(from) },
      { name: 'validation', group: 'run', style: 'dashed' as const, points: points(from * 1.1) },
    ],
  });
  const svg = await curvePanels({
    title: 'The loss and its parts',
    subtitle: 'variational, seed 7',
    panels: [
      { ...part('total', 200), marks: [{ epoch: 2, label: 'best' }] },
      part('reconstruction', 150),
      part('KL divergence', 50),
    ],
  });
  matchGolden('curve-panels', svg);
});

test.each([
  ['no panels', [], /panels: at least one/],
  ['an empty panel', [panel, { ...panel, series: [] }], /at least one series/],
  [
    'a value below zero on a log axis',
    [{ ...panel, logY: true, series: [{ name: 'v', points: [[1, -1] as const] }] }],
    /positive/,
  ],
])('%s: refused', (_, panels, message) => expectRefused(() => curvePanels({ title: 'T', panels }), message));

test('many pairs of names stand in columns, training next to validation', async () => {
  const series = Array.from({ length: 8 }, (_, i) => [
    { ...one, name: `run ${i}, training`, group: `${i}` },
    { ...one, name: `run ${i}, validation`, group: `${i}`, style: 'dashed' as const },
  ]).flat();
  const svg = await lossCurves({ ...plot, series });
  const at = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>run (\d), (\w+)</g)];
  expect(at).toHaveLength(16);
  for (let i = 0; i < 16; i += 2) expect(at[i]![2]).toBe(at[i + 1]![2]);
  expect(new Set(at.map(([, x]) => x)).size).toBe(2);
});

describe('ticks', () => {
  const written = (scale: ReturnType<typeof linearScale>) => scale.ticks.map(scale.label);

  test('are round and share their decimals', () => {
    expect(written(linearScale(0.061, 0.142, 5))).toEqual(['0.06', '0.08', '0.10', '0.12', '0.14', '0.16']);
    expect(written(linearScale(-1.2, 0.9, 5))).toEqual(['−1.5', '−1.0', '−0.5', '0.0', '0.5', '1.0']);
    expect(written(linearScale(0, 3e-7, 3))).toEqual(['0', '1e−7', '2e−7', '3e−7']);
  });

  test('stand around a single value', () => {
    for (const value of [0, 0.07, -3, 1e-12, 1e12, 1 + 1e-12]) {
      const scale = linearScale(value, value * (1 + 1e-13), 5);
      expect(scale.min).toBeLessThan(value);
      expect(scale.max).toBeGreaterThan(value);
      expect(new Set(written(scale)).size).toBe(scale.ticks.length);
    }
  });

  test('of epochs are whole and begin with the first', () => {
    expect(epochScale(1, 3, 10).ticks).toEqual([1, 2, 3]);
    expect(epochScale(1, 30, 8).ticks).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(epochScale(4, 4, 8)).toMatchObject({ min: 3, max: 5, ticks: [4] });
  });

  test('of a logarithmic axis enclose the values', () => {
    for (const [low, high] of [
      [0.04, 0.09],
      [1e-6, 1e3],
      [0.5, 0.5],
      [1e-30, 1e30],
    ] as const) {
      const { min, max, ticks } = logScale(low, high);
      expect(min).toBeLessThanOrEqual(low);
      expect(max).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(14);
    }
  });
});

test('values that differ in their last digits alone can be drawn: the curve of a run that stalls', async () => {
  for (let exponent = 2; exponent <= 12; exponent++) {
    for (const value of [0.08355385437790215, 0.1250001, 31.7]) {
      const points = [[1, value] as const, [2, value * (1 + 0.7 * 10 ** -exponent)] as const];
      const svg = await lossCurves({ ...plot, series: [{ name: 'training', points }] });
      expect(svg).not.toContain('NaN');
    }
  }
});
