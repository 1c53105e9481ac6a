import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { defineAutoencoder, shippedModels } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { initialWeights, startCodebooks } from '../training/index.ts';
import { modelOf, objectiveOf } from '../training/testing.ts';
import { decodeIntegers, encodeIntegers } from './apply/index.ts';
import { openModel } from './open.ts';

const SHAPE = { height: 4, width: 6, channels: 1 };
const conv = { type: 'conv', channels: 3, kernel: 3, activation: 'relu' };
const maps = {
  encoder: [conv, { type: 'maxPool' }],
  decoder: [{ type: 'upsample' }, conv],
  output: { type: 'conv' as const },
};
const draw = random(9);
const IMAGES = Float32Array.from({ length: 7 * 24 }, () => draw());

async function opened(given: object) {
  const config = modelOf(given);
  const definition = defineAutoencoder(config, SHAPE);
  const weights = initialWeights(nodeEngine, definition, objectiveOf('mse'), 1);
  await startCodebooks(nodeEngine, definition, weights, { images: IMAGES, labels: null }, 1);
  const plain = new Map([...weights].map(([name, { values }]) => [name, values]));
  const metadata = {
    recipe: 'test',
    configuration: JSON.stringify({ model: config }),
    codeShape: JSON.stringify(definition.codeShape),
    preprocessing: JSON.stringify({ ...SHAPE, fit: 'contain', invert: false, background: 0 }),
  };
  const files = shippedModels(definition, SHAPE, plain, metadata);
  return { files, model: await openModel(nodeEngine, { source: 'test', files }, { threads: 1 }) };
}

describe.each([
  ['vectors', { code: { type: 'vq', units: 6, width: 2, entries: 5 } }, [3], 5],
  ['vectors of maps', { ...maps, code: { type: 'vq', units: 4, width: 4, entries: 300 } }, [2, 3], 300],
  [
    'several vectors of a place',
    { ...maps, code: { type: 'vq', units: 4, width: 2, entries: 5 } },
    [2, 3, 2],
    5,
  ],
  ['stages', { code: { type: 'vq', units: 6, width: 3, entries: 6, stages: 3 } }, [2, 3], 6],
  [
    'stages of maps',
    { ...maps, code: { type: 'vq', units: 4, width: 2, entries: 4, stages: 2 } },
    [2, 3, 2, 2],
    4,
  ],
] as const)('codes as whole numbers: %s', (_, given, shape, count) => {
  test("are those of the encoder's output index, and decode to the same images", async () => {
    const { files, model } = await opened(given);
    expect(model.quantised).toMatchObject({ shape, count });
    const integers = await encodeIntegers(model, IMAGES);
    expect(integers.shape).toEqual([7, ...shape]);
    const encoder = await nodeEngine.open(files.encoder, { threads: 1 });
    const { index } = await encoder.run({ image: { data: IMAGES, shape: [7, 1, 4, 6] } });
    expect(index!.shape.map(Number)).toEqual(integers.shape);
    expect([...integers.data]).toEqual(Array.from(index!.data as unknown as BigInt64Array, Number));
    const vectors = await model.decode((await model.encode(IMAGES)).data);
    expect((await decodeIntegers(model, integers.data)).data).toEqual(vectors.data);
    await encoder.dispose();
    await model.dispose();
  });
});

test('the levels of a code are its whole numbers, unit by unit of each place', async () => {
  const { model } = await opened({ ...maps, code: { type: 'fsq', units: 2, levels: 5 } });
  expect(model.quantised).toMatchObject({ shape: [2, 3, 2], count: 5, bitsPerCode: 12 * Math.log2(5) });
  const [codes, integers] = [await model.encode(IMAGES), await encodeIntegers(model, IMAGES)];
  for (let n = 0; n < 7; n++)
    for (let place = 0; place < 6; place++)
      for (let unit = 0; unit < 2; unit++)
        expect(integers.data[(n * 6 + place) * 2 + unit]).toBe(codes.data[n * 12 + unit * 6 + place]);
  const vectors = await model.decode(codes.data);
  expect((await decodeIntegers(model, integers.data)).data).toEqual(vectors.data);
  await model.dispose();
});

describe('what is no code', () => {
  test.each([
    [[0, 1, 5], /whole numbers from 0 to 4: number 2 of code 0 is not.*5/],
    [[0, 1, 2, 0, -1, 0], /number 1 of code 1 is not/],
    [[0, 1.5, 0], /number 1 of code 0/],
    [[0, 1], /must have 3 numbers each.*2 numbers/],
    [[], /0 numbers/],
  ])('%j is refused', async (integers, message) => {
    const { model } = await opened({ code: { type: 'vq', units: 6, width: 2, entries: 5 } });
    await expect(decodeIntegers(model, integers)).rejects.toThrow(message);
    await model.dispose();
  });

  test('a model whose codes are not quantised, or whose codebook is missing, says so', async () => {
    const { model, files } = await opened({ code: { units: 3 } });
    await expect(encodeIntegers(model, IMAGES)).rejects.toThrow(/need a quantised code/);
    await model.dispose();
    const { files: vq, model: whole } = await opened({
      code: { type: 'vq', units: 6, width: 2, entries: 5 },
    });
    await whole.dispose();
    const decoder = await openModel(
      nodeEngine,
      { source: 'test', files: { decoder: vq.decoder } },
      { threads: 1 },
    );
    await expect(decodeIntegers(decoder, [0, 1, 2])).rejects.toThrow(/lacks its codebook/);
    expect(files.encoder.length).toBeGreaterThan(0);
    await decoder.dispose();
  });
});
