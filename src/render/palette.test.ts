import { expect, test } from 'vitest';
import { COLOURS, COLOURS_ON_DARK, DARK_GROUND, PAGE, seriesColour, seriesColourOnDark } from './palette.ts';

/** Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB. */
const SIGHTS = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

type Three = [number, number, number];

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

/** CIE L*a*b* under D65. */
function lab([r, g, b]: Three): Three {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(hex: string, matrix: readonly number[]): Three {
  const rgb = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  const row = (k: number) => rgb.reduce((sum, value, i) => sum + matrix[3 * k + i]! * value, 0);
  const clipped = (value: number) => Math.min(1, Math.max(0, value));
  return lab([clipped(row(0)), clipped(row(1)), clipped(row(2))]);
}

/** CIEDE2000 (Sharma, Wu & Dalal, 2005). */
function difference([l1, a1, b1]: Three, [l2, a2, b2]: Three): number {
  const rad = Math.PI / 180;
  const meanChroma = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + 25 ** 7)));
  const [x1, x2] = [(1 + g) * a1, (1 + g) * a2];
  const [c1, c2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)];
  const angle = (x: number, y: number) => (x === 0 && y === 0 ? 0 : (Math.atan2(y, x) / rad + 360) % 360);
  const [h1, h2] = [angle(x1, b1), angle(x2, b2)];
  const grey = c1 * c2 === 0;
  let turn = grey ? 0 : h2 - h1;
  if (turn > 180) turn -= 360;
  else if (turn < -180) turn += 360;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * rad);
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  let h = h1 + h2;
  if (!grey) h = Math.abs(h1 - h2) <= 180 ? h / 2 : (h < 360 ? h + 360 : h - 360) / 2;
  const t =
    1 -
    0.17 * Math.cos((h - 30) * rad) +
    0.24 * Math.cos(2 * h * rad) +
    0.32 * Math.cos((3 * h + 6) * rad) -
    0.2 * Math.cos((4 * h - 63) * rad);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const rt =
    -Math.sin(60 * Math.exp(-(((h - 275) / 25) ** 2)) * rad) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const [dl, dc] = [(l2 - l1) / sl, (c2 - c1) / sc];
  return Math.sqrt(dl ** 2 + dc ** 2 + (dh / sh) ** 2 + rt * dc * (dh / sh));
}

test('the formula is the published one', () => {
  // From the test data of Sharma, Wu & Dalal.
  expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(difference([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
});

const colours = Array.from({ length: COLOURS }, (_, i) => seriesColour(i));

test.each(Object.entries(SIGHTS))('colours are told apart on white with %s sight', (name, matrix) => {
  const [least, leastOfTen] = name === 'normal' ? [18, 23] : [7, 16];
  for (const [i, colour] of colours.entries()) {
    const own = seen(colour, matrix);
    expect(difference(own, seen(PAGE.background, matrix)), `${colour} on white`).toBeGreaterThan(20);
    for (const other of colours.slice(0, i))
      expect(difference(own, seen(other, matrix)), `${colour} and ${other}`).toBeGreaterThan(
        i < 10 ? leastOfTen : least,
      );
  }
});

test('twenty series have twenty colours', () => {
  expect(new Set(colours).size).toBe(20);
});

test.each(Object.entries(SIGHTS))('colours are told apart on dark with %s sight', (name, matrix) => {
  const dark = Array.from({ length: COLOURS_ON_DARK }, (_, i) => seriesColourOnDark(i));
  for (const [i, colour] of dark.entries()) {
    const own = seen(colour, matrix);
    expect(difference(own, seen(DARK_GROUND, matrix)), `${colour} on dark`).toBeGreaterThan(32);
    for (const other of dark.slice(0, i))
      expect(difference(own, seen(other, matrix)), `${colour} and ${other}`).toBeGreaterThan(
        name === 'normal' ? 22 : 15,
      );
  }
});
