import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../../../src/recipe/recipe.ts';
import { withValues } from '../../../src/studio/settings.ts';
import { type Field, groupsOf, problemOf, type Schema } from './fields.ts';

const recipes = fileURLToPath(new URL('../../../recipes/', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(`${recipes}${name}`, 'utf8'));
const schema: Schema = read('recipe.schema.json');

const all = (config: unknown): Field[] => {
  const { main, rest } = groupsOf(schema, config);
  return [...main, ...rest.flatMap(({ fields }) => fields)];
};
const field = (config: unknown, path: string) => all(config).find((each) => each.path === path);

describe('the form of every recipe', () => {
  const names = readdirSync(recipes).filter((name) => /^[^.]+\.json$/.test(name));
  test.each(names)('%s', (name) => {
    const fields = all(read(name));
    expect(fields.length).toBeGreaterThan(20);
    expect(new Set(fields.map(({ path, kind }) => `${path} ${kind}`)).size).toBe(fields.length);
    for (const each of fields) expect([each.path, problemOf(each, each.value)]).toEqual([each.path, null]);
  });
});

test('the main settings come first, with their defaults and help', () => {
  const { main, rest } = groupsOf(schema, read('vae.json'));
  expect(main.map(({ path }) => path)).toEqual([
    'training.epochs',
    'training.batchSize',
    'training.optimiser.learningRate',
    'model.code.units',
    'model.code.kl.weight',
  ]);
  expect(main.at(-1)).toMatchObject({ value: 1, label: 'KL weight β' });
  expect(rest.map(({ title }) => title)).toEqual([
    ...['Training', 'Model', 'Loss', 'Noise', 'Penalties', 'Data', 'More'],
  ]);
  expect(field(read('vae.json'), 'training.keep')).toMatchObject({ kind: 'choice', value: 'best' });
  expect(field(read('vae.json'), 'model.encoder.0.units')?.label).toBe('Encoder 1, dense: Units');
});

test('another kind has other settings', () => {
  const vae = read('vae.json');
  const noise = field(vae, 'corruption')!;
  const labels = noise.choices.map(({ label }) => label);
  expect(labels).toEqual([
    'none',
    'gaussian',
    'multiscale gaussian',
    'masking',
    'salt and pepper',
    'defects',
  ]);
  const changed = withValues(vae, { corruption: noise.choices[1]!.value });
  expect(field(changed, 'corruption.sigma')).toMatchObject({ value: 0.4 });
  expect(field(vae, 'corruption.sigma')).toBeUndefined();
});

test('values are checked by the schema', () => {
  const epochs = field(read('vae.json'), 'training.epochs')!;
  expect(problemOf(epochs, 0)).toBe('It must be at least 1.');
  expect(problemOf(epochs, 1.5)).toBe('It must be a whole number.');
  expect(problemOf(epochs, Number.NaN)).toBe('It must be a number.');
  expect(problemOf(epochs, null)).toBe('A value is needed.');
  expect(problemOf(field(read('vae.json'), 'training.clipNorm')!, null)).toBeNull();
});

test('the layers of a list can be of every kind, and a new one is complete', () => {
  const vae = read('vae.json');
  const list = field(vae, 'model.encoder')!;
  expect(list).toMatchObject({ kind: 'layers', value: vae.model.encoder, label: 'Encoder' });
  expect(list.choices.map(({ label }) => label)).toEqual([
    ...['dense', 'dropout', 'batch norm', 'activation', 'conv', 'conv transpose', 'max pool', 'upsample'],
    ...['flatten', 'reshape'],
  ]);
  for (const { value } of list.choices) {
    const changed = withValues(vae, { 'model.encoder': [value] });
    expect(() =>
      parseRecipe({ ...changed, model: { ...(changed.model as object), decoder: [] } }),
    ).not.toThrow();
    for (const each of all(changed).filter(({ path }) => path.startsWith('model.encoder.')))
      expect([each.path, problemOf(each, each.value)]).toEqual([each.path, null]);
  }
});
