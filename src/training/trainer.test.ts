import { expect, test } from 'vitest';
import { BUSY_MODEL, lowRankImages, settingsOf, trainerOf } from './testing.ts';
import type { NamedTensor } from './workspace.ts';

const lengthOf = (tensors: Iterable<NamedTensor>) =>
  Math.hypot(...[...tensors].flatMap(({ values }) => [...values]));

test('gradients and norms are those of the last step, of all parameters, before clipping', async () => {
  const trainer = await trainerOf(BUSY_MODEL, 12, settingsOf({ batchSize: 8, clipNorm: 1e-3 }));
  try {
    expect(trainer.norms().gradients).toBe(0);
    const images = lowRankImages(16, 12, 3, 1);
    const gradients = trainer.gradients();
    const parameters = [...trainer.graph.net.parameters.keys()];
    expect([...gradients.keys()].sort()).toEqual(parameters.sort());
    for (const step of [0, 1]) {
      const before = trainer.norms().gradients;
      await trainer.step(
        images,
        Uint32Array.from({ length: 8 }, (_, i) => i + 8 * step),
        {
          step,
          epochs: 0,
          learningRate: 0.01,
        },
      );
      const norms = trainer.norms();
      expect(norms.gradients).not.toBe(before);
      expect(norms.gradients).toBeGreaterThan(1e-3);
      // Live views: the map of before the step has its gradients.
      expect(norms.gradients).toBeCloseTo(lengthOf(gradients.values()), 5);
      const weights = trainer.weights();
      expect(norms.weights).toBeCloseTo(lengthOf(parameters.map((name) => weights.get(name)!)), 4);
    }
  } finally {
    await trainer.dispose();
  }
});

test('weights stay readable once a trainer is disposed of, and disposing of it again does no harm', async () => {
  const trainer = await trainerOf(BUSY_MODEL, 12, settingsOf({ batchSize: 8 }));
  const before = lengthOf(trainer.weights().values());
  await trainer.dispose();
  await trainer.dispose();
  expect(lengthOf(trainer.weights().values())).toBe(before);
});
