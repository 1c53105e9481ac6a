import { expect, test } from 'vitest';
import { minimise, type Objective } from './lbfgs.ts';

const SETTINGS = { tolerance: 1e-9, maxIterations: 200 };

/** Σ sᵢ (xᵢ − cᵢ)² / 2. */
const bowl =
  (scales: number[], centre: number[]): Objective =>
  async (x) => ({
    value: scales.reduce((sum, s, i) => sum + (s * (x[i]! - centre[i]!) ** 2) / 2, 0),
    gradient: x.map((value, i) => scales[i]! * (value - centre[i]!)),
  });

test('finds the bottom of a long narrow bowl', async () => {
  const found = await minimise(bowl([1, 100, 10_000], [3, -2, 0.5]), new Float64Array(3), SETTINGS);
  expect(found).toMatchObject({ converged: true });
  expect(found.iterations).toBeLessThan(60);
  expect([...found.point]).toEqual([3, -2, 0.5].map((value) => expect.closeTo(value, 8)));
});

test('halves steps that lead up: a function that is flat far out and steep close by', async () => {
  // Σ √(1 + x²): a Newton step from afar overshoots by far.
  const objective: Objective = async (x) => ({
    value: x.reduce((sum, v) => sum + Math.sqrt(1 + v * v), 0),
    gradient: x.map((v) => v / Math.sqrt(1 + v * v)),
  });
  const found = await minimise(objective, Float64Array.of(40, -3), SETTINGS);
  expect(found).toMatchObject({ converged: true, value: expect.closeTo(2, 12) });
});

test('stays where there is nothing to do, and ends when told to', async () => {
  const objective = bowl([1, 50], [1, 2]);
  const there = await minimise(objective, Float64Array.of(1, 2), SETTINGS);
  expect(there).toMatchObject({ iterations: 0, converged: true, value: 0 });
  const stopped = await minimise(objective, new Float64Array(2), { ...SETTINGS, maxIterations: 1 });
  expect(stopped).toMatchObject({ iterations: 1, converged: false });
});

test('ends without a claim where no step leads down', async () => {
  // A gradient that points the wrong way.
  const wrong: Objective = async (x) => ({ value: 1e6 * x[0]!, gradient: Float64Array.of(-1) });
  const found = await minimise(wrong, new Float64Array(1), SETTINGS);
  expect(found).toMatchObject({ converged: false, iterations: 0, value: 0 });
});

test('reaches a gradient much smaller than the value is precise', async () => {
  const exact = bowl([1, 30, 200], [3, -2, 0.5]);
  const rounded: Objective = async (x) => {
    const { value, gradient } = await exact(x);
    return { value: Math.round((value + 1) * 1e6) / 1e6, gradient };
  };
  const found = await minimise(rounded, new Float64Array(3), SETTINGS);
  expect(found).toMatchObject({ converged: true, value: 1 });
});
