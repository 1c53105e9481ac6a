import { expect, test } from 'vitest';
import { type Drawing, shareAlong, svgOf } from './svg.ts';

const drawing: Drawing = {
  ...{ width: 300, height: 200, title: 'a < b & "c"', body: ['<circle cx="1" cy="2" r="3"/>'] },
  colours: { ink: '#000', soft: '#666', line: '#ccc', ground: '#fff' },
  axes: {
    x: { label: 'unit 1', from: -1, to: 1 },
    y: { label: 'loss', from: 0.1, to: 100, logarithmic: true },
  },
  legend: Array.from({ length: 12 }, (_, i) => ({ name: `class ${i}`, colour: '#123456' })),
};

test('a drawing has title, axes, body and legend, with names escaped', () => {
  const svg = svgOf(drawing);
  expect(svg).toContain('<title>a &lt; b &amp; &quot;c&quot;</title>');
  expect(svg).toContain('<circle cx="1" cy="2" r="3"/>');
  for (const text of ['>−1<', '>0<', '>1<', '>0.1<', '>10<', '>100<', '>unit 1<', '>class 11<'])
    expect(svg).toContain(text);
  // The legend takes more rows where it is wide, and the picture is higher.
  const height = (given: Drawing) => Number(/height="(\d+)"/.exec(svgOf(given))![1]);
  expect(height(drawing)).toBeGreaterThan(height({ ...drawing, legend: [] }) + 40);
});

test('a logarithmic axis has its places by powers', () => {
  expect(shareAlong({ label: '', from: 1, to: 100, logarithmic: true }, 10)).toBeCloseTo(0.5);
  expect(shareAlong({ label: '', from: 0, to: 100 }, 10)).toBeCloseTo(0.1);
});
