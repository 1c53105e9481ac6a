import { expect, test } from 'vitest';
import { valueAt, withValues } from './settings.ts';

test('values are set by path, in lists too, and nothing else changes', () => {
  const recipe = { name: 'x', model: { encoder: [{ units: 3 }, { units: 5 }] }, training: { epochs: 1 } };
  const changed = withValues(recipe, { 'model.encoder.1.units': 7, 'training.optimiser.type': 'sgd' });
  expect(changed).toEqual({
    name: 'x',
    model: { encoder: [{ units: 3 }, { units: 7 }] },
    training: { epochs: 1, optimiser: { type: 'sgd' } },
  });
  expect(recipe.model.encoder[1]!.units).toBe(5);
  expect(valueAt(changed, 'model.encoder.1.units')).toBe(7);
  expect(valueAt(changed, 'model.code.units')).toBeUndefined();
});

test('a path from an address reaches no prototype', () => {
  withValues({}, { '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
