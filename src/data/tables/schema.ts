/** What was found in a table: the type of each column, missing values, examples, and the values that it becomes. */
import {
  type ColumnStore,
  describeColumn,
  describeEncoding,
  LEFT_OUT,
  profileOf,
  type TableEncoding,
  widthOf,
} from '../../tables/index.ts';
import type { ReadTable } from './assemble.ts';

/** A column of a table. */
export interface ColumnSchema {
  /** The column's name. */
  name: string;
  /** What it is taken as; null if it is left out. */
  type: 'number' | 'boolean' | 'category' | null;
  /** Training rows without a value. */
  missing: number;
  /** Its range, its share of true or its categories; or why it is left out. */
  about: string;
  /** The first different values of the file. */
  examples: string[];
  /** How many values it becomes. */
  width: number;
}

/** A table as it would be trained on. */
export interface TableSchema {
  /** The absolute path. */
  path: string;
  /** The format in words. */
  format: string;
  /** Rows in each split; validation 0 if the test split serves. */
  rows: {
    /** Rows to train on. */
    train: number;
    /** Rows to validate on. */
    validation: number;
    /** Rows to measure on. */
    test: number;
  };
  /** How they were divided. */
  splits: string;
  /** How rows become the values of a model: what `openRows` and `encodeRecords` take. */
  encoding: TableEncoding;
  /** The encoding in one line. */
  about: string;
  /** The classes of the label. */
  classes: string[];
  /** In the order of the file. */
  columns: ColumnSchema[];
  /** The values of a row. */
  width: number;
  /** Notes to read before training. */
  notes: string[];
}

/** What was found in a table that was read. */
export function schemaOf({ store, splits, encoding, notes, about, path: whole }: ReadTable): TableSchema {
  const encoded = new Map(encoding.columns.map((column) => [column.name, column]));
  const leftOut = new Map(encoding.leftOut.map(({ name, why }) => [name, why]));
  const columns = store.columns.map((column): ColumnSchema => {
    const { name } = column;
    const found = encoded.get(name);
    const { missing } = profileOf(column, splits.train);
    const examples = examplesOf(column, store.rows);
    if (found === undefined)
      return { name, type: null, missing, about: LEFT_OUT[leftOut.get(name)!], examples, width: 0 };
    return {
      name,
      type: found.type,
      missing,
      about: describeColumn(found).values,
      examples,
      width: widthOf(found),
    };
  });
  const { train, validation, test } = splits;
  return {
    path: whole,
    format: about,
    rows: { train: train.length, validation: validation?.length ?? 0, test: test.length },
    splits: splits.note,
    encoding,
    about: describeEncoding(encoding),
    classes: encoding.label === null ? [] : splits.classes,
    columns,
    width: encoding.offset.length,
    notes,
  };
}

const EXAMPLES = 3;

/** The first different values. */
function examplesOf(column: ColumnStore, rows: number): string[] {
  const found = new Set<string>();
  for (let row = 0; row < Math.min(rows, 1000) && found.size < EXAMPLES; row++) {
    const text = column.category(row);
    if (text !== null) found.add(text.slice(0, 24));
  }
  return [...found];
}
