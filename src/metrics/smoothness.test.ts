import { describe, expect, test } from 'vitest';
import { TotalVariation } from './smoothness.ts';

function variationOf(height: number, width: number, ...pieces: number[][]): number {
  const variation = new TotalVariation({ channels: 1, height, width });
  for (const piece of pieces) variation.add(Float32Array.from(piece));
  return variation.result();
}

describe('total variation', () => {
  test('is worked out by hand', () => {
    // Rows: ½, ½; ¼, 0. Columns: 0, ¼, ¾: seven pairs.
    expect(variationOf(2, 3, [0, 0.5, 1, 0, 0.25, 0.25])).toBe((0.5 + 0.5 + 0.25 + 0.25 + 0.75) / 7);
  });

  test('is 0 for one grey, 1 for a chessboard, and less the wider the edge', () => {
    expect(variationOf(2, 2, [0.3, 0.3, 0.3, 0.3])).toBe(0);
    expect(variationOf(2, 2, [0, 1, 1, 0])).toBe(1);
    expect(variationOf(1, 5, [0, 1, 0, 1, 0])).toBe(1);
    // What counts is the way up and down, not how steep it is.
    expect(variationOf(1, 5, [0, 0, 1, 1, 1])).toBe(variationOf(1, 5, [0, 0.25, 0.5, 0.75, 1]));
  });

  test('does not see an edge between one image and the next, or one row and the next', () => {
    expect(variationOf(1, 2, [0, 0, 1, 1])).toBe(0);
    expect(variationOf(2, 1, [0, 0, 1, 1])).toBe(0);
    // Two columns of opposite colour: each row pair differs, no column pair does.
    expect(variationOf(2, 2, [0, 1, 0, 1])).toBe(0.5);
  });

  test('is the same a piece at a time', () => {
    const images = Array.from({ length: 30 }, (_, i) => ((i * 37) % 101) / 101);
    expect(variationOf(2, 3, images.slice(0, 12), images.slice(12))).toBe(variationOf(2, 3, images));
  });

  test('of colours is that of each channel, and sees no edge between them', () => {
    const colours = new TotalVariation({ channels: 3, height: 1, width: 3 });
    // Red is rough, green has one edge, blue is even.
    colours.add(Float32Array.of(0, 1, 0, 0, 0, 0.5, 1, 1, 1));
    expect(colours.result()).toBe((1 + 1 + 0.5) / 6);
    expect(() => colours.add(new Float32Array(6))).toThrow('whole images of 3 × 1 × 3 values, got 6 values');
  });

  test('of no images, broken ones, or single pixels is refused', () => {
    expect(() => variationOf(2, 3)).toThrow('needs at least one image');
    expect(() => variationOf(2, 3, [1, 2, 3, 4])).toThrow(
      'needs whole images of 1 × 2 × 3 values, got 4 values',
    );
    expect(() => variationOf(1, 1)).toThrow('needs images of at least two pixels, got 1 × 1 × 1');
    expect(() => variationOf(2, 1.5)).toThrow('two pixels');
  });
});
