/** Whether data are the same on other machines: what a run would record of them here. */
import { createHash } from 'node:crypto';
import { loadRecipe } from '../../node/recipes.ts';
import { dataFingerprint } from '../../session/on-disk.ts';
import type { TrialStart } from './trial-messages.ts';

const known = new Map<string, Promise<string | null>>();

/** The fingerprint of a trial's images; null where this machine does not have them. */
export function fingerprintFor({ recipe: given, set, dataDir, offline }: TrialStart): Promise<string | null> {
  const recipe = loadRecipe(given, set);
  const key = JSON.stringify([recipe.data, dataDir, offline]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const places = { ...(dataDir === null ? {} : { dataDir }), ...(offline ? { offline } : {}) };
  const found = dataFingerprint({ recipe, given: { ...set }, data: places }, () =>
    createHash('sha256'),
  ).catch(() => null);
  known.set(key, found);
  return found;
}
