/**
 * Recipes: named configurations. One schema serves the JSON files, `--set` on the command line and the
 * library; every default is in it, and a key that it does not know is an error.
 */
import * as z from 'zod';
import { FITS, LAYOUTS } from '../choices.ts';
import { HourglassError } from '../errors.ts';
import {
  type AutoencoderConfig,
  autoencoderSchema,
  type CorruptionConfig,
  checkObjective,
  derived,
  extensionsOf,
  type LossConfig,
  missingExtension,
  objectiveSchema,
  type PenaltiesConfig,
} from '../models/index.ts';
import { tableSettingsShape } from '../tables/index.ts';
import { type TrainingSettings, trainingSchema } from '../training/index.ts';
import { describeProblem } from './problems.ts';

export const RECIPE_NAME = /^[a-z0-9][a-z0-9-]*$/;

const sideSchema = z.int().min(4).max(1024);

/** How a folder of your own images becomes a data set. */
const folderSchema = {
  size: z
    .union([sideSchema, z.tuple([sideSchema, sideSchema])])
    .optional()
    .describe(
      'for a folder of images: their size in the model, the side of a square or [height, width], in pixels, up to 1024 (default: the size that most have, up to 128; otherwise 64 along the longer side)',
    ),
  longerSide: z
    .int()
    .min(16)
    .max(1024)
    .optional()
    .describe(
      'for a folder of images whose size is not given: the longer side of larger pictures, which keep their proportions; of many sizes, the median one decides. Sides become multiples of 16 (default: see data.size)',
    ),
  tiles: z
    .strictObject({
      side: z
        .int()
        .min(16)
        .max(1024)
        .describe(
          'the height and the width of a tile, in pixels: the size of the images that the network sees',
        ),
      overlap: z
        .number()
        .min(0)
        .max(0.75)
        .default(0.25)
        .describe(
          'how much of its side a tile shares with the next one at least, where a picture is scored: from 0 to 0.75',
        ),
    })
    .optional()
    .describe(
      'for a folder of images: the network sees them through windows of this size, blended where a picture is scored. The pictures keep their size, up to 1024, or have the one that data.size or data.longerSide gives them (default: none, the network sees whole pictures)',
    ),
  channels: z
    .union([z.literal(1), z.literal(3)])
    .optional()
    .describe('for a folder of images: 1 for grey, 3 for RGB (default: grey if all are grey)'),
  fit: z
    .enum(FITS)
    .optional()
    .describe(
      'for a folder of images: how other proportions are fitted: contain (default) adds a border, cover crops, fill stretches',
    ),
  invert: z
    .boolean()
    .optional()
    .describe('for a folder of images: whether black and white are swapped, as for scans of dark ink'),
  background: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe(
      'for a folder of images: the grey of borders and behind transparent parts, before invert (default: the value that becomes 0)',
    ),
  test: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe(
      'for a folder of images without a test folder, and for a table: the share of the images or rows kept for the test split (default 0.15)',
    ),
  splitSeed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .optional()
    .describe(
      "for a folder of images, and for a table: the seed that chooses the test split (default 1); not the run's seed, so that runs can be compared",
    ),
  range: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe(
      'for a folder of images with 16 bits a channel: the value that becomes white (default 65535), for example 4095 for 12 bits',
    ),
  depth: z
    .union([z.literal(8), z.literal(16)])
    .optional()
    .describe('for a folder of images: bits a channel that are kept (default 8)'),
  followLinks: z
    .boolean()
    .optional()
    .describe('for a folder of images: whether linked files and folders are read (default false)'),
  layout: z
    .enum(LAYOUTS)
    .optional()
    .describe(
      "for a folder of images: what its sub-folders are. auto (default): by their names, splits such as train and test, normal images and defects such as good and bad, otherwise classes; classes: every one is a class; splits: those without a split's name are left out; anomaly: one has normal images, such as good, and all others defects, which are kept for the test",
    ),
  onBad: z
    .enum(['stop', 'skip'])
    .optional()
    .describe(
      'for a folder of images: whether a file that cannot be read stops the training (default) or is skipped',
    ),
  cache: z
    .boolean()
    .optional()
    .describe(
      'for a folder of images: whether the converted images are kept in the cache, so that the folder opens faster the next time (default true)',
    ),
  stream: z
    .boolean()
    .optional()
    .describe(
      'for folders, tar shards, arrays, and tables in NPY or safetensors: whether images or rows are read whenever they are needed, in flat memory, instead of held in memory (default: where images would take more than 1 GiB, of shards and arrays 256 MiB, and tables have more than 67 million cells)',
    ),
} as const;

/** Settings under `data` that are for folders of images alone. */
export const FOLDER_SETTINGS: readonly string[] = Object.keys(folderSchema);

const recipeSchema = derived(() =>
  z
    .strictObject({
      /** The address of the JSON Schema, for editors. */
      $schema: z.string().optional(),
      name: z
        .string()
        .regex(RECIPE_NAME, 'must be lower-case letters, digits and hyphens')
        .describe(
          "the recipe's name, which a run's folder and its model's files carry: lower-case letters, digits and hyphens",
        ),
      why: z.string().describe('what the recipe is for and why its settings are what they are'),
      reference: z
        .string()
        .optional()
        .describe('the published figure that results are compared with, and its source'),
      extensions: z
        .array(z.string())
        .optional()
        .describe(
          'the addresses of the extensions whose kinds the recipe uses. hourglass fills them in, and names them if they are missing; it loads only those that are given with --extension or to loadExtensions',
        ),
      adapt: z
        .boolean()
        .default(false)
        .describe(
          'whether epochs, batch size, learning rate, warm-ups and centring are fitted to the number and size of the training images when a run begins, unless they are as many and as small as those the recipe was tuned on (8,000 of 28 × 28); values given by --set and --epochs are kept',
        ),
      data: z
        .strictObject({
          set: z
            .string()
            .default('mnist')
            .describe(
              "a data set's name ('hourglass data' lists them), a folder of images, or a table: a file, or a folder of files",
            ),
          classes: z
            .array(z.union([z.string(), z.int().min(0)]))
            .min(1)
            .optional()
            .describe(
              'use only images of these classes, in all splits: names, or positions from 0 (default: all)',
            ),
          validation: z
            .union([z.enum(['auto', 'test']), z.int().min(1)])
            .default('auto')
            .describe(
              "auto: the set's own validation split, or a twelfth of the training images; a number: this many training images; test: the test images, only to watch the training",
            ),
          // Without defaults: they apply only to folders of images, and to tables.
          ...folderSchema,
          ...tableSettingsShape,
        })
        .prefault({})
        .describe('the images: which data set, which of its classes, and how they are split'),
      model: autoencoderSchema(),
      ...objectiveSchema().shape,
      training: trainingSchema,
      seed: z
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .default(1)
        .describe(
          'seeds the first weights, the order of the images, noise and dropout: the same seed, the same model',
        ),
    })
    .describe('An hourglass recipe: data, corruption, model, loss, penalties and training of one run.'),
);

/** The settings under `data` in a recipe: the data set, its splits, and how a folder of images becomes one. */
export type DataConfig = z.infer<ReturnType<typeof recipeSchema>>['data'];

/**
 * A recipe with every default filled in. docs/api/settings.md lists every setting with its default
 * and range.
 */
export interface Recipe {
  /** The recipe's name: lower-case letters, digits and hyphens. */
  name: string;
  /** What the recipe is for, and why its settings are what they are. */
  why: string;
  /** The published figure that results are compared with, and its source. */
  reference?: string | undefined;
  /**
   * The addresses of the extensions whose kinds it uses. They are filled in, and named in an error if they are missing; only
   * `loadExtensions` loads them.
   */
  extensions?: string[] | undefined;
  /**
   * Whether epochs, batch size, learning rate and warm-ups are fitted to the number and size of the training images when a run
   * begins. Default false.
   */
  adapt: boolean;
  /** The data set, its classes and its splits. */
  data: DataConfig;
  /** The layers of encoder and decoder, and the kind of code. */
  model: AutoencoderConfig;
  /** What is done to images before the encoder sees them; the loss compares with the clean image. */
  corruption: CorruptionConfig;
  /** How a reconstruction is compared with the image. */
  loss: LossConfig;
  /** What is added to the loss. */
  penalties: PenaltiesConfig;
  /** Epochs, batches, optimiser, learning rate, and when to stop. */
  training: TrainingSettings;
  /** Seeds the initial weights, the order of the images, noise and dropout. Default 1. */
  seed: number;
}

/** A recipe as it is written, before its defaults are filled in. */
export type RawRecipe = Record<string, unknown>;

/** The JSON Schema of a recipe, as published in `recipes/recipe.schema.json`. Takes some milliseconds, once. */
export const recipeJsonSchema = derived(
  (): Record<string, unknown> => ({
    title: 'hourglass recipe',
    ...z.toJSONSchema(recipeSchema(), { io: 'input' }),
  }),
);

/**
 * Checks every key of a recipe and fills in the defaults.
 *
 * @param given the recipe as an object; it stays as it is.
 * @param overrides values to replace, by their paths: `{ 'training.epochs': 5 }`.
 * @throws HourglassError of kind `usage` that names the key and the rule.
 */
export const parseRecipe = (given: object, overrides: Readonly<Record<string, unknown>> = {}): Recipe =>
  parseRaw(copyOf(given), overrides, 'recipe');

/** The same for a recipe that was just read, and may be changed; `source` names it in errors. */
export function parseRaw(
  raw: RawRecipe,
  overrides: Readonly<Record<string, unknown>>,
  source: string,
): Recipe {
  const settings = Object.entries(overrides);
  let wasValid = false;
  if (settings.length > 0) {
    const complete = recipeSchema().safeParse(raw).data as RawRecipe | undefined;
    wasValid = complete !== undefined;
    for (const [path, value] of settings) setPath(raw, path, value, complete);
    leaveOutSizes(raw, Object.keys(overrides));
  }
  const parsed = parseWithTypes(raw, overrides, wasValid);
  if (!parsed.success) {
    const missing = missingExtension(source, raw);
    if (missing !== null) throw missing;
    throw describeProblem(parsed.error.issues[0]!, raw, recipeJsonSchema(), source);
  }
  const { $schema: _, ...recipe } = parsed.data;
  checkObjective(recipe.model, recipe);
  checkSelection(recipe);
  const extensions = extensionsOf(recipe);
  return extensions.length === 0 ? recipe : { ...recipe, extensions };
}

/** Where tiles are asked for, the size that a recipe scales pictures to is that of a network that sees them whole. */
function leaveOutSizes({ data }: RawRecipe, given: readonly string[]): void {
  if (!given.some((path) => /^data\.tiles(\.|$)/.test(path)) || typeof data !== 'object') return;
  for (const key of ['size', 'longerSide'])
    if (!given.includes(`data.${key}`)) delete (data as RawRecipe | null)?.[key];
}

/**
 * Parses a recipe in which `model.code.type=gaussian` may have replaced a type: keys that only the old type
 * had are removed, unless they were set too. Nothing is removed from a recipe that was not valid before.
 */
function parseWithTypes(raw: RawRecipe, overrides: Readonly<Record<string, unknown>>, wasValid: boolean) {
  for (;;) {
    const parsed = recipeSchema().safeParse(raw);
    const issue = parsed.error?.issues[0];
    if (issue?.code !== 'unrecognized_keys' || !wasValid) return parsed;
    const path = issue.path.join('.');
    const left = issue.keys.filter((key) => !Object.hasOwn(overrides, `${path}.${key}`));
    if (!Object.hasOwn(overrides, `${path}.type`) || left.length === 0) return parsed;
    const holder = issue.path.reduce<unknown>((place, key) => (place as RawRecipe)[key as string], raw);
    for (const key of left) delete (holder as RawRecipe)[key];
  }
}

function copyOf(source: object): RawRecipe {
  try {
    if (typeof source === 'object' && !Array.isArray(source) && source !== null)
      return structuredClone(source) as RawRecipe;
  } catch {
    // A function or the like in it: not data.
  }
  throw new HourglassError('usage', {
    subject: 'recipe',
    rule: 'must be a name, a .json file or a plain object',
  });
}

/**
 * Sets `training.optimiser.learningRate` or `model.encoder.0.units`; the schema checks whether the key exists.
 * What a recipe leaves to its default (`training.schedule`) begins with the default's type, which `complete`,
 * the recipe with every default, has.
 */
function setPath(raw: RawRecipe, path: string, value: unknown, complete: RawRecipe | undefined): void {
  const keys = path.split('.');
  const refuse = (rule: string) => new HourglassError('usage', { subject: path, rule });
  if (keys.some((key) => key === '' || key === '__proto__')) throw refuse('must be keys joined by dots');
  let place: Record<string, unknown> | unknown[] = raw;
  let standard: unknown = complete;
  for (const [i, key] of keys.entries()) {
    if (Array.isArray(place) && !(/^\d+$/.test(key) && Number(key) < place.length)) {
      throw refuse(`'${key}' must be a number from 0 to ${place.length - 1}: it picks one of a list`);
    }
    const holder = place as Record<string, unknown>;
    if (i === keys.length - 1) {
      holder[key] = value;
      return;
    }
    standard = (standard as RawRecipe | null | undefined)?.[key];
    const type = (standard as { type?: unknown } | null | undefined)?.type;
    const next = (Object.hasOwn(holder, key) ? holder[key] : null) ?? (holder[key] = type ? { type } : {});
    if (typeof next !== 'object' || next === null) {
      throw refuse(`'${keys.slice(0, i + 1).join('.')}' is a single value; nothing lies below it`);
    }
    place = next as Record<string, unknown>;
  }
}

/** Choosing weights or the time to stop by the test split would make its figures too good. */
function checkSelection({ data, training }: Recipe): void {
  if (data.validation !== 'test') return;
  const selects =
    training.keep === 'best'
      ? 'training.keep'
      : training.earlyStopping !== null
        ? 'training.earlyStopping'
        : null;
  if (selects === null) return;
  throw new HourglassError('usage', {
    subject: selects,
    rule: "must not choose by the test split (data.validation is 'test'): the test figures would be too good",
    hint:
      selects === 'training.keep'
        ? 'set training.keep=last or data.validation=auto'
        : 'set data.validation=auto',
  });
}
