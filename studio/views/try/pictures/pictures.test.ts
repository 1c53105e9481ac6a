import { expect, test } from 'vitest';
import { type Conversion, convert } from './convert.ts';
import { groundOfSet } from './ground.ts';
import { resample } from './resample.ts';

const GREY: Conversion = {
  preprocessing: { height: 28, width: 28, channels: 1, fit: 'contain', invert: false, background: 0 },
  ground: 'dark',
  asMnist: false,
};

type Rgba = [number, number, number, number];

function picture(width: number, height: number, at: (x: number, y: number) => Rgba) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set(at(i % width, Math.floor(i / width)), 4 * i);
  return { width, height, data };
}

/** A bar that stands left of the middle. */
const bar = (width: number, height: number, ink: Rgba, ground: Rgba) =>
  picture(width, height, (x, y) =>
    x >= width * 0.2 && x < width * 0.3 && y >= height * 0.3 && y < height * 0.7 ? ink : ground,
  );
const BLACK: Rgba = [0, 0, 0, 255];
const WHITE: Rgba = [255, 255, 255, 255];
const CLEAR: Rgba = [0, 0, 0, 0];

test('white on black stays, black on white is inverted and that is said', () => {
  const right = convert(bar(280, 280, WHITE, BLACK), GREY);
  const wrong = convert(bar(280, 280, BLACK, WHITE), GREY);
  expect(wrong.values).toEqual(right.values);
  expect(right.notes).toEqual(['It was scaled from 280 × 280 to 28 × 28 pixels.']);
  expect(wrong.notes[0]).toBe('It was inverted: its ground is light, that of the training images is dark.');
});

test('a transparent picture with black ink is put on white, one with white ink on black', () => {
  const [black, white] = [BLACK, WHITE].map((ink) => convert(bar(28, 28, ink, CLEAR), GREY));
  expect(black!.notes[0]).toBe('Its transparent parts were put on white.');
  expect(white!.notes).toEqual(['Its transparent parts were put on black.']);
  expect(black!.values).toEqual(white!.values);
  expect(Math.max(...black!.values)).toBe(255);
});

test('ink is cropped, scaled and centred as MNIST has it, whatever the size of the picture', () => {
  for (const [width, height] of [
    [280, 280],
    [640, 200],
    [90, 400],
  ] as const) {
    const { values, notes } = convert(bar(width, height, BLACK, WHITE), { ...GREY, asMnist: true });
    const inked = [...values.keys()].filter((i) => values[i]! > 100);
    const rows = inked.map((i) => Math.floor(i / 28));
    const columns = inked.map((i) => i % 28);
    const tall = 1 + Math.max(...rows) - Math.min(...rows);
    const wide = 1 + Math.max(...columns) - Math.min(...columns);
    expect(Math.abs(Math.max(tall, wide) - 20)).toBeLessThanOrEqual(1);
    expect((Math.max(...columns) + Math.min(...columns) + 1) / 2).toBeCloseTo(14, 0);
    expect((Math.max(...rows) + Math.min(...rows) + 1) / 2).toBeCloseTo(14, 0);
    expect(notes.at(-1)).toContain('like the digits of MNIST');
  }
});

test('paper that is not quite white leaves a black ground', () => {
  const shaded = picture(100, 100, (x, y) => {
    const paper = 200 + ((x + 3 * y) % 20);
    const grey = x > 40 && x < 50 && y > 20 && y < 80 ? 30 : paper;
    return [grey, grey, grey, 255];
  });
  const { values } = convert(shaded, { ...GREY, asMnist: true });
  expect(values[0]).toBe(0);
  expect(values[27 * 28]).toBe(0);
  expect(Math.max(...values)).toBeGreaterThan(240);
});

test('pictures of one pixel, of one colour and of another shape', () => {
  const one = convert(
    picture(1, 1, () => WHITE),
    { ...GREY, ground: null },
  );
  expect([...new Set(one.values)]).toEqual([255]);
  expect(one.notes.at(-1)).toBe('It is so small that it shows little detail.');
  const empty = convert(
    picture(50, 50, () => BLACK),
    { ...GREY, asMnist: true },
  );
  expect([...new Set(empty.values)]).toEqual([0]);
  const wide = convert(
    picture(56, 28, () => WHITE),
    { ...GREY, ground: null },
  );
  expect([wide.values[0], wide.values[14 * 28]]).toEqual([0, 255]);
  expect(wide.notes).toEqual([
    'It was scaled from 56 × 28 to 28 × 28 pixels, with a border above and below.',
  ]);
});

test('colours for a model of colours, grey for one of grey', () => {
  const red = picture(28, 28, () => [255, 0, 0, 255]);
  const grey = convert(red, { ...GREY, ground: null });
  expect(grey.values[0]).toBe(76);
  expect(grey.notes).toEqual(['Its colours became grey.']);
  const colour = { ...GREY, ground: null, preprocessing: { ...GREY.preprocessing, channels: 3 as const } };
  const { values, notes } = convert(red, colour);
  expect([values[0], values[784], values[1568]]).toEqual([255, 0, 0]);
  expect(notes).toEqual([]);
});

test('the ground that images have in common', () => {
  const set = (value: (i: number) => number) =>
    groundOfSet({
      count: 3,
      channels: 1,
      height: 5,
      width: 5,
      values: Uint8Array.from({ length: 75 }, (_, i) => value(i)),
    });
  expect(set(() => 3)).toBe('dark');
  expect(set(() => 250)).toBe('light');
  expect(set((i) => (i * 37) % 256)).toBeNull();
});

test('scaling keeps the mean', () => {
  const values = Float32Array.from({ length: 35 }, (_, i) => i);
  const scaled = resample(
    { width: 7, height: 5, values },
    { width: 3, height: 2 },
    { scaleX: 3 / 7, scaleY: 2 / 5, shiftX: 0, shiftY: 0 },
    0,
  );
  expect(scaled.values.reduce((a, b) => a + b) / 6).toBeCloseTo(17, 4);
});
