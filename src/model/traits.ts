/**
 * What a model's recipe says of the use of the model, as plain data. Its files say it in their metadata, so that a page need not
 * load the schemas of all settings to open one.
 */
import * as z from 'zod/mini';
import type { CorruptionConfig, PriorTraits, Symbols } from '../models/index.ts';
import type { ConditionInfo } from './classes.ts';
import { refuse } from './content.ts';

/** An output of the encoder next to `code`. */
interface NamedOutput {
  name: string;
  /** Whether it is float32 [N, units], one number for each unit of the code. */
  perUnit: boolean;
}

export interface ModelTraits {
  /** What its codes can be drawn from; null if they have no prior. */
  prior: PriorTraits | null;
  /** Whether each image has a distribution of codes. */
  hasVariance: boolean;
  /** The few values that a code can have; null if it can have any. */
  symbols: Symbols | null;
  /** What its encoder may give next to codes. */
  outputs: readonly NamedOutput[];
  /** What it is told; null if nothing. */
  condition: ConditionInfo | null;
  /** What it was trained to remove. */
  corruption: CorruptionConfig;
  /** Whether the recipe could not be read, so that nothing is known: it names an extension, or hourglass did not write it. */
  isUnknown?: boolean;
}

type Metadata = Readonly<Record<string, string>>;

/** Finds the traits of a model in the metadata of one of its files; `file` names that file in errors. */
export type TraitsReader = (metadata: Metadata, file: string) => ModelTraits | Promise<ModelTraits>;

/** Labels and the whole numbers of codes are bounded by the arrays that they are kept in. */
const MOST_CLASSES = 256;
const MOST_SYMBOLS = 65_536;

const count = z.int().check(z.minimum(1), z.maximum(MOST_SYMBOLS));
const named = z.array(z.string()).check(z.maxLength(MOST_CLASSES));
const traitsSchema = z.object({
  prior: z.nullable(z.object({ name: z.string(), isStandardNormal: z.boolean() })),
  hasVariance: z.boolean(),
  symbols: z.nullable(
    z.object({
      each: z.enum(['unit', 'position']),
      count,
      width: z.optional(count),
      stages: z.optional(count),
    }),
  ),
  outputs: z.array(z.object({ name: z.string(), perUnit: z.boolean() })),
  condition: z.nullable(z.object({ classes: named, unseen: named })),
  corruption: z.catchall(z.object({ type: z.string() }), z.unknown()),
});

/** The metadata's text of these traits. */
export const encodeTraits = (traits: ModelTraits): string => JSON.stringify(traits);

/**
 * The traits in a file's metadata; null in files of an older hourglass, which lack them.
 * @throws HourglassError of kind 'data' if they are damaged.
 */
export function traitsIn({ traits }: Metadata, file: string): ModelTraits | null {
  if (traits === undefined) return null;
  const { data } = traitsSchema.safeParse(jsonIn(traits));
  if (data === undefined) throw refuse(file, "its metadata 'traits' are damaged");
  // What makes noise checks the settings of the corruptions that it knows.
  return { ...data, corruption: data.corruption as CorruptionConfig };
}

/** The settings in a model's metadata; null if hourglass did not write them. */
export const configurationIn = ({ configuration = 'null' }: Metadata): unknown => jsonIn(configuration);

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
