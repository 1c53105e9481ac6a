/** A recipe for a data set with a name, whose images have a size of their own. */
import { FOLDER_SETTINGS } from '../recipe/index.ts';

type Config = Readonly<Record<string, unknown>>;

/** A copy without the settings of how a folder becomes images, if the recipe has some; else the recipe itself. */
export function forNamedSet(config: Config): Config {
  const { data } = config;
  if (typeof data !== 'object' || data === null) return config;
  const kept = Object.entries(data).filter(([key]) => !FOLDER_SETTINGS.includes(key));
  return kept.length === Object.keys(data).length ? config : { ...config, data: Object.fromEntries(kept) };
}
