import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { precisionOf } from './detection.ts';

test('is the sum over thresholds, and the best F1 is that of the best threshold', () => {
  const draw = random(1);
  for (let trial = 0; trial < 20; trial++) {
    // Few values, so that scores tie.
    const scores = Float64Array.from({ length: 30 }, () => Math.ceil(12 * draw()) / 12);
    const positive = Uint8Array.from(scores, (score) => Number(draw() < 0.2 + 0.6 * score));
    if (new Set(positive).size < 2) continue;
    const { averagePrecision, bestF1 } = precisionOf(scores, positive);
    const positives = positive.reduce((a, b) => a + b);
    let [sum, recall, best] = [0, 0, 0];
    for (const t of [...new Set(scores)].sort((a, b) => b - a)) {
      const flagged = [...scores.keys()].filter((i) => scores[i]! >= t);
      const hits = flagged.filter((i) => positive[i] === 1).length;
      sum += (hits / positives - recall) * (hits / flagged.length);
      recall = hits / positives;
      best = Math.max(best, (2 * hits) / (flagged.length + positives));
    }
    expect(averagePrecision).toBeCloseTo(sum, 12);
    expect(bestF1.f1).toBeCloseTo(best, 12);
    const flagged = [...scores.keys()].filter((i) => scores[i]! > bestF1.threshold);
    const hits = flagged.filter((i) => positive[i] === 1).length;
    expect((2 * hits) / (flagged.length + positives)).toBeCloseTo(best, 12);
  }
});

test('one kind alone is refused', () => {
  expect(() => precisionOf(Float64Array.of(1, 2), Uint8Array.of(1, 1))).toThrow('0 normal and 2 defective');
});
