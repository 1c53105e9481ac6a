/** What a training would find in its data, before it begins. */

import { tableSettingsOf } from '../data/tables/recipe-settings.ts';
import type { TableSchema } from '../data/tables/schema.ts';
import { HourglassError } from '../errors.ts';
import { loadRecipe } from '../node/recipes.ts';

/**
 * The columns of a table as a recipe with these settings would train on them.
 *
 * @param recipe as `train` takes it.
 * @param set recipe values to replace, by path: `{ 'data.set': 'parts.csv', 'data.label': 'kind' }`.
 * @throws HourglassError as a training does, and of kind `usage` if the recipe's data are not a table.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { dataSchema } from 'hourglass';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${10 + ((i * i) % 7)},${i % 2 ? 'A2' : 'A4'}`);
 * writeFileSync('parts.csv', `width,steel\n${lines.join('\n')}\n`);
 * const { columns, rows } = await dataSchema('basic', { 'data.set': 'parts.csv' });
 * console.log(rows, columns.map(({ name, type, width }) => [name, type, width]));
 * ```
 */
export async function dataSchema(
  recipe: string | object,
  set: Readonly<Record<string, unknown>>,
): Promise<TableSchema> {
  const [{ placeOnDisk }, { isTable }, { readTable }, { schemaOf }] = await Promise.all([
    import('../data/address.ts'),
    import('../data/open.ts'),
    import('../data/tables/open.ts'),
    import('../data/tables/schema.ts'),
  ]);
  const loaded = loadRecipe(recipe, set);
  const name = await placeOnDisk(loaded.data.set, {});
  if (!(await isTable(name))) {
    throw new HourglassError('usage', {
      subject: '--data-schema',
      rule: 'describes a table',
      got: name,
      hint: 'name one with --data <file>',
    });
  }
  return schemaOf(await readTable(name, tableSettingsOf(loaded)));
}
