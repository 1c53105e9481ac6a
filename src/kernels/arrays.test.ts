import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernels, RESERVED_BYTES } from './index.ts';

const memory = new WebAssembly.Memory({ initial: 8 });
const kernelsOn = compileKernels(readFileSync(new URL('./kernels.wasm', import.meta.url)));
const kernels = kernelsOn(memory);
const [A, B, C] = [RESERVED_BYTES, RESERVED_BYTES + 65_536, RESERVED_BYTES + 131_072];

const floats = (at: number, n: number) => new Float32Array(memory.buffer, at, n);
const put = (at: number, values: ArrayLike<number>) => floats(at, values.length).set(values);
const array = (maxLength = 70) =>
  fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { maxLength }).map((v) => Float32Array.from(v));
const { fround } = Math;

/** A value behind the array's end, to see that no kernel writes it. */
const guarded = (at: number, n: number, run: () => void) => {
  floats(at, n + 1)[n] = 12.5;
  run();
  expect(floats(at, n + 1)[n]).toBe(12.5);
};

describe('arrays', () => {
  it('scaleBytes: byte / divisor to the last bit, from any address', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    new Uint8Array(memory.buffer, A, 256).set(all);
    kernels.scaleBytes(A, B, 256, 255);
    expect(floats(B, 256)).toEqual(Float32Array.from(all, (byte) => byte / 255));

    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(7), (bytes, shift) => {
        new Uint8Array(memory.buffer, A + shift, bytes.length).set(bytes);
        guarded(B, bytes.length, () => kernels.scaleBytes(A + shift, B, bytes.length, 3));
        const expected = Float32Array.from(bytes, (byte) => byte / 3);
        expect(floats(B, bytes.length)).toEqual(expected);
      }),
    );
  });

  it('fill, copy, scale and blend equal their formulas', () => {
    fc.assert(
      fc.property(array(), fc.float({ min: -2, max: 2, noNaN: true }), (values, t) => {
        const n = values.length;
        guarded(A, n, () => kernels.fill(A, n, t));
        expect(floats(A, n)).toEqual(new Float32Array(n).fill(t));
        put(B, values);
        guarded(A, n, () => kernels.copy(A, B, n));
        expect(floats(A, n)).toEqual(values);
        guarded(A, n, () => kernels.scale(A, n, t));
        const scaled = values.map((v) => v * t);
        expect(floats(A, n)).toEqual(scaled);
        const blended = values.map((b, i) => scaled[i]! + fround(fround(0.1) * fround(b - scaled[i]!)));
        guarded(C, n, () => kernels.blend(C, A, B, n, 0.1));
        expect(floats(C, n)).toEqual(blended);
        kernels.blend(A, A, B, n, 0.1);
        expect(floats(A, n)).toEqual(blended);
      }),
    );
  });

  it('sumSquares: is exact to double precision, and takes nothing past the end', () => {
    fc.assert(
      fc.property(array(), (values) => {
        put(A, [...values, 1e30, 1e30]);
        const expected = values.reduce((sum, v) => sum + v * v, 0);
        expect(Math.abs(kernels.sumSquares(A, values.length) - expected)).toBeLessThanOrEqual(
          1e-14 * expected,
        );
      }),
    );
    put(A, new Float32Array(10_000).fill(1e-4));
    expect(kernels.sumSquares(A, 10_000)).toBeCloseTo(10_000 * fround(1e-4) ** 2, 16);
  });

  it('allFinite: sees one bad value anywhere, and none past the end', () => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(69), bad, (n, at, value) => {
        put(A, new Float32Array(n).fill(-3.4e38));
        floats(A, n + 1)[n] = value;
        expect(kernels.allFinite(A, n)).toBe(true);
        floats(A, n)[at % n] = value;
        expect(kernels.allFinite(A, n)).toBe(false);
      }),
    );
    expect(kernels.allFinite(A, 0)).toBe(true);
  });
});

describe('compileKernels', () => {
  it('writes nothing outside the reserved bytes and the arrays it is given', () => {
    const fresh = new WebAssembly.Memory({ initial: 3 });
    const own = kernelsOn(fresh);
    own.normal(RESERVED_BYTES, 4099, 0, 1, 1, 2, 3, 5);
    own.keepMask(RESERVED_BYTES, 4099, 0.5, 1, 2, 3, 5);
    own.permutation(RESERVED_BYTES, 4099, 1, 2, 3);
    const behind = new Uint8Array(fresh.buffer, RESERVED_BYTES + 4 * 4099);
    expect(behind.every((byte) => byte === 0)).toBe(true);
  });

  it('keeps two memories apart', () => {
    const other = new WebAssembly.Memory({ initial: 2 });
    kernels.fill(A, 8, 1);
    kernelsOn(other).fill(A, 8, 2);
    expect(floats(A, 8)).toEqual(new Float32Array(8).fill(1));
    expect(new Float32Array(other.buffer, A, 8)).toEqual(new Float32Array(8).fill(2));
  });
});
