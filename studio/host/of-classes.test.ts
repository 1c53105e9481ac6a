import { expect, test } from 'vitest';
import { ofClasses } from './of-classes.ts';

const set = {
  ...{
    kind: 'image' as const,
    count: 4,
    channels: 1 as const,
    height: 1,
    width: 2,
    classes: ['zero', 'one', 'two'],
  },
  ...{ values: Uint8Array.of(0, 0, 10, 11, 20, 21, 12, 13), labels: Uint8Array.of(0, 1, 2, 1) },
};

test('images of some classes, by name or by position; labels stay positions in the list of all', () => {
  for (const chosen of [
    ['one', 2],
    [2, 1],
    ['1', 'two'],
  ]) {
    const found = ofClasses(set, chosen);
    expect(found.count).toBe(3);
    expect([...found.values]).toEqual([10, 11, 20, 21, 12, 13]);
    expect([...found.labels]).toEqual([1, 2, 1]);
    expect(found.classes).toEqual(set.classes);
  }
});

test('without a choice, all of them', () => {
  expect(ofClasses(set, null)).toBe(set);
  expect(ofClasses(set, undefined)).toBe(set);
});
