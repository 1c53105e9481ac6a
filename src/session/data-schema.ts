/** What a training would find in its data, before it begins. */
import type { TableSchema } from '../data/tables/schema.ts';
import { HourglassError } from '../errors.ts';
import { loadRecipe } from '../node/recipes.ts';
import { dataSettings } from '../runs/index.ts';

/**
 * The columns of a table as a recipe with these settings would train on them.
 * @throws HourglassError as a training does, and of kind `usage` if the recipe's data are not a table.
 */
export async function dataSchema(
  recipe: string | object,
  set: Readonly<Record<string, unknown>>,
): Promise<TableSchema> {
  const [{ isTable }, { tableSchema }] = await Promise.all([
    import('../data/open.ts'),
    import('../data/tables/schema.ts'),
  ]);
  const loaded = loadRecipe(recipe, set);
  const { set: name } = loaded.data;
  if (!(await isTable(name))) {
    throw new HourglassError('usage', {
      subject: '--data-schema',
      rule: 'describes a table',
      got: name,
      hint: 'name one with --data <file>',
    });
  }
  const { table, images, validation } = dataSettings(loaded);
  const { test, splitSeed } = images;
  return tableSchema(name, { ...table, test, splitSeed, validation });
}
