import { expect, test } from 'vitest';
import { nodeEngine } from '../../node/engine/index.ts';
import { createTrainer } from '../../training/index.ts';
import { modelOf, objectiveOf } from '../../training/testing.ts';
import { defineAutoencoder, shippedModels } from '../index.ts';
import { checkObjective } from '../objective.ts';

const SHAPE = { height: 4, width: 4, channels: 1 };
const CONV = { type: 'conv', channels: 3, kernel: 3, activation: 'relu' };

test('a code of maps has its levels for each position', () => {
  const model = modelOf({
    encoder: [CONV, { type: 'maxPool' }],
    code: { type: 'fsq', units: 2, levels: 4 },
    decoder: [{ type: 'flatten' }],
  });
  expect(defineAutoencoder(model, SHAPE).codeShape).toEqual([2, 2, 2]);
});

test('is shipped as whole numbers, and encoder and decoder together are the autoencoder', async () => {
  const model = modelOf({ encoder: [], code: { type: 'fsq', units: 6, levels: 4 }, decoder: [] });
  const definition = defineAutoencoder(model, SHAPE);
  const options = { definition, objective: objectiveOf('mse'), seed: 3, threads: 1 };
  const trainer = await createTrainer(nodeEngine, {
    ...options,
    settings: { batchSize: 4, optimiser: { type: 'sgd', learningRate: 0.1 } },
  } as never);
  const weights = new Map([...trainer.weights()].map(([name, { values }]) => [name, values.slice()]));
  await trainer.dispose();
  const files = shippedModels(definition, SHAPE, weights, {});
  const run = async (file: Uint8Array, inputs: object) => {
    const session = await nodeEngine.open(file, { threads: 1 });
    const results = await session.run(inputs as never);
    await session.dispose();
    return results;
  };
  const images = Float32Array.from({ length: 5 * 16 }, (_, i) => ((i * 37) % 101) / 25 - 1);
  const image = { data: images, shape: [5, 1, 4, 4] };
  const { code } = await run(files.encoder, { image });
  const found = [...(code!.data as Float32Array)];
  expect(found.every((level) => Number.isInteger(level) && level >= 0 && level <= 3)).toBe(true);
  expect(new Set(found).size).toBeGreaterThan(2);
  const whole = await run(files.autoencoder, { image });
  const halves = await run(files.decoder, { code });
  expect(halves.reconstruction!.data).toEqual(whole.reconstruction!.data);
});

test('refuses the contraction penalty, with a way out', () => {
  const model = modelOf({ code: { type: 'fsq', units: 2 } });
  const objective = objectiveOf('mse', { penalties: { contraction: { weight: 1 } } } as never);
  expect(() => checkObjective(model, objective)).toThrow(/quantised one moves in steps.*code of type fsq/);
});
