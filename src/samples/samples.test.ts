import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  fingerprintOf,
  imageSpec,
  meanSample,
  memorySource,
  passes,
  rowsWithin,
  type SampleSpec,
  type Source,
  spread,
  subset,
} from './index.ts';
import { scaleInto } from './scaling.ts';
import type { StoredValues } from './spec.ts';

const GREY = imageSpec({ channels: 1, height: 1, width: 3 });
const ROWS: SampleSpec = {
  kind: 'row',
  shape: [2],
  storage: 'float32',
  scaling: { type: 'columns', offset: Float32Array.of(10, -1), scale: Float32Array.of(2, 0.1) },
  range: null,
  columns: ['length', 'weight'],
};
const WIDE: SampleSpec = { ...GREY, storage: 'uint16', scaling: { type: 'divisor', divisor: 65_535 } };

const scaled = (spec: SampleSpec, stored: StoredValues): number[] => {
  const out = new Float32Array(stored.length);
  scaleInto(spec, stored, out);
  return [...out];
};

describe('scaling', () => {
  test('bytes, 16 bits and floats, with float32 bits', () => {
    const f = Math.fround;
    expect(scaled(GREY, Uint8Array.of(0, 51, 255))).toEqual([0, f(0.2), 1]);
    expect(scaled(WIDE, Uint16Array.of(0, 13_107, 65_535))).toEqual([0, f(0.2), 1]);
    const plain: SampleSpec = { ...ROWS, scaling: { type: 'divisor', divisor: 1 } };
    expect(scaled(plain, Float32Array.of(-3, 0.1))).toEqual([-3, f(0.1)]);
  });

  test('by columns: rounded after subtraction and after division, as a graph does it', () => {
    const stored = Float32Array.of(13, -1, 0.1, 0.3);
    const f = Math.fround;
    const tenth = f(0.1);
    expect(scaled(ROWS, stored)).toEqual([1.5, 0, f(f(tenth - 10) / 2), f(f(f(0.3) + 1) / tenth)]);
  });
});

describe('a source in memory', () => {
  const values = Uint8Array.from({ length: 15 }, (_, i) => i);
  const source = memorySource(GREY, values, { labels: Uint8Array.of(0, 1, 0, 1, 2), names: [...'abcde'] });

  test('reads samples in the order asked for, one of them twice', async () => {
    const into = new Uint8Array(12);
    await source.read(Uint32Array.of(3, 4, 0, 3), into);
    expect([...into]).toEqual([9, 10, 11, 12, 13, 14, 0, 1, 2, 9, 10, 11]);
  });

  test('subsets have their own labels and names, and can be made of subsets', async () => {
    const some = subset(subset(source, Uint32Array.of(4, 1, 3)), Uint32Array.of(2, 0));
    const into = new Uint8Array(6);
    await some.read(Uint32Array.of(1, 0), into);
    expect([...into]).toEqual([12, 13, 14, 9, 10, 11]);
    expect([some.count, [...some.labels!], some.names]).toEqual([2, [1, 2], ['d', 'e']]);
  });

  test('refuses values of another type or length', () => {
    expect(() => memorySource(GREY, values.subarray(1))).toThrow('samples of 3 uint8 values: got 14 values');
    expect(() => memorySource(GREY, new Float32Array(3))).toThrow('in a Float32Array');
  });
});

describe('passes', () => {
  const count = 2500;
  const source = memorySource(
    GREY,
    Uint8Array.from({ length: count * 3 }, (_, i) => i),
  );
  const all = async (most?: number) => {
    const groups: Float32Array[] = [];
    for await (const group of passes(source, most)) groups.push(group);
    return groups;
  };

  test('give every sample once, scaled, in order, at most 1,000 at a time', async () => {
    const groups = await all();
    expect(groups.map(({ length }) => length / 3)).toEqual([1000, 1000, 500]);
    expect(groups.flatMap((group) => [...group])).toEqual(
      Array.from({ length: count * 3 }, (_, i) => Math.fround((i % 256) / 255)),
    );
  });

  test('of some samples, spread evenly', async () => {
    const [group, ...rest] = await all(5);
    expect(rest).toEqual([]);
    const firsts = [0, 500, 1000, 1500, 2000].map((n) => Math.fround(((3 * n) % 256) / 255));
    expect([0, 1, 2, 3, 4].map((n) => group![3 * n])).toEqual(firsts);
  });

  test('take fewer rows of large samples', () => {
    expect(rowsWithin(2 ** 24, 784, 1000)).toBe(1000);
    expect(rowsWithin(2 ** 24, 3 * 512 * 512, 1000)).toBe(5);
    expect(rowsWithin(2 ** 24, 3 * 4096 * 4096, 1000)).toBe(1);
  });
});

describe('mean and spread', () => {
  test('of bytes', async () => {
    const source = memorySource(GREY, Uint8Array.of(0, 255, 51, 0, 0, 0));
    expect(await meanSample(source)).toEqual(Float32Array.of(0, 0.5, 0.1));
    expect(await spread(source)).toBeCloseTo(0.25 + 0.01, 12);
  });

  test('of columns, after scaling; large offsets lose nothing', async () => {
    const spec: SampleSpec = {
      ...ROWS,
      scaling: { type: 'columns', offset: Float32Array.of(2 ** 23, 0), scale: Float32Array.of(1, 2) },
    };
    const source = memorySource(spec, Float32Array.of(2 ** 23 + 1, 4, 2 ** 23 + 3, 8));
    expect([...(await meanSample(source))]).toEqual([2, 3]);
    expect(await spread(source)).toBe(1 + 1);
  });
});

describe('a fingerprint', () => {
  const sha = () => createHash('sha256');
  const values = Uint8Array.from({ length: 3 * 40 }, (_, i) => i);
  const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 3);

  test('is the hash of the labels and then the values', async () => {
    const expected = sha().update(labels).update(values).digest('hex');
    const all = Uint32Array.from(labels, (_, i) => i);
    const whole = memorySource(GREY, values, { labels });
    expect(await fingerprintOf(whole, sha)).toBe(expected);
    expect(await fingerprintOf(subset(whole, all), sha)).toBe(expected);
    expect(await fingerprintOf(subset(whole, all.slice().reverse()), sha)).not.toBe(expected);
  });

  test('is computed once for a source; a failed read is not kept', async () => {
    let reads = 0;
    const source: Source = {
      ...memorySource(GREY, values),
      async read() {
        if (++reads === 1) throw new Error('not now');
      },
    };
    await expect(fingerprintOf(source, sha)).rejects.toThrow('not now');
    const first = await fingerprintOf(source, sha);
    expect(await fingerprintOf(source, sha)).toBe(first);
    expect(reads).toBe(2);
  });
});
