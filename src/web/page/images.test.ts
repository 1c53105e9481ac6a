import { expect, test } from 'vitest';
import { wholePreprocessing } from '../../data/images/preprocessing.ts';
import { valuesOf } from './images.ts';

const pixels = { width: 2, height: 1, data: Uint8ClampedArray.of(10, 20, 30, 255, 200, 100, 50, 128) };
const how = (changes: object) => wholePreprocessing({ height: 1, width: 2, channels: 1, ...changes });

test.each([
  ['grey by luma, on the background', {}, [18, 62]],
  ['with black and white swapped, on white', { invert: true }, [237, 66]],
  ['in colours, plane after plane', { channels: 3 }, [10, 100, 20, 50, 30, 25]],
])('a picture of the right size: %s', (_, changes, values) => {
  expect([...valuesOf(pixels, how(changes))]).toEqual(values);
  expect([...valuesOf([pixels, pixels], how(changes))]).toEqual([...values, ...values]);
});

test('values stay as they are', () => {
  const values = Float32Array.of(0, 1);
  expect(valuesOf(values, how({}))).toBe(values);
});
