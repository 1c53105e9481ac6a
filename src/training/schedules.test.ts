import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scheduleFactor } from './schedules.ts';
import { scheduleSchema } from './settings.ts';

const factors = (schedule: object, stepsPerEpoch: number, epochs: number) =>
  Array.from({ length: stepsPerEpoch * epochs }, (_, step) =>
    scheduleFactor(scheduleSchema.parse(schedule), step, stepsPerEpoch, epochs),
  );

describe('constant', () => {
  test('is 1', () => expect(new Set(factors({ type: 'constant' }, 5, 3))).toEqual(new Set([1])));

  test('rises in equal steps through the warm-up, from above 0, and then is 1', () => {
    const found = factors({ type: 'constant', warmup: 1 }, 4, 2);
    expect(found).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1]);
  });

  test('warms up over a fraction of an epoch', () => {
    expect(factors({ type: 'constant', warmup: 0.5 }, 4, 1)).toEqual([1 / 3, 2 / 3, 1, 1]);
  });
});

describe('step', () => {
  test('drops every few epochs', () => {
    expect(factors({ type: 'step', every: 2, factor: 0.5 }, 2, 5)).toEqual([
      1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  test('its default is a tenth', () => {
    expect(factors({ type: 'step', every: 1 }, 1, 3)[2]).toBeCloseTo(0.01, 15);
  });
});

describe('cosine', () => {
  test('begins at 1, is halfway in the middle, and nears 0 at the end', () => {
    const found = factors({ type: 'cosine' }, 10, 10);
    expect(found[0]).toBe(1);
    expect(found[50]).toBeCloseTo(0.5, 12);
    expect(found[99]).toBeCloseTo(0.5 * (1 + Math.cos(0.99 * Math.PI)), 12);
    expect(found[99]).toBeLessThan(0.001);
  });

  test('nears its final fraction', () => {
    const found = factors({ type: 'cosine', final: 0.25 }, 100, 10);
    expect(found[999]).toBeCloseTo(0.25, 4);
  });

  test('falls from the end of the warm-up', () => {
    const found = factors({ type: 'cosine', warmup: 2 }, 5, 10);
    expect(found.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) / 11));
    expect(found[10]).toBe(1);
    expect(found[30]).toBeCloseTo(0.5, 12);
  });
});

test('is always above 0 and at most 1', () => {
  const schedule = fc.oneof(
    fc.record({ type: fc.constant('constant'), warmup: fc.double({ min: 0, max: 20, noNaN: true }) }),
    fc.record({
      type: fc.constant('step'),
      every: fc.double({ min: 0.1, max: 5, noNaN: true }),
      warmup: fc.double({ min: 0, max: 20, noNaN: true }),
    }),
    fc.record({ type: fc.constant('cosine'), warmup: fc.double({ min: 0, max: 20, noNaN: true }) }),
  );
  fc.assert(
    fc.property(
      schedule,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      (s, steps, epochs) => {
        const found = factors(s, steps, epochs);
        expect(Math.min(...found)).toBeGreaterThan(0);
        expect(Math.max(...found)).toBeLessThanOrEqual(1);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});
