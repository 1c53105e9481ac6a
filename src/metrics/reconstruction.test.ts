import { describe, expect, test } from 'vitest';
import { ERROR_FIGURES } from './figures/index.ts';
import { ReconstructionErrors } from './reconstruction.ts';

// Exact in float32, so that figures by hand are exact.
const ORIGINALS = Float32Array.of(0, 1, 0.5, 0.25);
const RECONSTRUCTIONS = Float32Array.of(0.5, 0.75, 0.5, 0.75);

describe('two images of two pixels', () => {
  const errors = new ReconstructionErrors(2);
  errors.add(ORIGINALS, RECONSTRUCTIONS);
  const result = errors.result();

  test('have the figures worked out by hand', () => {
    // Squares: 1/4, 1/16, 0, 1/4. Absolute: 1/2, 1/4, 0, 1/2.
    expect(result.squaredErrorPerImage).toBe(0.5625 / 2);
    expect(result.mse).toBe(0.5625 / 4);
    expect(result.mae).toBe(1.25 / 4);
    const bce = Math.LN2 - Math.log(0.75) + Math.LN2 - (0.25 * Math.log(0.75) + 0.75 * Math.log(0.25));
    expect(result.bcePerImage).toBeCloseTo(bce / 2, 14);
    expect(result.bce).toBeCloseTo(bce / 4, 14);
  });

  test('give the same a piece at a time', () => {
    const pieces = new ReconstructionErrors(2);
    pieces.add(ORIGINALS.subarray(0, 2), RECONSTRUCTIONS.subarray(0, 2));
    pieces.add(ORIGINALS.subarray(2), RECONSTRUCTIONS.subarray(2));
    expect(pieces.result()).toEqual(result);
  });

  test('every figure has its definition', () => {
    expect(ERROR_FIGURES.map(({ key }) => key).sort()).toEqual(Object.keys(result).sort());
  });
});

test('cross-entropy stays finite at 0, at 1 and outside of them', () => {
  const errors = new ReconstructionErrors(4);
  errors.add(Float32Array.of(1, 0, 1, 0), Float32Array.of(0, 1, -3, 7));
  // Each pixel costs −ln 1e-7.
  expect(errors.result().bce).toBeCloseTo(-Math.log(1e-7), 6);
});

test('a perfect reconstruction has no error', () => {
  const errors = new ReconstructionErrors(2);
  errors.add(ORIGINALS, ORIGINALS);
  expect(errors.result()).toMatchObject({ mse: 0, mae: 0, squaredErrorPerImage: 0 });
});

test('a partial image, or no image, is refused', () => {
  const errors = new ReconstructionErrors(3);
  expect(() => errors.add(ORIGINALS, RECONSTRUCTIONS)).toThrow('not images of 3 pixels');
  expect(() => errors.add(ORIGINALS, RECONSTRUCTIONS.subarray(1))).toThrow('4 and 3 values');
  expect(() => errors.result()).toThrow('needs at least one image');
});
