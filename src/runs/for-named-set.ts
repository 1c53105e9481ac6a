/** A recipe for a data set with a name, whose images have a size of their own. */
import { FOLDER_SETTINGS } from '../recipe/index.ts';

/**
 * A copy without the settings of how a folder becomes images, if the recipe has some; else the recipe itself.
 * @param given the paths of settings that were given for this run: they stay, and are refused where they are no use.
 */
export function forNamedSet<C extends object>(config: C, given: readonly string[] = []): C {
  const { data } = config as { data?: unknown };
  if (typeof data !== 'object' || data === null) return config;
  const isGiven = (key: string) =>
    given.some((path) => path === 'data' || `${path}.`.startsWith(`data.${key}.`));
  const kept = Object.entries(data).filter(
    ([key, value]) => value === undefined || isGiven(key) || !FOLDER_SETTINGS.includes(key),
  );
  return kept.length === Object.keys(data).length ? config : { ...config, data: Object.fromEntries(kept) };
}
