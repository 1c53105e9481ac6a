import { expect, test } from 'vitest';
import { fromText, toText } from './wire.ts';

test('typed arrays cross as they are, wherever they are', () => {
  const value = {
    bytes: Uint8Array.from({ length: 9_000 }, (_, i) => i % 256),
    deep: [{ floats: Float32Array.of(1.5, -2, Number.NaN) }, null, 'text'],
    empty: new Uint8Array(),
  };
  expect(fromText(toText(value))).toEqual(value);
});

test('a part of a larger buffer is that part', () => {
  const floats = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  expect(fromText(toText(floats))).toEqual(Float32Array.of(2, 3));
});

test('other arrays of numbers become lists', () => {
  expect(fromText(toText({ counts: Int32Array.of(1, 2) }))).toEqual({ counts: [1, 2] });
});
