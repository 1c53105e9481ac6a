import { describe, expect, test } from 'vitest';
import { learnScaling, memorySource, rowSpec, unscaled } from './index.ts';
import { scaleInto, unscaleInto } from './scaling.ts';

/** Three columns: 1 to 9 far from 0, one of one value, and one with an outlier. */
const VALUES = Float32Array.from(
  [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [1000 + n, 0.1, n === 9 ? 1e6 : n]),
);
const source = memorySource(rowSpec(['a', 'b', 'c'], unscaled(3)), VALUES);

describe('the scaling of columns', () => {
  test.each([
    ['standard', [1005, 0.1], [Math.sqrt(60 / 9), 1]],
    ['robust', [1005, 0.1, 5], [4 / 1.349, 1, 4 / 1.349]],
    ['min-max', [1001, 0.1, 1], [8, 1, 1e6 - 1]],
    ['none', [0, 0, 0], [1, 1, 1]],
  ] as const)('%s', async (kind, offsets, scales) => {
    const { offset, scale } = await learnScaling(source, kind);
    for (const [i, value] of offsets.entries()) expect(offset[i]).toBeCloseTo(value, 3);
    for (const [i, value] of scales.entries()) expect(scale[i]! / value).toBeCloseTo(1, 6);
  });

  test('is undone by its inverse', async () => {
    const scaling = await learnScaling(source, 'standard');
    const [there, back] = [new Float32Array(VALUES.length), new Float32Array(VALUES.length)];
    scaleInto(rowSpec(['a', 'b', 'c'], scaling), VALUES, there);
    unscaleInto(scaling, there, back);
    for (const [i, value] of back.entries())
      expect(Math.abs(value - VALUES[i]!)).toBeLessThan(1e-6 * scaling.scale[i % 3]!);
  });
});
