import { expect, test } from 'vitest';
import { thresholdAt, verdictOf } from '../threshold.ts';
import { aurocOf, countsAt } from './counts.ts';
import { scoresCsv } from './csv.ts';
import { axisFor, sharesOf, sharesOfHeldOut } from './histogram.ts';

/** Scores that are spread evenly from 0 to 1. */
const EVEN = { images: 1000, quantiles: Array.from({ length: 1001 }, (_, i) => i / 1000) };
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

test('bars have the shares of the scores, and the last one all that lies beyond', () => {
  const axis = { end: 1, bars: 4 };
  expect([...sharesOf([0, 0.1, 0.3, 0.99, 7], axis)]).toEqual([0.4, 0.2, 0, 0.4]);
  const held = sharesOfHeldOut(EVEN, axis);
  for (const share of held) expect(share).toBeCloseTo(0.25, 6);
  expect(sum(sharesOfHeldOut(EVEN, { end: 0.5, bars: 3 }))).toBeCloseTo(1, 9);
  expect(sum(sharesOfHeldOut({ images: 5, quantiles: Array(1001).fill(0.2) }, axis))).toBeCloseTo(1, 9);
});

test('the axis reaches over what was held out, and a few wild scores do not stretch it', () => {
  expect(axisFor(EVEN, [0.2, 0.4], 40).end).toBeCloseTo(1.05);
  expect(axisFor(EVEN, [1000, 2000, 3000], 40).end).toBeCloseTo(6.3);
  expect(axisFor(null, [0.5], 40).end).toBeCloseTo(0.525);
  expect(axisFor(null, [], 40).end).toBe(1);
});

test('a threshold sorts images of both kinds; a score that equals it is not flagged', () => {
  const scored = { scores: [0.1, 0.5, 0.6, 0.9], labels: [0, 0, 1, 2] };
  expect(countsAt(scored, new Set([0]), 0.5)).toEqual({ found: 2, missed: 0, falseAlarms: 0, passed: 2 });
  expect(countsAt(scored, new Set([0, 2]), 0.4)).toEqual({ found: 1, missed: 0, falseAlarms: 2, passed: 1 });
  expect(aurocOf(scored, new Set([0]))).toBe(1);
  expect(aurocOf(scored, new Set([0, 1, 2]))).toBeNull();
  expect(aurocOf(scored, new Set())).toBeNull();
});

test('a table for a spreadsheet: quoted where it must be, and nothing that it would compute', () => {
  const rows = [
    { name: '=1+1.png', of: 'a,b', score: 0.25, flagged: true },
    { name: 'b "x".png', of: '', score: 1e-7, flagged: false },
  ];
  expect(scoresCsv(rows, 'mean')).toBe(
    'image,class,score (mean),flagged\r\n\'=1+1.png,"a,b",0.25,true\r\n"b ""x"".png",,1e-7,false\r\n',
  );
});

test('a verdict says the score, the threshold and what it is', () => {
  const threshold = thresholdAt(EVEN);
  expect(verdictOf(0.995, EVEN, threshold)).toBe(
    'Unusual: score 0.995 is above 0.991, which 99.1 % of held-out images stay below.',
  );
  // The share that new images like these exceed is 1 %: of 1,000 held-out ones fewer do.
  expect(verdictOf(0.99, EVEN, threshold)).toMatch(
    /^Like the training images: score 0.99 is not above 0.991/,
  );
  expect(verdictOf(0.5, null, null)).toContain('no scores of held-out images');
});
