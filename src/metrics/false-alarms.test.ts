import { describe, expect, test } from 'vitest';
import { falseAlarmsOf, levelForFalseAlarms, levelOfQuantile, quantileOfLevel } from './false-alarms.ts';
import { quantileOf } from './quantiles.ts';

describe('the interval of a rate', () => {
  // By the quantiles of the beta distribution in SciPy: beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k).
  test.each([
    [0, 10, 0, 0.30849711],
    [1, 10, 0.00252858, 0.44501612],
    [5, 10, 0.18708603, 0.81291397],
    [10, 10, 0.69150289, 1],
    [9, 1000, 0.0041234, 0.01701578],
    [990, 1000, 0.98168676, 0.99519449],
    [1000, 1_000_000, 0.000939, 0.00106392],
  ])('of %i in %i is %d to %d', (count, samples, low, high) => {
    const found = falseAlarmsOf(count, samples);
    expect(found.low).toBeCloseTo(low, 7);
    expect(found.high).toBeCloseTo(high, 7);
    expect(found).toMatchObject({ rate: count / samples, samples });
  });
});

describe('where a quantile lies among scores', () => {
  test('is at place (n + 1) · quantile, and at an end where so few do not reach', () => {
    expect(levelOfQuantile(199, 0.95)).toBeCloseTo(189 / 198, 12);
    expect([levelOfQuantile(20, 0.99), levelOfQuantile(20, 0.01), levelOfQuantile(1, 0.5)]).toEqual([
      1, 0, 1,
    ]);
    expect(quantileOfLevel(199, levelOfQuantile(199, 0.3))).toBeCloseTo(0.3, 12);
  });

  test('is exceeded by new samples as often as it says', () => {
    const [held, repeats] = [40, 4000];
    const random = uniform((held + 1) * repeats);
    let above = 0;
    for (let i = 0; i < repeats; i++) {
      const [next, ...others] = random.subarray((held + 1) * i, (held + 1) * (i + 1));
      others.sort((a, b) => a - b);
      if (next! > quantileOf(others, levelOfQuantile(held, 0.97))) above++;
    }
    // By the quantile of the 40 scores themselves it would be 0.052.
    expect(above / repeats).toBeGreaterThan(0.022);
    expect(above / repeats).toBeLessThan(0.038);
  });
});

describe('the level for a rate of false alarms', () => {
  test('is that of the score whose place is the next above (n + 1)(1 − rate)', () => {
    expect(levelForFalseAlarms(99, 0.01)).toBe(1);
    expect(levelForFalseAlarms(199, 0.05)).toBeCloseTo(189 / 198, 12);
    expect(levelForFalseAlarms(1, 0.5)).toBe(1);
  });

  test('refuses what so few samples cannot tell', () => {
    expect(() => levelForFalseAlarms(98, 0.01)).toThrow(
      'rate of false alarms: must be at least 0.01: 98 held-out samples tell no rarer ones',
    );
    for (const rate of [0, 1, -1, Number.NaN]) {
      expect(() => levelForFalseAlarms(98, rate)).toThrow('must be above 0 and below 1');
    }
  });

  test('holds on average for new samples of the same kind', () => {
    let above = 0;
    const repeats = 4000;
    const random = uniform(20 * repeats);
    for (let i = 0; i < repeats; i++) {
      const [next, ...others] = random.subarray(20 * i, 20 * (i + 1));
      const held = others.sort((a, b) => a - b);
      if (next! > quantileOf(held, levelForFalseAlarms(19, 0.1))) above++;
    }
    expect(above / repeats).toBeGreaterThan(0.085);
    expect(above / repeats).toBeLessThan(0.115);
  });
});

/** Numbers in [0, 1) by the multiplicative congruential generator of Park and Miller. */
function uniform(count: number): Float64Array {
  let state = 1;
  return new Float64Array(count).map(() => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
}
