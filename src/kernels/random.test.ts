import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernels, RESERVED_BYTES } from './index.ts';

const memory = new WebAssembly.Memory({ initial: 48 });
const kernelsOn = compileKernels(readFileSync(new URL('./kernels.wasm', import.meta.url)));
const kernels = kernelsOn(memory);
const A = RESERVED_BYTES;
const B = A + 2 ** 20;

const words = (n: number, at = A) => [...new Uint32Array(memory.buffer, at, n)];
const floats = (n: number, at = A) => Float32Array.from(new Float32Array(memory.buffer, at, n));
const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: Float32Array) => {
  const m = mean(values);
  return values.reduce((sum, v) => sum + (v - m) ** 2, 0) / values.length;
};

/** Philox4x32-10 as published, one block, in arbitrary-precision integers: independent of the kernel. */
function philox(counter: bigint[], key: bigint[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** Word i of a sequence by its documented place: word (i >> 2) & 3 of block 4 (i >> 4) + (i & 3). */
function reference(seed: number, stream: number, step: number, i: number): number {
  const block = 4 * Math.floor(i / 16) + (i % 4);
  const key = [BigInt(seed) & 0xffffffffn, BigInt(seed) >> 32n];
  return philox([block, step, stream, 0].map(BigInt), key)[(i >> 2) & 3]!;
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const seeds = fc.maxSafeNat();

describe('Philox4x32-10', () => {
  it('has a reference that gives the known answers of Random123', () => {
    const hex = (text: string) => text.split(' ').map((word) => BigInt(`0x${word}`));
    for (const [counter, key, answer] of [
      ['0 0 0 0', '0 0', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
      ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
      ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
    ] as const) {
      expect(philox(hex(counter), hex(key))).toEqual(hex(answer).map(Number));
    }
  });

  it('gives the known answer in the kernel: counter 0, key 0', () => {
    kernels.bits(A, 16, 0, 0, 0, 0);
    const [word0, , , , word1, , , , word2, , , , word3] = words(16);
    expect([word0, word1, word2, word3]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  it('equals the reference for any seed, stream, step and index', () => {
    fc.assert(
      fc.property(seeds, u32, u32, fc.integer({ min: 0, max: 2 ** 34 - 20 }), (seed, stream, step, start) => {
        kernels.bits(A, 20, seed, stream, step, start);
        const expected = Array.from({ length: 20 }, (_, i) => reference(seed, stream, step, start + i));
        expect(words(20)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a seed, stream, step or start out of range', () => {
    expect(() => kernels.bits(A, 1, -1, 0, 0, 0)).toThrow('seed');
    expect(() => kernels.bits(A, 1, 2 ** 53, 0, 0, 0)).toThrow('seed');
    expect(() => kernels.bits(A, 1, 0, 0.5, 0, 0)).toThrow('stream');
    expect(() => kernels.bits(A, 1, 0, 0, 2 ** 32, 0)).toThrow('step');
    expect(() => kernels.bits(A, 1, 0, 0, 0, -8)).toThrow('start');
    expect(() => kernels.bits(A, 17, 0, 0, 0, 2 ** 34 - 16)).toThrow('start');
  });
});

describe('random values', () => {
  const draws = {
    bits: (out: number, n: number, start: number) => kernels.bits(out, n, 7, 8, 9, start),
    uniform: (out: number, n: number, start: number) => kernels.uniform(out, n, -1, 2, 7, 8, 9, start),
    normal: (out: number, n: number, start: number) => kernels.normal(out, n, 1, 2, 7, 8, 9, start),
    keepMask: (out: number, n: number, start: number) => kernels.keepMask(out, n, 0.4, 7, 8, 9, start),
  };

  it.each(Object.entries(draws))('%s: a value does not depend on count or start', (_name, draw) => {
    const N = 6000; // more than two chunks
    draw(B, N, 0);
    const all = words(N, B);
    const range = fc.tuple(fc.nat(N - 1), fc.oneof(fc.integer({ min: 1, max: 70 }), fc.nat(N)));
    fc.assert(
      fc.property(range, ([start, count]) => {
        const n = Math.min(count, N - start);
        new Uint32Array(memory.buffer, A, n + 4).fill(0xdeadbeef);
        draw(A, n, start);
        expect(words(n)).toEqual(all.slice(start, start + n));
        expect(words(4, A + 4 * n)).toEqual(Array(4).fill(0xdeadbeef));
      }),
      { numRuns: 40 },
    );
  });

  it('uniform: is on [low, high), with mean and variance of its distribution', () => {
    const n = 200_000;
    kernels.uniform(A, n, 0, 1, 1, 2, 3, 0);
    const values = floats(n);
    const first = Float32Array.from({ length: 500 }, (_, i) => (reference(1, 2, 3, i) >>> 8) / 2 ** 24);
    expect(values.slice(0, 500)).toEqual(first);
    // Five standard errors: √(1/12 n) for the mean, about √(1/180 n) for the variance.
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance(values) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
  });

  it('uniform: never reaches the upper end, even where floats are sparse', () => {
    const n = 5000;
    kernels.uniform(A, n, 16_777_216, 16_777_220, 1, 2, 3, 0);
    expect(new Set(floats(n))).toEqual(new Set([16_777_216, 16_777_218]));
    kernels.uniform(A, n, -2, 0, 1, 2, 3, 0);
    expect(floats(n).every((v) => v >= -2 && v < 0)).toBe(true);
    expect(() => kernels.uniform(A, 1, 1, 1, 0, 0, 0, 0)).toThrow('low');
  });

  it('normal: equals Box–Muller with exact functions', () => {
    const n = 100_000;
    kernels.normal(A, n, 0, 1, 5, 6, 7, 0);
    const values = floats(n);
    kernels.bits(A, n, 5, 6, 7, 0);
    const raw = new Uint32Array(memory.buffer, A, n);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      if (i & 4) continue;
      const u = Math.fround(Math.fround(Math.fround(raw[i]!) * 2 ** -32) + 2 ** -33);
      const radius = Math.sqrt(-2 * Math.log(u));
      const angle = (2 * Math.PI * raw[i + 4]!) / 2 ** 32;
      for (const [at, exact] of [
        [i, radius * Math.cos(angle)],
        [i + 4, radius * Math.sin(angle)],
      ] as const) {
        worst = Math.max(worst, Math.abs(values[at]! / exact - 1));
      }
    }
    expect(worst).toBeLessThan(4e-7); // three units in the last place
  });

  it('normal: has the moments and tails of its distribution', () => {
    const n = 200_000;
    kernels.normal(A, n, 0, 1, 11, 0, 0, 0);
    const values = floats(n);
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    const beyond = (z: number) => values.filter((v) => Math.abs(v) > z).length / n;
    expect(Math.abs(beyond(1) - 0.3173)).toBeLessThan(5 * Math.sqrt(0.3173 / n));
    expect(Math.abs(beyond(3) - 0.0027)).toBeLessThan(5 * Math.sqrt(0.0027 / n));
    let product = 0; // of neighbours that share two words
    for (let i = 0; i < n; i += 8) product += values[i]! * values[i + 4]!;
    expect(Math.abs(product / (n / 8))).toBeLessThan(5 / Math.sqrt(n / 8));
    kernels.normal(A, n, 3, 0.5, 11, 0, 0, 0);
    const shifted = floats(n);
    expect(shifted.every((v, i) => v === Math.fround(values[i]! / 2 + 3))).toBe(true);
  });

  it('keepMask: follows its 16 bits, and its mean is 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.98, noNaN: true }), seeds, (rate, seed) => {
        const n = 20_000;
        kernels.keepMask(A, n, rate, seed, 1, 2, 0);
        const mask = floats(n);
        const threshold = Math.round(rate * 65_536);
        const keep = Math.fround(65_536 / (65_536 - threshold));
        for (let i = 0; i < 100; i++) {
          const word = reference(seed, 1, 2, 4 * (i >> 3) + (i & 3));
          const half = i & 4 ? word >>> 16 : word & 0xffff;
          expect(mask[i]).toBe(half < threshold ? 0 : keep);
        }
        expect(new Set([...mask, 0, keep])).toEqual(new Set([0, keep]));
        const p = threshold / 65_536;
        // Six standard errors, and the slack of a few keeps for small n (1 - p).
        expect(Math.abs(mean(mask) - 1)).toBeLessThanOrEqual(6 * Math.sqrt(p / (1 - p) / n) + (5 * keep) / n);
      }),
      { numRuns: 20 },
    );
  });

  it('keepMask: drops a value if and only if its 16 bits are below the threshold', () => {
    const bits = reference(1, 2, 3, 0) & 0xffff;
    kernels.keepMask(A, 1, bits / 65_536, 1, 2, 3, 0);
    expect(floats(1)[0]).toBeGreaterThan(1);
    kernels.keepMask(A, 1, (bits + 1) / 65_536, 1, 2, 3, 0);
    expect(floats(1)[0]).toBe(0);
  });

  it('keepMask: rate 0 keeps all, a rate near 1 stays finite, 1 is refused', () => {
    kernels.keepMask(A, 1000, 0, 1, 2, 3, 0);
    expect(new Set(floats(1000))).toEqual(new Set([1]));
    kernels.keepMask(A, 1000, 1 - 1e-9, 1, 2, 3, 0);
    expect(floats(1000).every((v) => v === 0 || v === 65_536)).toBe(true);
    expect(() => kernels.keepMask(A, 1, 1, 1, 2, 3, 0)).toThrow('rate');
  });
});

describe('permutation', () => {
  it('is a permutation, the same each time, and another for another step', () => {
    fc.assert(
      fc.property(fc.nat(5000), seeds, (n, seed) => {
        kernels.permutation(A, n, seed, 1, 2);
        const order = words(n);
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        kernels.bits(A, 64, seed, 9, 9, 0); // other draws in between change nothing
        kernels.permutation(A, n, seed, 1, 2);
        expect(words(n)).toEqual(order);
        kernels.permutation(A, n, seed, 1, 3);
        if (n > 20) expect(words(n)).not.toEqual(order);
      }),
      { numRuns: 30 },
    );
  });

  it('equals Fisher–Yates with Lemire draws from the sequence, where some are rejected', () => {
    const n = 300_000;
    kernels.bits(A, n + 50, 4, 5, 6, 0);
    const raw = words(n + 50);
    let used = 0;
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const bound = i + 1;
      let product = raw[used++]! * bound; // less than 2⁵³
      while (product % 2 ** 32 < 2 ** 32 % bound) product = raw[used++]! * bound;
      const j = Math.floor(product / 2 ** 32);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    expect(used).toBeGreaterThan(n);
    kernels.permutation(A, n, 4, 5, 6);
    expect(words(n).every((value, i) => value === order[i])).toBe(true);
  });

  it('gives every order of four about equally often', () => {
    const counts = new Map<string, number>();
    const rounds = 24_000;
    for (let step = 0; step < rounds; step++) {
      kernels.permutation(A, 4, 3, 1, step);
      const order = words(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const each = rounds / 24;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - each) ** 2 / each, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(56); // 23 degrees of freedom: exceeded once in 7000
  });
});
