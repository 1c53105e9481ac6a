import { expect, test } from 'vitest';
import { forNamedSet } from './for-named-set.ts';

test('settings for folders are left out, others stay', () => {
  const config = {
    name: 'own',
    data: { set: 'mnist', size: 128, invert: true, classes: [1], validation: 10 },
  };
  expect(forNamedSet(config)).toEqual({
    name: 'own',
    data: { set: 'mnist', classes: [1], validation: 10 },
  });
  const plain = { name: 'own', data: { classes: [1] } };
  expect(forNamedSet(plain)).toBe(plain);
  expect(forNamedSet({ name: 'own' })).toEqual({ name: 'own' });
});

test('settings that were given for this run stay', () => {
  const config = { data: { set: 'mnist', longerSide: 128, fit: 'fill', size: 64 } };
  expect(forNamedSet(config, ['data.size', 'training.epochs'])).toEqual({ data: { set: 'mnist', size: 64 } });
  expect(forNamedSet(config, ['data'])).toBe(config);
});

test('a setting within one that is for folders was given, too: it is refused where the data are opened', () => {
  const config = { data: { set: 'mnist', tiles: { side: 16 }, longerSide: 128 } };
  expect(forNamedSet(config, ['data.tiles.side'])).toEqual({ data: { set: 'mnist', tiles: { side: 16 } } });
  expect(forNamedSet(config, ['data.tilesets'])).toEqual({ data: { set: 'mnist' } });
});
