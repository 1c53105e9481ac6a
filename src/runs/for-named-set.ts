/** A recipe for other data than its own: without the settings that say nothing of them. */
import { FOLDER_SETTINGS } from '../recipe/index.ts';
import { TABLE_SETTINGS } from '../tables/index.ts';

/**
 * For a data set with a name, or arrays: a copy without the settings of how a folder or a table becomes samples, if the recipe
 * has some; else the recipe itself.
 * @param given the paths of settings that were given for this run: they stay, and are refused where they are no use.
 */
export const forNamedSet = <C extends object>(config: C, given: readonly string[] = []): C =>
  without(config, given, [...FOLDER_SETTINGS, ...TABLE_SETTINGS]);

/** A copy without the settings of folders that tables do not have. */
export const forTable = <C extends object>(config: C, given: readonly string[] = []): C =>
  without(config, [...given, 'data.test', 'data.splitSeed', 'data.stream'], FOLDER_SETTINGS, TABLE_SETTINGS);

/** A copy without the settings of tables that folders of images do not have. */
export const forFolder = <C extends object>(config: C, given: readonly string[] = []): C =>
  without(config, given, TABLE_SETTINGS, FOLDER_SETTINGS);

/** A copy without settings of the data that were not given for this run; `shared` ones stay. */
function without<C extends object>(
  config: C,
  given: readonly string[],
  settings: readonly string[],
  shared: readonly string[] = [],
): C {
  const { data } = config as { data?: unknown };
  if (typeof data !== 'object' || data === null) return config;
  const isGiven = (key: string) =>
    given.some((path) => path === 'data' || `${path}.`.startsWith(`data.${key}.`));
  const kept = Object.entries(data).filter(
    ([key, value]) => value === undefined || isGiven(key) || shared.includes(key) || !settings.includes(key),
  );
  return kept.length === Object.keys(data).length ? config : { ...config, data: Object.fromEntries(kept) };
}
