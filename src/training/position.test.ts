import { describe, expect, test } from 'vitest';
import { BEGINNING, type Position, readPosition } from './position.ts';

const COURSE = { epochs: 4, stepsPerEpoch: 10, lossNames: ['loss', 'reconstruction'] };
const read = (value: unknown) => readPosition(value, COURSE, 'runs/a');

const best = { epoch: 2, loss: -0.5 };
const BETWEEN: Position = { ...BEGINNING, step: 20, epoch: 2, best, improved: best, seconds: 3.5 };
const WITHIN: Position = {
  ...BETWEEN,
  step: 23,
  stepInEpoch: 3,
  sums: { loss: -12.5, reconstruction: -12.5 },
};

describe('a position from a checkpoint', () => {
  test.each([
    ['the beginning', BEGINNING],
    ['between two epochs', BETWEEN],
    ['within an epoch', WITHIN],
    ['after the last step of an epoch', { ...WITHIN, step: 30, stepInEpoch: 10 }],
    ['the end', { ...BETWEEN, step: 40, epoch: 4 }],
  ])('is read as it was written: %s', (_, position) => {
    expect(read(JSON.parse(JSON.stringify(position)))).toEqual(position);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'it is not valid'],
    ['text', 'step 12', 'it is not valid'],
    ['an empty object', {}, 'step is not valid'],
    [
      'a loss of NaN, which JSON writes as null',
      { ...WITHIN, sums: { loss: null } },
      'sums.loss is not valid',
    ],
    ['an infinite loss', { ...WITHIN, best: { epoch: 2, loss: Infinity } }, 'best.loss is not valid'],
    ['a fraction of a step', { ...WITHIN, step: 23.5 }, 'step is not valid'],
    ['a negative epoch', { ...BETWEEN, epoch: -1 }, 'epoch is not valid'],
    ['no sums within an epoch', { ...WITHIN, sums: {} }, 'sums must have loss, reconstruction'],
    [
      'the losses of another recipe',
      { ...WITHIN, sums: { loss: 1, l1: 1 } },
      'sums must have loss, reconstruction',
    ],
    ['sums between epochs', { ...BETWEEN, sums: WITHIN.sums }, 'sums must have no loss'],
    ['another batch size', { ...BETWEEN, step: 40 }, 'step must be 20, got 40'],
    ['a longer epoch', { ...WITHIN, step: 33, stepInEpoch: 13 }, 'stepInEpoch must be at most 10, got 13'],
    ['a longer training', { ...BETWEEN, step: 50, epoch: 5 }, 'epoch must be at most 4, got 5'],
    [
      'a best epoch to come',
      { ...BETWEEN, best: { epoch: 3, loss: 1 } },
      'best.epoch must be at most 2, got 3',
    ],
    ['no best epoch', { ...BETWEEN, best: null }, 'best must be an epoch'],
  ])('is refused in one sentence: %s', (_, value, words) => {
    expect(() => read(value)).toThrow(
      `runs/a: the position in its checkpoint is damaged or of another training: ${words}`,
    );
  });
});
