/** How a table becomes a data set: the settings under `data` in a recipe that are only for tables. */
import * as z from 'zod';
import { COLUMN_TYPES, MISSING_POLICIES, ROW_SPLITS, SCALINGS } from '../choices.ts';

const columnNames = z.union([z.string(), z.array(z.string()).min(1)]);

/** Without defaults: they apply only to tables. */
export const tableSettingsShape = {
  label: z
    .string()
    .optional()
    .describe(
      'for a table: the column with the class of a row, which the model does not see (default: a column named label, class, target or y; none: there is none)',
    ),
  normal: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe(
      'for a table with a label: the class of normal rows. Only they are trained on; the rows of all other classes are in the test split',
    ),
  ignore: columnNames.optional().describe('for a table: a column that is left out, or a list of columns'),
  types: z
    .record(z.string(), z.enum(COLUMN_TYPES))
    .optional()
    .describe(
      "for a table: what columns are taken as, where it is not what their values look like: number, boolean, category or ignore, by the column's name",
    ),
  missing: z
    .enum(MISSING_POLICIES)
    .optional()
    .describe(
      'for a table: what happens with missing values. refuse (default): an error; mean: the mean of the training rows takes their place, and one more value says that it does; drop: the row is left out',
    ),
  scaling: z
    .enum(SCALINGS)
    .optional()
    .describe(
      'for a table: how columns of numbers are scaled. standard (default): by mean and standard deviation; robust: by median and quartiles; min-max: to 0 to 1; norm: all by one number, so that rows have a mean length of the root of their columns; none. Learned on the training split alone',
    ),
  categories: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'for a table: how many categories of a column have a value of their own, the most frequent first; the others share one (default 32)',
    ),
  split: z
    .enum(ROW_SPLITS)
    .optional()
    .describe(
      'for a table: how rows are divided into training and test split: at random (default), or in the order of the file, the last to test',
    ),
  time: z
    .string()
    .optional()
    .describe('for a table: a column with numbers or dates; the latest rows are the test split'),
  group: z
    .string()
    .optional()
    .describe('for a table: a column; all rows with the same value in it are in the same split'),
  header: z
    .boolean()
    .optional()
    .describe(
      'for CSV and TSV: whether the first line has the names of the columns (default: if it looks like it)',
    ),
  array: z
    .string()
    .optional()
    .describe(
      'the name of the array with the rows in NPZ and safetensors, of the column of lists in Parquet (default: the only one, or X)',
    ),
} as const;

/** How a table becomes a data set; docs/tables.md says more. */
export interface TableSettings {
  /** The column with the class of a row. Default: a column named label, class, target or y; `none`: there is none. */
  label?: string | undefined;
  /** The class of normal rows: only they are trained on. */
  normal?: string | number | boolean | undefined;
  /** A column that is left out, or several. */
  ignore?: string | string[] | undefined;
  /** What columns are taken as, by name. */
  types?: Record<string, (typeof COLUMN_TYPES)[number]> | undefined;
  /** What happens with missing values; default `refuse`. */
  missing?: (typeof MISSING_POLICIES)[number] | undefined;
  /** How columns of numbers are scaled; default `standard`. */
  scaling?: (typeof SCALINGS)[number] | undefined;
  /** How many categories of a column have a value of their own; default 32. */
  categories?: number | undefined;
  /** Whether rows are divided at random (default) or in the order of the file. */
  split?: (typeof ROW_SPLITS)[number] | undefined;
  /** A column with numbers or dates; the latest rows are the test split. */
  time?: string | undefined;
  /** A column; all rows with the same value in it are in the same split. */
  group?: string | undefined;
  /** Whether the first line of a CSV has the names; default: if it looks like it. */
  header?: boolean | undefined;
  /** The array of an NPZ or safetensors file with the rows, or the column of lists of a Parquet file. */
  array?: string | undefined;
  /** The share of the rows that is kept for the test split; default 0.15. */
  test?: number | undefined;
  /** Decides which rows those are; default 1. */
  splitSeed?: number | undefined;
}

/** The settings that are only for tables. */
export const TABLE_SETTINGS: readonly string[] = Object.keys(tableSettingsShape);
