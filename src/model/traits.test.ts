import { describe, expect, test } from 'vitest';
import { loadRecipe, recipeNames } from '../node/recipes.ts';
import { readSettings, traitsOf } from './settings-traits.ts';
import { encodeTraits, traitsIn } from './traits.ts';

describe.each(recipeNames())('%s', (name) => {
  const recipe = loadRecipe(name);
  const traits = encodeTraits(traitsOf(recipe));

  test('has in its metadata what its settings say', async () => {
    const said = await readSettings({ configuration: JSON.stringify(recipe) }, 'model');
    expect(traitsIn({ traits }, 'model')).toEqual(JSON.parse(JSON.stringify(said)));
    expect(said.isUnknown).toBeUndefined();
  });
});

test('a conditional model says what it is told', () => {
  const condition = { on: 'class', classes: ['a', 'b', 'c'], unseen: ['b'] } as const;
  const recipe = loadRecipe('conditional', { 'model.condition': condition });
  const found = traitsIn({ traits: encodeTraits(traitsOf(recipe)) }, 'model');
  expect(found?.condition).toEqual({ classes: ['a', 'b', 'c'], unseen: ['b'] });
});

test('files of an older hourglass have none', () => {
  expect(traitsIn({ configuration: '{}' }, 'model')).toBeNull();
});

const whole = traitsOf(loadRecipe('vq'));
test.each([
  ['no JSON', '{'],
  ['nothing', 'null'],
  ['a list', '[]'],
  ['no outputs', JSON.stringify({ ...whole, outputs: undefined })],
  ['numbers for words', JSON.stringify({ ...whole, prior: { name: 1, isStandardNormal: true } })],
  [
    'more symbols than arrays can hold',
    JSON.stringify({ ...whole, symbols: { each: 'unit', count: 65_537 } }),
  ],
  ['half a symbol', JSON.stringify({ ...whole, symbols: { each: 'unit', count: 2.5 } })],
  [
    'more classes than labels',
    JSON.stringify({ ...whole, condition: { classes: Array(257).fill('a'), unseen: [] } }),
  ],
])('traits that are %s are refused', (_, traits) => {
  expect(() => traitsIn({ traits }, 'model/encoder.onnx')).toThrow(
    "model/encoder.onnx: its metadata 'traits' are damaged",
  );
});
