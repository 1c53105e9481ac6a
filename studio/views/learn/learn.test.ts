import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseRecipe } from '../../../src/recipe/recipe.ts';
import { needsOf, stepThatTrains } from './tour.ts';
import { TOURS } from './tours/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test.each(TOURS.map((tour) => [tour.id, tour] as const))(
  '%s: its trainings are valid, and come before they are needed',
  (_, tour) => {
    for (const [i, step] of tour.steps.entries()) {
      for (const name of needsOf(step)) {
        const trains = stepThatTrains(tour, name);
        expect(trains).toBeGreaterThanOrEqual(0);
        expect(trains).toBeLessThan(i);
      }
      const { action } = step;
      if (action.type !== 'train') continue;
      const recipe = JSON.parse(readFileSync(`${ROOT}recipes/${action.recipe}.json`, 'utf8'));
      expect(() => parseRecipe(recipe, action.set)).not.toThrow();
    }
  },
);

test.each(TOURS.flatMap(({ id, steps }) => steps.map((step) => [id, step.title, step.text] as const)))(
  '%s, %s: three sentences',
  (_, __, text) => {
    // A sentence ends with a full stop; a colon or a question mark within it does not end it.
    expect(text.match(/[.!?](?= |$)/g)).toHaveLength(3);
  },
);
