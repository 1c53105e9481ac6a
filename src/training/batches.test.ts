import { describe, expect, test } from 'vitest';
import { batchesOf } from './batches.ts';
import { trainingLoop } from './loop.ts';
import { BUSY_MODEL, fakeTrainer, lowRankImages, settingsOf, trainerOf } from './testing.ts';

const sizes = (images: number, batchSize: number, needsPairs: boolean): number[] => {
  const { count, start, end } = batchesOf(images, batchSize, needsPairs);
  return Array.from({ length: count }, (_, step) => end(step) - start(step));
};

test.each([
  [10, 4, false, [4, 4, 2]],
  [9, 4, false, [4, 4, 1]],
  [9, 4, true, [4, 5]],
  [8, 4, true, [4, 4]],
  [10, 4, true, [4, 4, 2]],
  [5, 4, true, [5]],
  [3, 2, true, [3]],
  [2, 128, true, [2]],
  [1, 128, false, [1]],
  [3, 1, false, [1, 1, 1]],
])('%i images in batches of %i, in pairs or more: %s', (images, batchSize, needsPairs, expected) => {
  expect(sizes(images, batchSize, needsPairs)).toEqual(expected);
});

test('a batch or a data set of one image is refused where statistics are taken', () => {
  expect(() => batchesOf(9, 1, true)).toThrow(
    'training.batchSize: must be at least 2 with batch normalisation: the variance of one image is 0, got 1; set training.batchSize=32',
  );
  expect(() => batchesOf(1, 8, true)).toThrow('training images: must be at least 2 with batch normalisation');
});

describe('an epoch with a lone last image', () => {
  test('sees every image once, and its losses are means over all of them', async () => {
    const { trainer, steps } = fakeTrainer({ needsPairs: true, training: (step) => [1, 2, 6][step]! });
    const train = lowRankImages(9, 1, 0, 1);
    const events = [];
    const settings = settingsOf({ epochs: 1, batchSize: 4 });
    for await (const event of trainingLoop({ trainer, train, validation: train, settings }))
      events.push(event);
    expect(steps.map(({ indices }) => indices.length)).toEqual([4, 5]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step', stepInEpoch: 2, stepsPerEpoch: 2 }),
    );
    const epoch = events.find(({ type }) => type === 'epoch');
    expect(epoch).toMatchObject({ metrics: { step: 2, training: { loss: (4 * 1 + 5 * 2) / 9 } } });
  });

  test('leaves running variances that validation can use', async () => {
    const train = lowRankImages(9, 12, 2, 1);
    const settings = settingsOf({ epochs: 6, batchSize: 4 });
    const trainer = await trainerOf(BUSY_MODEL, 12, settings);
    for await (const _ of trainingLoop({ trainer, train, validation: train, settings }));
    // A batch of one has a variance of 0: with one each epoch it would shrink without end.
    const variance = trainer.weights().get('encoder.batchNorm1.variance')!.values;
    const { loss } = await trainer.evaluate(train);
    await trainer.dispose();
    expect(Math.min(...variance)).toBeGreaterThan(0);
    expect(loss).toBeLessThan(0.2);
  });
});
