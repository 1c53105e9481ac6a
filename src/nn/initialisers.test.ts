import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../node/engine/index.ts';
import { initialise } from '../training/memory.ts';
import { INITIALISERS, type InitialiserName, initialiser } from './initialisers.ts';

const FAN_IN = 300;
const FAN_OUT = 100;

/** The variances of the papers, written out. */
const VARIANCES: Record<InitialiserName, number> = {
  glorotUniform: 2 / 400,
  glorotNormal: 2 / 400,
  heUniform: 2 / 300,
  heNormal: 2 / 300,
  lecunNormal: 1 / 300,
};

describe.each(INITIALISERS)('%s', (name) => {
  const described = initialiser(name, FAN_IN, FAN_OUT);

  test('describes a distribution of the right variance', () => {
    const variance =
      described.type === 'normal'
        ? described.std ** 2
        : described.type === 'uniform'
          ? (described.high - described.low) ** 2 / 12
          : Number.NaN;
    expect(variance).toBeCloseTo(VARIANCES[name], 12);
    expect(described.type).toBe(name.endsWith('Normal') ? 'normal' : 'uniform');
  });

  test('is drawn with that mean and variance', () => {
    const arena = nodeEngine.memory();
    const block = arena.reserve(FAN_IN * FAN_OUT);
    initialise(arena, block, described, 'weight', 7);
    const values = [...arena.floats(block)];
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Five standard errors: σ/√n for the mean, at most σ² √(2/n) for the variance.
    const sigma = Math.sqrt(VARIANCES[name]);
    expect(Math.abs(mean)).toBeLessThan((5 * sigma) / Math.sqrt(values.length));
    expect(Math.abs(variance / VARIANCES[name] - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  });
});

test('a tensor is drawn by its name and the seed alone', () => {
  const draw = (name: string, seed: number, before: number) => {
    const arena = nodeEngine.memory();
    if (before > 0) arena.reserve(before);
    const block = arena.reserve(100);
    initialise(arena, block, initialiser('heNormal', 10, 10), name, seed);
    return [...arena.floats(block)];
  };
  expect(draw('a', 1, 0)).toEqual(draw('a', 1, 1000));
  expect(draw('a', 1, 0)).not.toEqual(draw('b', 1, 0));
  expect(draw('a', 1, 0)).not.toEqual(draw('a', 2, 0));
});
