import { expect, test } from 'vitest';
import { type ScatterOptions, scatter } from './scatter.ts';
import { expectRefused, matchGolden, scattered } from './testing.ts';

const n = 36;
const labels = Array.from({ length: n }, (_, i) => i % 12);
const classes = Array.from({ length: 12 }, (_, i) => `<${i}>`);
const x = scattered(n, 1).map((value, i) => value / 3 + Math.cos(labels[i]!));
const y = scattered(n, 5).map((value, i) => value / 3 + Math.sin(labels[i]!));
const panel = { x, y, xLabel: 'unit 1', yLabel: 'unit 2' };
const plain: ScatterOptions = { title: 'T', panels: [panel], labels, classes };

test('two panels share a legend', () => {
  const svg = scatter({
    title: 'Codes of 36 points',
    subtitle: 'before and after training',
    panels: [
      { ...panel, title: 'before' },
      { ...panel, x: x.map((value) => value * 1000), title: 'after' },
    ],
    labels,
    classes,
  });
  matchGolden('scatter', svg);
});

test('every point is drawn once, every class is named, and none lies beneath the others throughout', () => {
  const svg = scatter({ ...plain, labels: Array.from({ length: n }, (_, i) => i % 2), classes: ['a', 'b'] });
  expect(svg.match(/M[-\d.]+ [-\d.]+h0/g)).toHaveLength(n + 2);
  expect(svg.match(/paint-order/g)).toHaveLength(2);
  const order = [...svg.matchAll(/stroke="(#\w+)" stroke-width="5"/g)].map(([, colour]) => colour);
  expect(order).toHaveLength(16);
  expect(new Set(order.filter((_, i) => i % 2 === 1)).size).toBe(2);
  expect(scatter(plain)).toBe(scatter(plain));
});

test('points in one place and classes without points are drawn', () => {
  const svg = scatter({
    ...plain,
    panels: [{ ...panel, x: [3, 3], y: [0, 0] }],
    labels: [4, 4],
  });
  expect(svg).not.toContain('NaN');
  expect(svg.match(/paint-order/g)).toHaveLength(1);
});

test('twenty classes have a colour each; with more, the picture says that colours repeat', () => {
  const many = (count: number) => {
    const names = Array.from({ length: count }, (_, i) => `c${i}`);
    const at = names.map((_, i) => i);
    return scatter({ ...plain, panels: [{ ...panel, x: at, y: at }], labels: at, classes: names });
  };
  const coloursOf = (svg: string) =>
    new Set([...svg.matchAll(/h0" stroke="(#\w+)" stroke-width="8"/g)].map(([, colour]) => colour)).size;
  expect(coloursOf(many(20))).toBe(20);
  expect(many(20)).not.toContain('share');
  expect(many(47)).toContain('47 classes share 20 colours');
});

test('one long name among many does not make the legend long', () => {
  const rowsOf = (names: string[]) => {
    const svg = scatter({ ...plain, labels: labels.map((label) => label % names.length), classes: names });
    const entries = [...svg.matchAll(/M[\d.]+ ([\d.]+)h0" stroke="#\w+" stroke-width="8"/g)];
    return new Set(entries.map(([, y]) => y)).size;
  };
  const short = Array.from({ length: 11 }, (_, i) => `class ${i}`);
  expect(rowsOf([...short, 'a class whose name is rather long indeed'])).toBeLessThanOrEqual(
    rowsOf(short) + 1,
  );
});

test('names that would overlap are moved apart', () => {
  const svg = scatter({
    ...plain,
    panels: [{ ...panel, x: [0, 0, 0, 1], y: [0, 0, 0, 1] }],
    labels: [0, 1, 2, 3],
  });
  const heights = [...svg.matchAll(/paint-order="stroke" x="[\d.]+" y="([\d.]+)"/g)].map(([, at]) => at);
  expect(new Set(heights).size).toBe(4);
});

test.each([
  ['no panel', { panels: [] }, /panels: must be a whole number from 1 to 4, got 0/],
  ['five panels', { panels: Array(5).fill(panel) }, /from 1 to 4, got 5/],
  ['no points', { panels: [{ ...panel, x: [], y: [] }], labels: [] }, /at least one point/],
  ['panels that differ', { panels: [panel, { ...panel, y: [1] }] }, /panel 1, y: must have 36 values, got 1/],
  ['NaN', { panels: [{ ...panel, x: x.map(() => Number.NaN) }] }, /panel 0, x: value 0.*NaN/],
  ['too few labels', { labels: [0] }, /labels: must be one for each of the 36 points, got 1/],
  ['an unknown class', { labels: labels.map(() => 12) }, /label 0: .*from 0 to 11, got 12/],
  ['no classes', { classes: [] }, /at least one name/],
])('%s: refused', async (_, change, message) => {
  await expectRefused(() => scatter({ ...plain, ...change } as ScatterOptions), message);
});

test('a unit is as long on both axes where that is asked for', () => {
  const wide = { ...panel, x: [0, 10, 5], y: [0, 1, 0.5] };
  const svg = scatter({ ...plain, panels: [wide], labels: [0, 0, 0], equalUnits: true });
  // Behind the legend's dots come those of the points.
  const dots = [...svg.matchAll(/M([\d.]+) ([\d.]+)h0/g)].slice(-3);
  const at = dots.map(([, x, y]) => [Number(x), Number(y)] as const);
  const across = Math.max(...at.map(([x]) => x)) - Math.min(...at.map(([x]) => x));
  const up = Math.max(...at.map(([, y]) => y)) - Math.min(...at.map(([, y]) => y));
  expect(across / up).toBeCloseTo(10, 1);
});
