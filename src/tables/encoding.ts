/**
 * How a row of a table becomes the numbers that a model takes. The encoding is learned from the training rows, travels with
 * the data set, and is recorded with a run and its model, so that rows of a later file are encoded in the same way.
 */
import * as z from 'zod';
import { MISSING_POLICIES, SCALINGS } from '../choices.ts';

const named = {
  /** The column's name in the file. */
  name: z.string(),
  /** Whether a value of its own says that the value is missing: 1 if it is, otherwise 0. */
  indicator: z.boolean(),
};

const columnSchema = z.discriminatedUnion('type', [
  /** One value: the number. */
  z.object({
    ...named,
    /** A column of numbers. */
    type: z.literal('number'),
    /** The mean of the training rows; it takes the place of missing values. */
    mean: z.number(),
    /** The least and the greatest number in the training rows. */
    range: z.tuple([z.number(), z.number()]),
  }),
  /** One value: 0 or 1. */
  z.object({
    ...named,
    /** A column of true and false. */
    type: z.literal('boolean'),
    /** The share of true in the training rows; it takes the place of missing values. */
    mean: z.number(),
    /** The words for false and true, in lower case. */
    words: z.tuple([z.string(), z.string()]),
  }),
  /** One value for each category, 1 for the row's own and 0 for the others; missing: 0 for all. */
  z.object({
    ...named,
    /** A column of categories. */
    type: z.literal('category'),
    /** The categories, the most frequent first. */
    values: z.array(z.string()),
    /** Whether one more value is 1 for all other categories. Without it, another category is an error. */
    other: z.boolean(),
  }),
]);

export type EncodedColumn = z.infer<typeof columnSchema>;

/** Why a column of the file is not one of the model's. */
export const LEFT_OUT = {
  label: 'the label',
  time: 'the time of the split',
  group: 'the group of the split',
  ignored: 'left out by a setting',
  constant: 'the same value in all training rows',
  empty: 'no value in any training row',
  texts: 'nearly every row has a text of its own',
  counter: 'row numbers',
} as const;

const REASONS = ['label', 'time', 'group', 'ignored', 'constant', 'empty', 'texts', 'counter'] as const;

export const tableEncodingSchema = z.object({
  /** The version of this description. */
  version: z.literal(1),
  /** The columns that the model takes, in the order of their values. */
  columns: z.array(columnSchema).min(1),
  /** The columns of the training file that it does not take. */
  leftOut: z.array(
    z.object({
      /** The column's name in the file. */
      name: z.string(),
      /** Why it is left out. */
      why: z.enum(REASONS),
      /** The value that all training rows have in a constant column; null in an empty one. Absent for other columns. */
      value: z.union([z.number(), z.string()]).nullable().optional(),
    }),
  ),
  /** The column with the class of a row; null without one. */
  label: z
    .object({
      /** The column's name in the file. */
      name: z.string(),
      /** The class of the training rows, if they have only one; null otherwise. */
      normal: z.string().nullable(),
    })
    .nullable(),
  /** What happens with missing values. */
  missing: z.enum(MISSING_POLICIES),
  /** How columns of numbers are scaled. */
  scaling: z.enum(SCALINGS),
  /** Subtracted from each value, [values], of single precision. */
  offset: z.array(z.number()),
  /** Each value is divided by it after that, [values], of single precision and not 0. */
  scale: z.array(z.number()),
});

/** How a row of a table becomes the numbers that a model takes. Plain data: it is stored as JSON. */
export interface TableEncoding extends z.infer<typeof tableEncodingSchema> {}
