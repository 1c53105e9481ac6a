import { describe, expect, test } from 'vitest';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { subset } from '../samples/index.ts';
import { initialWeights, trainingLoop } from '../training/index.ts';
import { lowRankImages, modelOf, objectiveOf, settingsOf, trainerOf } from '../training/testing.ts';
import { meanJacobianNorm } from './jacobian.ts';

const PIXELS = 12;
const SHAPE = { height: 3, width: 4, channels: 1 };
const source = lowRankImages(620, PIXELS, 3, 1);
const { count } = source;
const IMAGES = Float32Array.from(source.values, (byte) => byte / 255);
const OBJECTIVE = objectiveOf('mse');

describe('the mean norm of an encoder’s Jacobian', () => {
  test('of a linear encoder is the norm of its weights', async () => {
    const definition = defineAutoencoder(modelOf({ code: { units: 3 } }), SHAPE);
    const weights = initialWeights(nodeEngine, definition, OBJECTIVE, 1);
    const { values } = weights.get('encoder.code.weight')!;
    const norm = Math.sqrt(values.reduce((sum, w) => sum + w ** 2, 0));
    expect(await meanJacobianNorm(nodeEngine, definition, weights, [{ images: IMAGES }], 1)).toBeCloseTo(
      norm,
      5,
    );
  });

  test('of a sigmoid code is the mean over images of √Σ (h (1 − h) w)², whatever the pieces', async () => {
    const definition = defineAutoencoder(modelOf({ code: { units: 2, activation: 'sigmoid' } }), SHAPE);
    const weights = initialWeights(nodeEngine, definition, OBJECTIVE, 2);
    const [w, b] = ['weight', 'bias'].map((name) => weights.get(`encoder.code.${name}`)!.values);
    let sum = 0;
    for (let n = 0; n < count; n++) {
      let squares = 0;
      for (let k = 0; k < 2; k++) {
        let [z, length] = [b![k]!, 0];
        for (let p = 0; p < PIXELS; p++) {
          z += IMAGES[n * PIXELS + p]! * w![2 * p + k]!;
          length += w![2 * p + k]! ** 2;
        }
        const h = 1 / (1 + Math.exp(-z));
        squares += (h * (1 - h)) ** 2 * length;
      }
      sum += Math.sqrt(squares);
    }
    const pieces = [IMAGES.subarray(0, 510 * PIXELS), IMAGES.subarray(510 * PIXELS)].map((images) => ({
      images,
    }));
    const [whole, parts] = [
      await meanJacobianNorm(nodeEngine, definition, weights, [{ images: IMAGES }], 1),
      await meanJacobianNorm(nodeEngine, definition, weights, pieces, 1),
    ];
    expect(whole).toBeCloseTo(sum / count, 5);
    expect(parts).toBeCloseTo(whole!, 6);
  });

  test('is that of the mean of a Gaussian code, and of maps', async () => {
    const gaussian = defineAutoencoder(modelOf({ code: { type: 'gaussian', units: 2 } }), SHAPE);
    const weights = initialWeights(nodeEngine, gaussian, OBJECTIVE, 1);
    const { values } = weights.get('encoder.code.mean.weight')!;
    const norm = Math.sqrt(values.reduce((sum, w) => sum + w ** 2, 0));
    expect(await meanJacobianNorm(nodeEngine, gaussian, weights, [{ images: IMAGES }], 1)).toBeCloseTo(
      norm,
      5,
    );
    const conv = { type: 'conv', channels: 2, kernel: 3, activation: 'tanh' };
    const model = modelOf({ encoder: [conv], code: { type: 'maps' }, output: { type: 'conv' } });
    const maps = defineAutoencoder(model, SHAPE);
    expect(
      await meanJacobianNorm(
        nodeEngine,
        maps,
        initialWeights(nodeEngine, maps, OBJECTIVE, 1),
        [{ images: IMAGES }],
        1,
      ),
    ).toBeGreaterThan(0);
  });

  test('is left out for codes of more units than are affordable', async () => {
    const definition = defineAutoencoder(modelOf({ code: { units: 257 } }), SHAPE);
    const weights = initialWeights(nodeEngine, definition, OBJECTIVE, 1);
    expect(await meanJacobianNorm(nodeEngine, definition, weights, [{ images: IMAGES }], 1)).toBeNull();
  });

  test('is smaller where a contraction was asked for, exact or estimated', async () => {
    const model = modelOf({
      encoder: [{ type: 'dense', units: 10, activation: 'sigmoid' }],
      code: { units: 4, activation: 'sigmoid' },
      decoder: [{ type: 'dense', units: 10, activation: 'sigmoid' }],
    });
    const norm = async (contraction: object) => {
      const settings = settingsOf({
        epochs: 25,
        batchSize: 50,
        optimiser: { type: 'adam', learningRate: 0.02 },
      });
      const objective = objectiveOf('mse', { penalties: { contraction } });
      const trainer = await trainerOf(model, PIXELS, settings, { objective });
      const images = subset(
        source,
        Uint32Array.from({ length: 300 }, (_, i) => i),
      );
      for await (const _ of trainingLoop({ trainer, train: images, validation: images, settings }));
      const definition = defineAutoencoder(model, { height: 1, width: PIXELS, channels: 1 });
      const found = await meanJacobianNorm(
        nodeEngine,
        definition,
        trainer.weights(),
        [{ images: IMAGES }],
        1,
      );
      await trainer.dispose();
      return found!;
    };
    const free = await norm({ weight: 0 });
    expect(await norm({ weight: 0.002 })).toBeLessThan(free / 2);
    expect(await norm({ weight: 0.002, method: 'estimate' })).toBeLessThan(free / 2);
  });
});
