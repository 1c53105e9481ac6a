import { describe, expect, test } from 'vitest';
import { SymbolCounts } from './symbol-counts.ts';

const use = (shape: number[], symbols: ConstructorParameters<typeof SymbolCounts>[1], codes: number[]) => {
  const counts = new SymbolCounts(shape, symbols);
  counts.add(Float32Array.from(codes));
  return counts.result();
};

describe('the use of the values of a quantised code', () => {
  test('of units: each has its own, and the means over units count', () => {
    // The first unit is always 3; the second 0, 1, 2 and 3 once each.
    const { used, perplexity } = use([2], { each: 'unit', count: 4 }, [3, 0, 3, 1, 3, 2, 3, 3]);
    expect(used).toBeCloseTo((1 / 4 + 1) / 2, 12);
    expect(perplexity).toBeCloseTo((1 + 4) / 2, 12);
  });

  test('of positions: all share one table of vectors, and 3 of one to 1 of another is exp(H)', () => {
    const symbols = { each: 'position', count: 8, width: 2 } as const;
    const { used, perplexity } = use([4], symbols, [1, 2, 1, 2, 1, 2, 2, 1]);
    expect(used).toBe(2 / 8);
    expect(perplexity).toBeCloseTo(Math.exp(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))), 12);
  });

  test('of maps: a vector is the channels at one place', () => {
    const symbols = { each: 'position', count: 2, width: 2 } as const;
    // Channels [1, 1] and [5, 6]: the vectors (1, 5) and (1, 6).
    expect(use([2, 1, 2], symbols, [1, 1, 5, 6])).toEqual({ used: 1, perplexity: 2 });
  });
});
