/** A small convolutional autoencoder learns: the loss falls, and every kind of layer takes part. */
import { expect, test } from 'vitest';
import { autoencoderSchema, defineAutoencoder, objectiveSchema } from '../src/models/index.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { imageSpec, memorySource } from '../src/samples/index.ts';
import { createTrainer, trainingSchema } from '../src/training/index.ts';
import { random } from './reference/random.ts';

const SIZE = 8;

/** A bright bar, upright or lying, somewhere on black. */
function bars(count: number, seed: number): Uint8Array {
  const draw = random(seed);
  const pixels = new Uint8Array(count * SIZE * SIZE);
  for (let n = 0; n < count; n++) {
    const at = Math.floor(draw() * SIZE);
    const upright = draw() < 0.5;
    for (let i = 0; i < SIZE; i++) pixels[n * SIZE * SIZE + (upright ? i * SIZE + at : at * SIZE + i)] = 255;
  }
  return pixels;
}

test('bars through a bottleneck of 18', async () => {
  const model = autoencoderSchema().parse({
    family: 'autoencoder',
    encoder: [
      { type: 'conv', channels: 8, kernel: 3, activation: 'relu' },
      { type: 'batchNorm' },
      { type: 'maxPool' },
      { type: 'conv', channels: 8, kernel: 3, padding: 'valid', activation: 'relu' },
      { type: 'flatten' },
    ],
    code: { units: 18 },
    decoder: [
      { type: 'dense', units: 32, activation: 'relu' },
      { type: 'reshape', shape: [8, 2, 2] },
      { type: 'convTranspose', channels: 8, kernel: 3, stride: 2, activation: 'relu' },
      { type: 'upsample' },
    ],
    output: { type: 'conv' },
  });
  const definition = defineAutoencoder(model, { height: SIZE, width: SIZE, channels: 1 });
  const samples = imageSpec(definition.shape);
  const settings = trainingSchema.parse({ epochs: 1, batchSize: 32 });
  const objective = objectiveSchema().parse({ loss: { type: 'bce' } });
  const trainer = await createTrainer(nodeEngine, { definition, objective, settings, seed: 1, threads: 1 });
  try {
    const train = memorySource(samples, bars(512, 1));
    const test = memorySource(samples, bars(128, 2));
    const before = await trainer.evaluate(test);
    let step = 0;
    for (let epoch = 0; epoch < 25; epoch++) {
      const order = trainer.shuffle(train.count, epoch);
      for (let at = 0; at < train.count; at += 32) {
        await trainer.step(train, order.subarray(at, at + 32), {
          step: step++,
          epochs: epoch,
          learningRate: 0.005,
        });
      }
    }
    const after = await trainer.evaluate(test);
    expect(before.loss).toBeGreaterThan(0.6);
    expect(after.loss).toBeLessThan(0.02);
  } finally {
    await trainer.dispose();
  }
});
