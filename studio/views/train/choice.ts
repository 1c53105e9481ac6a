/** What is chosen on the page, in its address: recipe, data, seed and changed settings, each under its own path. */

import type { RecipeEntry } from '../../../src/studio/protocol.ts';
import { valueAt, withValues } from '../../../src/studio/settings.ts';
import { parameter, parameters, setParameters } from '../../address.ts';

type Values = Readonly<Record<string, unknown>>;

/** Parameters of the address that are no settings. */
const OTHERS = new Set(['run', 'beside', 'recipe', 'data']);

/** The settings that are changed, by path. */
export function changedSettings(): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const [path, text] of parameters()) {
    if (OTHERS.has(path) || !/^[a-zA-Z][a-zA-Z0-9.]*$/.test(path)) continue;
    try {
      set[path] = JSON.parse(text);
    } catch {
      set[path] = text;
    }
  }
  return set;
}

/** Changes a setting; the recipe's own value is no change. */
export function changeSetting(recipe: RecipeEntry, path: string, value: unknown): void {
  const set = changedSettings();
  const whole = Object.keys(set).find((each) => path.startsWith(`${each}.`));
  const changes: Record<string, string | null> = {};
  if (whole !== undefined) {
    const own = { value: set[whole] as Values };
    changes[whole] = JSON.stringify(
      (withValues(own, { [`value.${path.slice(whole.length + 1)}`]: value }) as { value: unknown }).value,
    );
  } else {
    const isOwn = JSON.stringify(valueAt(recipe.config, path)) === JSON.stringify(value);
    changes[path] = isOwn || value === undefined ? null : JSON.stringify(value);
    for (const each of Object.keys(set)) if (each.startsWith(`${path}.`)) changes[each] = null;
  }
  setParameters(changes);
}

/** Another recipe, whose settings have not been changed. */
export function chooseRecipe(id: string): void {
  const cleared = Object.fromEntries(Object.keys(changedSettings()).map((path) => [path, null]));
  setParameters({ ...cleared, recipe: id, seed: parameter('seed') });
}
