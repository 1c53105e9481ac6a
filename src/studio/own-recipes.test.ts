import { expect, test } from 'vitest';
import { entryOfOwn, isObject, recipeNameOf } from './own-recipes.ts';

test('the name of a file becomes a name that leads nowhere else', () => {
  expect(recipeNameOf('my vae.json')).toBe('my-vae');
  expect(recipeNameOf('vae.v2.JSON')).toBe('vae-v2');
  expect(recipeNameOf('../../etc/passwd')).toBe('etc-passwd');
  expect(recipeNameOf('café_β.json')).toBe('café_β');
  expect(recipeNameOf('....json')).toBe('recipe');
  expect(recipeNameOf(`${'x'.repeat(500)}.json`)).toHaveLength(60);
});

test('an entry needs nothing but an object', () => {
  expect(entryOfOwn('mine', { why: 3 }, { problem: 'recipe: why must be a string' })).toEqual({
    ...{ id: 'own:mine', origin: 'own', name: 'mine', config: { why: 3 } },
    ...{ why: '', reference: null, problem: 'recipe: why must be a string' },
  });
  expect([isObject({}), isObject([]), isObject(null), isObject('{}')]).toEqual([true, false, false, false]);
});
