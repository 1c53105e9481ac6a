import { expect, test } from 'vitest';
import { describeDetection, RowClasses } from './row-detection.ts';

const scores = Float64Array.of(0.1, 0.9, 0.4, 0.8, 5, 0.2);

function found(...classes: (string | null)[]): RowClasses {
  const rows = new RowClasses();
  rows.add(classes);
  return rows;
}

test('AUROC and average precision of the rows that are not normal; rows without a class do not count', () => {
  const detection = found('good', 'late', 'good', 'broken', null, 'good').detection(scores, 'GOOD', 0.85)!;
  expect(detection).toEqual({
    ...{ normal: 'good', good: 3, others: 2, auroc: 1, averagePrecision: 1, found: 0.5, falseAlarms: 0 },
    classes: { late: 1, broken: 1 },
  });
  expect(describeDetection(detection)).toBe(
    "2 rows of other classes against 3 of 'good': AUROC 1.0000, average precision 1.0000; above the threshold are 50 % of the others and 0 % of 'good'",
  );
});

test('a single class has its own figure', () => {
  const detection = found('0', '0', '1', '2', '2', '0').detection(scores, '0', 1)!;
  // Normal rows have 0.1, 0.2 and 0.9; 0.4 and 0.8 are above two of these, 5 above all.
  expect(detection.classes).toEqual({
    '1': expect.closeTo(2 / 3, 12),
    '2': expect.closeTo((2 / 3 + 1) / 2, 12),
  });
  expect(detection.auroc).toBeCloseTo((2 / 3 + 2 / 3 + 1) / 3, 12);
});

test('there is no figure for rows of one kind', () => {
  expect(found('good', 'good').detection(scores, 'good', 1)).toBeNull();
  expect(found('bad', 'bad').detection(scores, 'good', 1)).toBeNull();
});

test('more classes than are counted count as one', () => {
  const rows = new RowClasses();
  const count = 70_000;
  rows.add(Array.from({ length: count }, (_, i) => `c${i}`));
  const many = Float64Array.from({ length: count }, (_, i) => i);
  const detection = rows.detection(many, 'c0', 1)!;
  expect([detection.good, detection.others, detection.auroc]).toEqual([1, count - 1, 1]);
  expect(Object.keys(detection.classes)).toHaveLength(32);
});
