import { describe, expect, test } from 'vitest';
import { labelsOf, onlyClasses } from './classes.ts';
import type { Dataset, LabelledImages } from './dataset.ts';
import { samplesOf } from './source.ts';

/** Images of two pixels, both their label times ten and their place. */
function images(labels: number[]): LabelledImages {
  return {
    images: Uint8Array.from(labels.flatMap((label, place) => [10 * label, place])),
    labels: Uint8Array.from(labels),
    count: labels.length,
  };
}

const inMemory: Dataset = {
  name: 'set',
  source: 'a test',
  height: 1,
  width: 2,
  channels: 1,
  classes: ['cat', 'dog', '0'],
  train: images([0, 1, 2, 1, 0]),
  validation: null,
  test: images([1, 0, 1]),
};
const set = samplesOf(inMemory);

describe('some classes', () => {
  test('are those images alone, in their order, under the same names', async () => {
    const { train, test: held, classes, source } = onlyClasses(set, ['dog']);
    const pixels = new Uint8Array(4);
    await train.read(Uint32Array.of(0, 1), pixels);
    expect([...pixels]).toEqual([10, 1, 10, 3]);
    expect([train.count, ...train.labels]).toEqual([2, 1, 1]);
    expect([...held.labels]).toEqual([1, 1]);
    expect(classes).toEqual(set.classes);
    expect(source).toBe('a test; only the class dog');
  });

  test('not asked for are all', () => expect(onlyClasses(set, undefined)).toBe(set));

  test('go by name before they go by place', () => {
    expect(labelsOf(set, ['0'])).toEqual([2]);
    expect(labelsOf(set, [0])).toEqual([0]);
    expect(labelsOf(set, ['1', 'cat', 1])).toEqual([0, 1]);
  });

  test('that there are none of are refused', () => {
    expect(() => labelsOf(set, ['bird'])).toThrow(
      'classes of set: must be among cat, dog, 0, or positions from 0 to 2, got bird',
    );
    expect(() => labelsOf(set, [3])).toThrow('got 3');
    expect(() => labelsOf(set, [''])).toThrow('classes of set');
    expect(() => onlyClasses(set, [2])).toThrow('set: has no test images of the requested classes, got 0');
  });
});
