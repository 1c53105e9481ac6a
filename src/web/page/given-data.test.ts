import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeIdx } from '../../codecs/idx.ts';
import type { PostedData } from '../work/data.ts';
import { postedData, type TrainingData } from './given-data.ts';

const images = Uint8Array.from({ length: 5 * 6 }, (_, i) => 8 * i);
const labels = Uint8Array.of(0, 1, 2, 1, 0);
const size = { height: 2, width: 3 };

test('arrays are copied, and get names and classes', async () => {
  expect(await postedData({ ...size, images, labels })).toEqual({
    ...{ ...size, name: 'images', channels: 1, classes: ['0', '1', '2'] },
    train: { images, labels },
    validation: null,
    test: null,
  });
  const plain = (await postedData({
    ...size,
    images: new Uint8ClampedArray(images),
    test: { images },
  })) as PostedData;
  expect(plain?.classes).toEqual(['']);
  expect(plain?.train.labels).toEqual(new Uint8Array(5));
  expect(plain?.train.images).not.toBe(images);
  expect(plain?.test?.images).toEqual(images);
});

test('the digits that come along are a name', async () => {
  expect(await postedData('mnist-10k')).toBeNull();
});

test('IDX files are bytes or blobs, gzipped or not', async () => {
  const idx = encodeIdx({ shape: [5, 2, 3], data: images });
  const forms = [idx, gzipSync(idx), new Blob([new Uint8Array(idx)]), new Uint8Array(idx).buffer];
  for (const form of forms) {
    const labelled = { images: form, labels: encodeIdx({ shape: [5], data: labels }) };
    const posted = await postedData({ idx: labelled, classes: ['a', 'b', 'c'] });
    expect(posted).toMatchObject({
      ...size,
      channels: 1,
      classes: ['a', 'b', 'c'],
      train: { images, labels },
    });
  }
});

test('pictures stay in colour, or become grey by luma', async () => {
  const picture = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 0, 255, 255, 255, 255, 0) };
  const labels = Uint8Array.of(0, 1);
  const grey = { width: 2, height: 1, data: Uint8ClampedArray.of(9, 9, 9, 255, 7, 7, 7, 255) };
  const of = async (data: TrainingData) => {
    const { train, ...rest } = (await postedData(data)) as PostedData;
    return { ...rest, images: [...train.images], labels: [...train.labels] };
  };
  const size = { height: 1, width: 2 };
  expect(await of([grey, picture])).toMatchObject({
    ...{ ...size, channels: 3, labels: [0, 0] },
    images: [9, 7, 9, 7, 9, 7, 255, 0, 0, 0, 0, 0],
  });
  expect(await of([grey, grey])).toMatchObject({ ...size, channels: 1, images: [9, 7, 9, 7] });
  const classes = ['a', 'b'];
  expect(await of({ pictures: [grey, picture], channels: 1, labels, classes, name: 'mine' })).toMatchObject({
    ...{ ...size, name: 'mine', channels: 1, images: [9, 7, 76, 0], labels: [0, 1], classes },
  });
});

test('a gzip file that is cut off is an error that names it', async () => {
  const cut = gzipSync(encodeIdx({ shape: [5, 2, 3], data: images })).subarray(0, 20);
  const given = postedData({ idx: { images: cut } });
  await expect(given).rejects.toThrow(/^data\.idx\.images: must be a whole gzip file/);
});

describe('what is not valid is an error that names it', () => {
  const other = encodeIdx({ shape: [1, 3, 3], data: new Uint8Array(9) });
  const idx = encodeIdx({ shape: [5, 2, 3], data: images });
  test.each([
    ['mnist', /^data: must be 'mnist-10k', or images in arrays, files or pictures, got mnist$/],
    [
      { ...size, images: new Uint8Array(7) },
      /^data\.images: must have 1 · 2 · 3 = 6 bytes for each image, got 7 bytes$/,
    ],
    [{ ...size, images: new Float32Array(6) }, /^data\.images: must be a Uint8Array/],
    [{ ...size, images: new Uint8Array() }, /^data\.images: must have at least one image, got none$/],
    [{ ...size, images, labels: [0, 1, 2, 1, 0] }, /^data\.labels: must be a Uint8Array of positions/],
    [
      { ...size, images, labels: new Uint8Array(4) },
      /^data\.labels: must have one label for each of the 5 images, got 4$/,
    ],
    [
      { ...size, images, labels, classes: ['a', 'b'] },
      /^data\.labels: must be below 2, the number of classes, got 2$/,
    ],
    [{ height: 0, width: 3, images }, /^data\.height: must be a whole number of pixels, 1 or more, got 0$/],
    [{ ...size, images, channels: 2 }, /^data\.channels: must be 1 \(grey\) or 3 \(RGB\), got 2$/],
    [{ idx: { images: idx }, test: { images: other } }, /^data\.test\.images: must be of 2 × 3, got 3 × 3$/],
    [{ idx: { images: idx.subarray(0, 20) } }, /^data\.idx\.images: must be 46 bytes long/],
    [[], /^data: must have at least one picture$/],
  ])('%j', async (data, message) => {
    await expect(postedData(data as never)).rejects.toThrow(message);
  });
});
