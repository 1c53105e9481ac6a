import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { decodeIdx, encodeIdx } from './idx.ts';

const RUNS = { seed: 2, numRuns: 200 };

const arrays = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.record({
    shape: fc.constant(shape),
    data: fc.uint8Array({ minLength: length, maxLength: length }),
  });
});

describe('idx', () => {
  test('what is encoded is decoded', () => {
    fc.assert(
      fc.property(arrays, (array) => {
        expect(decodeIdx(encodeIdx(array), 'file')).toEqual(array);
      }),
      RUNS,
    );
  });

  test('a changed or cut file gives an array or a HourglassError, nothing else', () => {
    const damage = fc.record({
      array: arrays,
      at: fc.nat(20),
      value: fc.integer({ min: 0, max: 255 }),
      keep: fc.nat(60),
    });
    fc.assert(
      fc.property(damage, ({ array, at, value, keep }) => {
        const bytes = encodeIdx(array);
        bytes[at % bytes.length] = value;
        try {
          decodeIdx(bytes.subarray(0, keep), 'file');
        } catch (error) {
          expect(error).toBeInstanceOf(HourglassError);
        }
      }),
      RUNS,
    );
  });

  const good = encodeIdx({ shape: [2, 2, 2], data: new Uint8Array(8) });
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  test.each([
    ['no bytes', new Uint8Array(), 'at least 4 bytes'],
    ['a wrong magic number', changed(0, 0x89), 'magic number'],
    ['floats', changed(2, 0x0d), 'unsigned bytes'],
    ['rank 0', changed(3, 0), '1 to 4 dimensions'],
    ['rank 9', changed(3, 9), '1 to 4 dimensions'],
    ['a cut header', good.subarray(0, 10), 'header whole'],
    ['a zero dimension', changed(7, 0), 'at least 1'],
    [
      'absurd dimensions',
      new Uint8Array(16).fill(255).with(0, 0).with(1, 0).with(2, 8).with(3, 3),
      'at most',
    ],
    ['a cut file', good.subarray(0, 20), 'truncated'],
    ['a byte too many', new Uint8Array([...good, 0]), 'too long'],
  ])('refuses %s, naming file and rule', (_, bytes, rule) => {
    expect(() => decodeIdx(bytes, 'some-file')).toThrow(HourglassError);
    expect(() => decodeIdx(bytes, 'some-file')).toThrow('some-file');
    expect(() => decodeIdx(bytes, 'some-file')).toThrow(rule);
  });
});
