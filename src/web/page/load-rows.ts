/** A table as a recipe would be trained on it, for a page that shows its columns and rows. */
import type { TableSchema } from '../../data/tables/schema.ts';
import { HourglassError } from '../../errors.ts';
import type { RowSplits } from '../work/table.ts';
import { startWorker } from '../worker-thread.ts';
import { postedTable, type TableData } from './given-data.ts';
import { WorkerClient } from './worker-client.ts';

/** A table, and recipe values to replace by path. */
export interface RowOptions {
  /** The table. */
  data: TableData;
  /** Recipe values to replace, by path: `{ 'data.label': 'kind' }`. */
  set?: Readonly<Record<string, unknown>>;
}

/**
 * The columns of a table as a recipe would be trained on them.
 *
 * @param recipe a recipe's name, or the recipe as an object.
 * @throws HourglassError of kind `data` for a table that cannot be read, with file, row and column; `usage` for a setting.
 *
 * @example
 * ```ts
 * import { tableSchema } from 'hourglass/web';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${(i * i) % 7},${i % 2 ? 'A2' : 'A4'}`);
 * const table = [new File([`width,steel\n${lines.join('\n')}\n`], 'parts.csv')];
 * const { columns } = await tableSchema('table', { data: { table } });
 * console.log(columns.map(({ name, type }) => `${name}: ${type}`)); // width: number, steel: category
 * ```
 */
export const tableSchema = (recipe: string | object, options: RowOptions): Promise<TableSchema> =>
  asked('schema', recipe, options);

/**
 * The rows of a table by split, exactly as a training with the same data and settings gets them.
 *
 * @param recipe a recipe's name, or the recipe as an object.
 * @throws HourglassError of kind `data` for a table that cannot be read, with file, row and column; `usage` for a setting.
 *
 * @example
 * ```ts
 * import { loadRows } from 'hourglass/web';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${(i * i) % 7},${i % 2 ? 'A2' : 'A4'}`);
 * const table = [new File([`width,steel\n${lines.join('\n')}\n`], 'parts.csv')];
 * const { test, encoding } = await loadRows('table', { data: { table } });
 * console.log(test.names, encoding.columns.length); // the numbers of the test rows, 2 columns
 * ```
 */
export const loadRows = (recipe: string | object, options: RowOptions): Promise<RowSplits> =>
  asked('rows', recipe, options);

async function asked<T>(what: string, recipe: string | object, { data, set = {} }: RowOptions): Promise<T> {
  const client = new WorkerClient(startWorker());
  try {
    return await client.call<T>(what, postedTable(data), recipe, set);
  } finally {
    await client.end(new HourglassError('usage', { subject: 'data', rule: 'are loaded' }));
  }
}
