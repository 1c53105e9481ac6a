import { stripVTControlCharacters as strip } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { terminalImages } from './terminal.ts';

/** Ten 28×28 images with a ring inside a margin of four pixels. */
const images = Float32Array.from({ length: 7840 }, (_, i) => {
  const radius = Math.hypot((Math.floor(i / 28) % 28) - 13.5, (i % 28) - 13.5);
  return radius < 10 && radius > 6 ? 1 : 0;
});
const rows = [
  { label: 'input', images },
  { label: 'reconstruction', images: images.map((value) => value * 0.8) },
];
const base = { rows, height: 28, width: 28, columns: 80, labels: [...'0123456789'] };

test.each([10, 11, 20, 40, 79, 80, 81, 120, 160, 300])('%i columns are never exceeded', (columns) => {
  for (const colour of ['truecolour', '256', 'none'] as const) {
    const lines = terminalImages({ ...base, columns, colour }).map(strip);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    const shown = lines.flatMap((line) => [...line.matchAll(/\d/g)].map(String));
    expect(shown).toEqual([...'0123456789']);
  }
});

test('colour and no colour draw the same shape; only colour writes escapes, and takes them back', () => {
  const plain = terminalImages({ ...base, colour: 'none' });
  const coloured = terminalImages({ ...base, colour: '256' });
  expect(plain.join('')).not.toContain('\u001b');
  expect(coloured.length).toBe(plain.length);
  const painted = coloured.filter((line) => line.includes('\u001b'));
  expect(painted.length).toBe(4 * 7);
  for (const line of painted) expect(line.endsWith('\u001b[0m')).toBe(true);
});

test('a cell is two pixels: the upper in ink, the lower as ground', () => {
  const two = {
    rows: [{ label: '', images: new Uint8Array(400).fill(255, 0, 20) }],
    height: 20,
    width: 20,
    columns: 80,
  };
  const [first] = terminalImages({ ...two, colour: 'truecolour' });
  // 20 pixel lines become 14: the first holds 1 of its 1.43 white, the second none.
  expect(first).toBe(`\u001b[38;2;179;179;179;48;2;0;0;0m${'▀'.repeat(14)}\u001b[0m`);
  expect(terminalImages({ ...two, colour: '256' })[0]).toContain('38;5;249;48;5;16m');
  expect(terminalImages({ ...two, colour: 'none' })[0]).toBe('▀'.repeat(14));
});

test('wide characters take two columns: captions stay above their images, and no line is too long', () => {
  const two = { rows: [{ label: '', images: images.slice(0, 2 * 784) }], height: 28, width: 28 };
  const head = (labels: string[], columns = 80) =>
    terminalImages({ ...two, labels, columns, colour: 'none' })[0]!;
  const at = (line: string) => stringWidth(line.slice(0, line.indexOf('x')));
  expect(at(head(['猫', 'x']))).toBe(at(head(['ab', 'x'])));
  expect(stringWidth(head(['猫'.repeat(30), '猫'.repeat(30)], 25))).toBeLessThanOrEqual(25);
});

test('labels move no cursor', () => {
  const labels = base.labels.map(() => '\u001b[2J\r\n7');
  const lines = terminalImages({
    ...base,
    labels,
    rows: [{ label: 'a\u001b]0;x\u0007', images }],
    colour: 'none',
  });
  expect(lines.join('')).not.toMatch(/\p{Cc}/u);
});

test.each([
  ['no rows', { rows: [] }, /at least one row/],
  ['a narrow terminal', { columns: 9 }, /columns: must be at least 10, got 9/],
  ['too few labels', { labels: ['0'] }, /labels: must be one word for each of the 10/],
  ['NaN', { rows: [{ label: 'x', images: new Float32Array(784).fill(NaN) }] }, /row "x".*finite/],
])('%s: refused', (_, change, message) => {
  expect(() => terminalImages({ ...base, colour: 'none', ...change })).toThrow(message);
  expect(() => terminalImages({ ...base, colour: 'none', ...change })).toThrow(HourglassError);
});
