import { expect, test } from 'vitest';
import { measureStandard, standardise } from './standardise.ts';

test('features come to mean 0 and standard deviation 1, constant ones to 0', () => {
  // Mean 2 and standard deviation 1; always 0.1, which sums of float64 do not quite return; far from 0.
  const rows = Float32Array.of(1, 0.1, 1000, 3, 0.1, 1004);
  const out = new Float32Array(6);
  standardise(measureStandard(rows, 3), rows, out);
  expect([...out].map((value) => value + 0)).toEqual([-1, 0, -1, 1, 0, 1]);
});

test('other rows are measured by the same standard', () => {
  const out = new Float32Array(2);
  standardise(measureStandard(Float32Array.of(1, 5, 3, 5), 2), Float32Array.of(5, 900), out);
  expect([...out]).toEqual([3, 0]);
});
