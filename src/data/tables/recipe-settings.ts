/** How the table of a recipe becomes a data set. */
import { TABLE_SETTINGS } from '../../tables/index.ts';
import type { OpenTableSettings } from './assemble.ts';

/** The settings of a recipe's data that tables have. */
export function tableSettingsOf({ data }: { readonly data: OpenTableSettings }): OpenTableSettings {
  const { test, splitSeed, validation } = data;
  const own = Object.entries(data).filter(
    ([name, value]) => value !== undefined && TABLE_SETTINGS.includes(name),
  );
  return { ...Object.fromEntries(own), test, splitSeed, validation };
}
