import { describe, expect, test } from 'vitest';
import { falseAlarmsOf, quantileForFalseAlarms } from './false-alarms.ts';
import { quantileOf } from './quantiles.ts';

describe('the interval of a rate', () => {
  // R: binom.test(x, n)$conf.int
  test.each([
    [0, 10, 0, 0.3084971],
    [1, 10, 0.002528579, 0.4450161],
    [5, 10, 0.187086, 0.812914],
    [10, 10, 0.6915029, 1],
    [9, 1000, 0.004123, 0.017016],
    [990, 1000, 0.981682, 0.995195],
  ])('of %i in %i is %d to %d', (count, samples, low, high) => {
    const found = falseAlarmsOf(count, samples);
    expect(found.low).toBeCloseTo(low, 5);
    expect(found.high).toBeCloseTo(high, 5);
    expect(found).toMatchObject({ rate: count / samples, samples });
  });

  test('of few in very many is finite', () => {
    const { low, high } = falseAlarmsOf(1000, 1_000_000);
    expect(low).toBeCloseTo(0.000939, 5);
    expect(high).toBeCloseTo(0.001064, 5);
  });
});

describe('the quantile for a rate of false alarms', () => {
  test('is that of the score whose place is the next above (n + 1)(1 − rate)', () => {
    expect(quantileForFalseAlarms(99, 0.01)).toBe(1);
    expect(quantileForFalseAlarms(199, 0.05)).toBeCloseTo(189 / 198, 12);
    expect(quantileForFalseAlarms(1, 0.5)).toBe(1);
  });

  test('refuses what so few samples cannot tell', () => {
    expect(() => quantileForFalseAlarms(98, 0.01)).toThrow(
      'rate of false alarms: must be at least 0.01: 98 held-out samples tell no rarer ones',
    );
    for (const rate of [0, 1, -1, Number.NaN]) {
      expect(() => quantileForFalseAlarms(98, rate)).toThrow('must be above 0 and below 1');
    }
  });

  test('holds on average for new samples of the same kind', () => {
    let above = 0;
    const repeats = 4000;
    const random = uniform(20 * repeats);
    for (let i = 0; i < repeats; i++) {
      const [next, ...held] = random.subarray(20 * i, 20 * (i + 1));
      const level = quantileForFalseAlarms(19, 0.1);
      if (
        next! >
        quantileOf(
          held.sort((a, b) => a - b),
          level,
        )
      )
        above++;
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
