/** A table of a page, read in the worker by the program's own readers. */
import type { SampleSet } from '../../data/dataset.ts';
import { assembleTable, type ReadTable, tableSet } from '../../data/tables/assemble.ts';
import { tableIn } from '../../data/tables/format.ts';
import { joinedRows } from '../../data/tables/join.ts';
import { tableSettingsOf } from '../../data/tables/recipe-settings.ts';
import { schemaOf, type TableSchema } from '../../data/tables/schema.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { storedArray } from '../../samples/index.ts';
import type { TableEncoding } from '../../tables/index.ts';
import { unpacked } from '../unpacked.ts';
import { MemoryBytes } from './memory-bytes.ts';
import type { CallContext } from './serve.ts';

/** The files of a table. */
export interface PostedTable {
  /** The name that every result carries. */
  readonly name: string;
  readonly table: readonly { readonly name: string; readonly file: Blob }[];
}

/** Bytes that a table may take while it is trained on: a page's memory is not known. */
const FREE = 3e9;

/** Rows of one split. */
export interface RowsOfSplit {
  /** [count, values], in the columns' own units. */
  readonly values: Float32Array;
  /** The class of each row, as a position in the list of names. */
  readonly labels: Uint8Array;
  /** The number of each row in its file, from 1. */
  readonly names: readonly string[];
}

/** Rows of a table by split. */
export interface RowSplits {
  /** How rows become values, and values rows. */
  readonly encoding: TableEncoding;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The rows that a training learns from, without those for validation. */
  readonly train: RowsOfSplit;
  /** The rows that a model is measured on. */
  readonly test: RowsOfSplit;
}

async function readTable(
  { name, table }: PostedTable,
  recipe: Pick<Recipe, 'data'>,
  { emit, signal }: Pick<CallContext, 'emit' | 'signal'>,
): Promise<ReadTable> {
  const settings = tableSettingsOf(recipe);
  const files = [...table].sort((a, b) => (a.name < b.name ? -1 : 1));
  const open = async (shard: number) => {
    const { name, file } = files[shard]!;
    const reader = await tableIn(new MemoryBytes(await unpacked(file, name), name), settings);
    return { ...reader, close: async () => {} };
  };
  const names = files.map((file) => file.name);
  const rows = {
    ...{ path: name, whole: name, files: names },
    groups: (onFormat: (about: string) => void) => joinedRows(names, open, onFormat),
  };
  const onRead = ({ read, total }: { read: number; total: number }) => emit({ type: 'reading', read, total });
  return assembleTable(rows, settings, { onRead, signal, free: FREE });
}

/** A table as a data set, by the settings of the recipe that is trained on it. */
export const samplesOfTable = async (
  posted: PostedTable,
  recipe: Pick<Recipe, 'data'>,
  context: Pick<CallContext, 'emit' | 'signal'>,
): Promise<SampleSet> => tableSet(posted.name, await readTable(posted, recipe, context));

/** What was found in a table. */
export const schemaOfTable = async (...given: Parameters<typeof readTable>): Promise<TableSchema> =>
  schemaOf(await readTable(...given));

/** The rows of a table by split. */
export async function rowsOfTable(...given: Parameters<typeof samplesOfTable>): Promise<RowSplits> {
  const { train, test, classes, table } = await samplesOfTable(...given);
  const split = async ({ spec, count, labels, names, read }: typeof train): Promise<RowsOfSplit> => {
    const values = storedArray(spec, count) as Float32Array;
    await read(
      Uint32Array.from({ length: count }, (_, i) => i),
      values,
    );
    return { values, labels, names: names ?? [] };
  };
  return { encoding: table!.encoding, classes, train: await split(train), test: await split(test) };
}
