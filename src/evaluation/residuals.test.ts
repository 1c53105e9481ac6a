import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import type { Model } from '../model/model.ts';
import { memorySource, rowSpec, unscaled } from '../samples/index.ts';
import { SILENT } from './progress.ts';
import { residualsOf } from './residuals.ts';

/** A model that reconstructs nothing but zeros: the residuals are the rows. */
const zeros = {
  info: { condition: null },
  reconstruct: async (rows: Float32Array) => ({ data: new Float32Array(rows.length), shape: [] }),
} as unknown as Model;

function rowsOf(count: number, values: number) {
  const draw = random(1);
  const spec = rowSpec(
    Array.from({ length: values }, (_, i) => `x${i + 1}`),
    unscaled(values),
  );
  return memorySource(
    spec,
    Float32Array.from({ length: count * values }, () => draw()),
  );
}

test('rows of few values have a covariance', async () => {
  const found = await residualsOf(zeros, rowsOf(300, 3), SILENT);
  expect(found).toMatchObject({
    rows: 300,
    note: 'by mean and covariance of the residuals of 300 training rows',
  });
  expect(found.mean[0]).toBeCloseTo(0.5, 1);
  expect(found.covariance!.map((row) => row.length)).toEqual([1, 2, 3]);
  expect(found.covariance![2]![2]).toBeCloseTo(1 / 12, 2);
  expect(found.std[2]! ** 2 / found.covariance![2]![2]!).toBeCloseTo(1, 5);
});

test('wide rows, and few rows of many values, are compared value by value, with the reason', async () => {
  const wide = await residualsOf(zeros, rowsOf(1100, 513), SILENT);
  expect([wide.covariance, wide.std.length]).toEqual([null, 513]);
  expect(wide.note).toBe(
    'each value by its own spread among 1,100 training rows: rows of more than 512 values have no covariance',
  );
  const few = await residualsOf(zeros, rowsOf(30, 20), SILENT);
  expect([few.covariance, few.note]).toEqual([
    null,
    'each value by its own spread among 30 training rows: a covariance of 20 values needs 40 rows',
  ]);
});
