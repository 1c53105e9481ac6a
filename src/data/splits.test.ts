import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { imageSpec, type LabelledSource, memorySource } from '../samples/index.ts';
import type { LabelledImages, SampleSet } from './dataset.ts';
import { samplesOf } from './source.ts';
import { holdOut, proportionalShares, trainingSplits } from './splits.ts';

/** `count` one-pixel images whose pixels are their places, with these labels in turn. */
function images(count: number, labels: number[]): LabelledImages {
  return {
    images: Uint8Array.from({ length: count }, (_, index) => index),
    labels: Uint8Array.from({ length: count }, (_, index) => labels[index % labels.length]!),
    count,
  };
}

function dataset(train: LabelledImages, validation: LabelledImages | null): SampleSet {
  const test = images(20, [0, 1]);
  const fixed = {
    name: 'set',
    source: 'a test',
    height: 1,
    width: 1,
    channels: 1 as const,
    classes: ['a', 'b'],
  };
  return samplesOf({ ...fixed, train, validation, test });
}

const sourceOfPixels = (count: number, labels: number[]): LabelledSource => {
  const made = images(count, labels);
  const spec = imageSpec({ channels: 1, height: 1, width: 1 });
  return { ...memorySource(spec, made.images), labels: made.labels };
};

/** All pixels of a source: the places that its images had. */
async function pixelsOf(source: LabelledSource): Promise<number[]> {
  const into = new Uint8Array(source.count);
  await source.read(
    Uint32Array.from(into, (_, i) => i),
    into,
  );
  return [...into];
}

describe('proportionalShares', () => {
  test('adds up, stays within one of the exact share, and never exceeds a class', () => {
    const cases = fc
      .array(fc.nat(500), { minLength: 1, maxLength: 12 })
      .filter((sizes) => sizes.some((size) => size > 0))
      .chain((sizes) => fc.tuple(fc.constant(sizes), fc.nat(sizes.reduce((a, b) => a + b) - 1)));
    fc.assert(
      fc.property(cases, ([sizes, total]) => {
        const shares = proportionalShares(sizes, total);
        const all = sizes.reduce((a, b) => a + b);
        expect(shares.reduce((a, b) => a + b)).toBe(total);
        for (const [index, share] of shares.entries()) {
          expect(Math.abs(share - (sizes[index]! * total) / all)).toBeLessThan(1);
          expect(share).toBeLessThanOrEqual(sizes[index]!);
        }
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});

describe('holdOut', () => {
  test('parts the images, keeps their order, and keeps the classes in proportion', async () => {
    const data = sourceOfPixels(200, [0, 0, 0, 1]);
    const { kept, heldOut } = holdOut(data, 40, 7);
    expect([kept.count, heldOut.count]).toEqual([160, 40]);
    const [left, taken] = [await pixelsOf(kept), await pixelsOf(heldOut)];
    expect([...left, ...taken].sort((a, b) => a - b)).toEqual(await pixelsOf(data));
    for (const [part, places] of [
      [kept, left],
      [heldOut, taken],
    ] as const) {
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect([...part.labels]).toEqual(places.map((place) => data.labels[place]));
    }
    expect(heldOut.labels.filter((label) => label === 1)).toHaveLength(10);
  });

  test('depends on the seed and on nothing else', async () => {
    const held = (seed: number, count = 30) =>
      pixelsOf(holdOut(sourceOfPixels(200, [0, 1, 2]), count, seed).heldOut);
    expect(await held(7)).toEqual(await held(7));
    expect(await held(7)).not.toEqual(await held(8));
    // Golden: these images are held out for ever, on every machine.
    expect(await held(7, 6)).toMatchInlineSnapshot(`
      [
        67,
        79,
        102,
        119,
        132,
        140,
      ]
    `);
  });

  test.each([0, -1, 1.5, Number.NaN, 200, 201])('refuses %d of 200', (count) => {
    expect(() => holdOut(sourceOfPixels(200, [0]), count, 1)).toThrow(HourglassError);
  });
});

describe('trainingSplits', () => {
  test('auto takes the own validation split, else a twelfth', async () => {
    const own = images(10, [0, 1]);
    const train = images(120, [0, 1]);
    const given = trainingSplits(dataset(train, own), 'auto');
    expect(await pixelsOf(given.train)).toEqual([...train.images]);
    expect(await pixelsOf(given.validation)).toEqual([...own.images]);
    const held = trainingSplits(dataset(train, null), 'auto');
    expect([held.train.count, held.validation.count, held.test.count]).toEqual([110, 10, 20]);
    expect(held.note).toBe('validation: 10 of 120 training images held out, the same in every run');
  });

  test('takes a number, or the test split for watching', () => {
    const set = dataset(images(120, [0, 1]), null);
    expect(trainingSplits(set, 30).validation.count).toBe(30);
    const watching = trainingSplits(set, 'test');
    expect(watching.train.count).toBe(120);
    expect(watching.validation).toBe(watching.test);
    expect(() => trainingSplits(set, 120)).toThrow('below the 120 training images, got 120');
  });
});
