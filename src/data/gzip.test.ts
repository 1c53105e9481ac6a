import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { gunzipBeginning, gunzipBounded, isGzip } from './gzip.ts';

const RUNS = { seed: 3, numRuns: 150 };
const text = new TextEncoder().encode('hourglass '.repeat(100));

describe('gzip', () => {
  test('unpacks what was packed, up to the bound exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const packed = gzipSync(bytes);
        expect(isGzip(packed)).toBe(true);
        expect(gunzipBounded(packed, 'file', bytes.length)).toEqual(bytes);
      }),
      RUNS,
    );
  });

  test('unpacks members that follow each other, as gzip does', () => {
    const twice = Buffer.concat([gzipSync(text), gzipSync(text)]);
    expect(gunzipBounded(twice, 'file', 10_000)).toHaveLength(2 * text.length);
  });

  test('a changed or cut file gives bytes or a HourglassError', () => {
    const packed = new Uint8Array(gzipSync(text));
    const damage = fc.tuple(
      fc.nat(packed.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(packed.length),
    );
    fc.assert(
      fc.property(damage, ([at, value, keep]) => {
        for (const bytes of [packed.with(at, value), packed.subarray(0, keep)]) {
          try {
            expect(gunzipBounded(bytes, 'file', 5000).length).toBeLessThanOrEqual(5000);
          } catch (error) {
            expect(error).toBeInstanceOf(HourglassError);
          }
        }
      }),
      RUNS,
    );
  });

  test('refuses a bomb without unpacking it', () => {
    const bomb = gzipSync(new Uint8Array(64 * 2 ** 20));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => gunzipBounded(bomb, 'bomb', 1000)).toThrow(/^bomb: must unpack to at most 1000 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  test('refuses a truncated file, a damaged one, and one with something after its end', () => {
    const packed = gzipSync(text);
    const damaged = new Uint8Array(packed);
    damaged[packed.length - 6]! ^= 1;
    expect(() => gunzipBounded(packed.subarray(0, -9), 'cut', 5000)).toThrow('truncated');
    expect(() => gunzipBounded(damaged, 'damaged', 5000)).toThrow('damaged: must be an undamaged gzip file');
    expect(() => gunzipBounded(Buffer.concat([packed, Buffer.from('more')]), 'long', 5000)).toThrow(
      HourglassError,
    );
    expect(() => gunzipBounded(Buffer.concat([packed, Buffer.of(0, 0, 5)]), 'long', 5000)).toThrow(
      'must end',
    );
    expect(gunzipBounded(Buffer.concat([packed, Buffer.alloc(512)]), 'padded', 5000)).toEqual(text);
  });

  test('the beginning is readable without the rest', () => {
    const noise = Uint8Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 2654435761) >>> 24);
    const packed = gzipSync(noise);
    const beginning = gunzipBeginning(packed.subarray(0, 5000), 'file');
    expect(beginning.length).toBeGreaterThan(100);
    expect(beginning).toEqual(noise.subarray(0, beginning.length));
  });
});
