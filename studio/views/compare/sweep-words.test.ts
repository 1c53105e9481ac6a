import { expect, test } from 'vitest';
import type { SweepTrial } from '../../../src/studio/protocol.ts';
import { bestSoFar, countWords, figuresWords, leadingTrials, settingsWords } from './sweep-words.ts';

const trial = (number: number, more: Partial<SweepTrial> = {}): SweepTrial => ({
  ...{ number, state: 'complete', values: [number], settings: ['8', ''], losses: [2, 1], error: null },
  ...more,
});
const loss = { key: 'loss', name: 'loss', better: 'lower' } as const;
const ssim = { key: 'ssim', name: 'SSIM', better: 'higher' } as const;

test('a sweep in words', () => {
  const counts = { running: 2, complete: 5, pruned: 3, failed: 1 };
  expect(countWords({ trials: 40, counts })).toBe('9 of 40; 2 running, 3 pruned, 1 failed');
  expect(countWords({ trials: 4, counts: { running: 0, complete: 4, pruned: 0, failed: 0 } })).toBe('4 of 4');
  expect(figuresWords({ objectives: [loss, ssim] }, { values: [0.12345, 0.9] })).toBe(
    'loss 0.1235, SSIM 0.9',
  );
  const settings = [
    { name: 'units', path: 'model.code.units' },
    { name: 'momentum', path: 'training.optimiser.momentum' },
  ];
  expect(settingsWords({ settings }, trial(1))).toBe('units 8');
});

test('the best so far never gets worse, whichever way is better', () => {
  const points = [
    [0, 3],
    [2, 5],
    [3, 1],
    [4, 2],
  ] as const;
  expect(bestSoFar({ points, objectives: [loss] })).toEqual({ x: [0, 2, 3, 4], y: [3, 3, 1, 1] });
  expect(bestSoFar({ points, objectives: [ssim] }).y).toEqual([3, 5, 5, 5]);
  expect(bestSoFar({ points: [], objectives: [loss] })).toEqual({ x: [], y: [] });
});

test('curves are those of trials that run and of the best ones', () => {
  const shown = [
    trial(9, { state: 'running', values: null }),
    trial(8, { state: 'running', values: null, losses: [] }),
    ...Array.from({ length: 20 }, (_, i) => trial(i)),
    trial(30, { state: 'pruned' }),
  ];
  expect(leadingTrials(shown).map(({ number }) => number)).toEqual([9, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
