/** What the library takes as images and codes, when it copies them, and how a model ends. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import {
  addNoise,
  anomaly,
  denoise,
  HourglassError,
  type ImageValues,
  interpolate,
  loadModel,
  type Model,
  manifold,
  neighbours,
  train,
} from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIXELS, TINY, temporaryFolder, writeData } from '../support/program.ts';

let folder: string;
let run: string;
let model: Model;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  run = join(folder, 'run');
  const recipe = { ...TINY, corruption: { type: 'gaussian', sigma: 0.2 } };
  await train(recipe, { dataDir, offline: true, threads: 1, tensorboard: 'none', out: run });
  model = await loadModel(run, { threads: 1 });
}, 60_000);
afterAll(async () => {
  await model?.dispose();
  await rm(folder, { recursive: true, force: true });
});

const bytes = Uint8Array.from({ length: 2 * PIXELS }, (_, i) => (i * 7) % 256);
const floats = Float32Array.from(bytes, (byte) => byte / 255);

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(HourglassError);
  return (error as HourglassError).message;
}

/** Every function that takes images. */
const TAKE_IMAGES: Readonly<Record<string, (images: ImageValues) => Promise<unknown>>> = {
  encode: (images) => model.encode(images),
  reconstruct: (images) => model.reconstruct(images),
  anomaly: (images) => anomaly(model, images, { threshold: 1 }),
  denoise: (images) => denoise(model, images),
  addNoise: (images) => addNoise(model, images),
  neighbours: (images) => neighbours(model, images, bytes, 1),
  'neighbours, references': (images) => neighbours(model, bytes, images, 1),
  'neighbours, pieces': (images) => neighbours(model, bytes, [images], 1),
};

const TAKE_CODES: Readonly<Record<string, (codes: Float32Array) => Promise<unknown>>> = {
  decode: (codes) => model.decode(codes),
  'interpolate from': (codes) => interpolate(model, codes, new Float32Array(4), 2),
  'interpolate to': (codes) => interpolate(model, new Float32Array(4), codes, 2),
};

describe('images', () => {
  test('out of range are refused everywhere, with their place', async () => {
    for (const [name, take] of Object.entries(TAKE_IMAGES)) {
      for (const value of [Number.NaN, Infinity, -Infinity, -0.001, 1.001, 255]) {
        const wrong = floats.slice();
        wrong[PIXELS + 3] = value;
        const message = await refusal(take(wrong));
        expect(message, name).toContain('images: must have values from 0 to 1');
        expect(message, name).toContain('value 3 of image 1');
      }
    }
  });

  test('of other types are refused in words', async () => {
    const others: [unknown, string][] = [
      [Array.from(floats), 'Array'],
      [Float64Array.from(floats), 'Float64Array'],
      [Int8Array.from(bytes), 'Int8Array'],
      [new DataView(bytes.buffer), 'DataView'],
      [bytes.buffer, 'ArrayBuffer'],
      [{ length: PIXELS, 0: 1 }, 'Object'],
      ['images', 'string'],
      [null, 'null'],
      [undefined, 'undefined'],
    ];
    for (const [given, kind] of others) {
      const message = await refusal(model.encode(given as ImageValues));
      expect(message).toContain('images: must be a Uint8Array');
      expect(message).toContain(`got ${kind}`);
    }
    expect(await refusal(model.encode(new Float32Array(PIXELS + 1)))).toMatch(/must have .*values each/);
    expect(await refusal(model.encode(new Uint8Array(0)))).toMatch(/must have .*values each/);
  });

  test('may be a Buffer, clamped, shared, part of a larger array, or of another realm', async () => {
    const expected = [...(await model.encode(bytes)).data];
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const sharedFloats = new Float32Array(new SharedArrayBuffer(4 * floats.length));
    sharedFloats.set(floats);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    const foreign = (type: string, values: ArrayLike<number>) =>
      runInNewContext(`${type}.from(values)`, { values: Array.from(values) }) as ImageValues;
    const alike: ImageValues[] = [
      Buffer.from(bytes),
      Uint8ClampedArray.from(bytes),
      shared,
      larger.subarray(3),
      foreign('Uint8Array', bytes),
    ];
    for (const images of alike) expect([...(await model.encode(images)).data]).toEqual(expected);
    const asFloats = [...(await model.encode(floats)).data];
    for (const images of [sharedFloats, foreign('Float32Array', floats)]) {
      expect([...(await model.encode(images)).data]).toEqual(asFloats);
    }
  });

  test('are copied before a call returns', async () => {
    for (const [name, take] of Object.entries(TAKE_IMAGES)) {
      if (name.endsWith('pieces')) continue;
      for (const images of [bytes, floats]) {
        const expected = await take(images);
        const given = images.slice();
        const pending = take(given);
        given.fill(1);
        expect(await pending, name).toEqual(expected);
      }
    }
  });
});

describe('codes', () => {
  test('that are not finite, or not a Float32Array, are refused everywhere', async () => {
    for (const [name, take] of Object.entries(TAKE_CODES)) {
      for (const value of [Number.NaN, Infinity, -Infinity, 1e31]) {
        expect(await refusal(take(Float32Array.of(0, 0, value, 0))), name).toContain('value 2 of code 0');
      }
      for (const given of [
        [0, 0, 0, 0],
        Float64Array.of(0, 0, 0, 0),
        null,
        new DataView(new ArrayBuffer(16)),
      ]) {
        expect(await refusal(take(given as unknown as Float32Array)), name).toContain(
          'codes: must be a Float32Array',
        );
      }
    }
    expect(await refusal(manifold(model, 3, { range: [-1e39, 1e39] }))).toContain('range');
  });

  test('are copied before a call returns', async () => {
    for (const [name, take] of Object.entries(TAKE_CODES)) {
      const codes = Float32Array.of(0.1, 0.2, 0.3, 0.4);
      const expected = await take(codes);
      const pending = take(codes);
      codes.fill(9);
      expect(await pending, name).toEqual(expected);
    }
  });
});

test('a score that is not a number is an error, never normal', async () => {
  const { info, statistics } = model;
  const broken = {
    ...model,
    ...{ info, statistics },
    reconstruct: async () => ({ data: new Float32Array(2 * PIXELS).fill(Number.NaN), shape: [2, 1, 6, 6] }),
  };
  expect(await refusal(anomaly(broken, bytes, { threshold: 1 }))).toContain('image 0: has no score');
});

describe('a model', () => {
  test('is loaded by a file: URL, and by no other', async () => {
    const loaded = await loadModel(pathToFileURL(run), { threads: 1 });
    expect(loaded.info.codeUnits).toBe(4);
    await loaded.dispose();
    expect(await refusal(loadModel(new URL('https://example.org/model')))).toContain(
      'must be a path or a file: URL',
    );
    expect(await refusal(loadModel(3 as unknown as string))).toContain('must be a path or a file: URL');
  });

  test('ends after the calls that were begun, and refuses later ones', async () => {
    const loaded = await loadModel(run, { threads: 1 });
    const many = new Uint8Array(5000 * PIXELS);
    const calls = [loaded.reconstruct(many), loaded.encode(many), loaded.decode(new Float32Array(4))];
    const ended = loaded.dispose();
    const late = loaded.encode(bytes);
    expect(await refusal(late)).toContain('was disposed of');
    expect((await Promise.all(calls)).map(({ shape }) => shape[0])).toEqual([5000, 5000, 1]);
    await ended;
    await loaded.dispose();
    for (const call of [
      loaded.encode(bytes),
      loaded.reconstruct(bytes),
      loaded.decode(new Float32Array(4)),
    ]) {
      expect(await refusal(call)).toContain('was disposed of');
    }
  });

  test('can be used with await using', async () => {
    const loaded = await loadModel(run, { threads: 1 });
    await loaded[Symbol.asyncDispose]();
    expect(await refusal(loaded.encode(bytes))).toContain('was disposed of');
  });
});
