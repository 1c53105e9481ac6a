/**
 * A run's manifest, `run.json`: what was trained on what, with which versions, and where it stands. Everything
 * needed to reproduce or resume the run, except the tensors.
 */
import * as z from 'zod';
import { DEVICES, FITS } from '../choices.ts';
import { HourglassError } from '../errors.ts';
import { tableEncodingSchema } from '../tables/index.ts';
import type { RunFiles } from './files.ts';

export const MANIFEST_FILE = 'run.json';
/** Bytes: some kilobytes, except for tables; 50,000 columns take 17 MB. */
const LARGEST_MANIFEST = 64 * 2 ** 20;
/** Raised when a change would make an older hourglass misread a run. */
const FORMAT_VERSION = 1;

export const TENSORBOARD_LEVELS = ['none', 'scalars', 'all'] as const;
/** What is logged for TensorBoard: nothing, curves, or all there is to see. */
export type TensorboardLevel = (typeof TENSORBOARD_LEVELS)[number];

const counts = z.object({
  /** Images in the training split. */
  train: z.int(),
  /** Images in the validation split. */
  validation: z.int(),
  /** Images in the test split. */
  test: z.int(),
});

/** How images become what the model takes; see `data/images/preprocessing.ts`, which says it to people. */
const preprocessingSchema = z.object({
  /** Pixels. */
  height: z.int(),
  /** Pixels. */
  width: z.int(),
  /** 1: grey; 3: red, green, blue. */
  channels: z.union([z.literal(1), z.literal(3)]),
  /** How other proportions were fitted. */
  fit: z.enum(FITS),
  /** Whether black and white were swapped. */
  invert: z.boolean(),
  /** The grey, 0 to 255, behind transparent pixels and in borders. */
  background: z.int(),
  /** The value that became white in pictures of 16 bits a channel. */
  range: z.int().optional(),
  /** 16 where all bits of a channel were kept. */
  depth: z.literal(16).optional(),
});

export const manifestSchema = z.object({
  /** Identifies the file. */
  format: z.literal('hourglass-run'),
  /** The version of the file's format. */
  version: z.literal(FORMAT_VERSION),
  /** The run's name. */
  name: z.string(),
  /** The recipe's name. */
  recipe: z.string(),
  /** The complete configuration, with every default; the recipe schema reads it. */
  config: z.record(z.string(), z.unknown()),
  /** The recipe before it was fitted to the images, and the values that were given for this run; else null. */
  adaptedFrom: z
    .object({
      /** The recipe as it was. */
      config: z.record(z.string(), z.unknown()),
      /** The values that were given for this run, by path. */
      given: z.record(z.string(), z.unknown()),
    })
    .nullable()
    .default(null),
  /** The seed of initial weights, order, noise and dropout. */
  seed: z.int(),
  /** Threads of ONNX Runtime. */
  threads: z.int().min(1),
  /** What it is trained on: the processor, or a GPU. */
  device: z.enum(DEVICES).exclude(['auto']).default('cpu'),
  /** The images it was trained on. */
  dataset: z.object({
    /** The name that was asked for. */
    requested: z.string(),
    /** The folder it was to be looked for in; null if none was given. */
    dataDir: z.string().nullable(),
    /** What was found: every figure of the run is on this. */
    name: z.string(),
    /** Where the images came from, in one line. */
    source: z.string(),
    /** SHA-256 of the training images and labels, so that a run is resumed on the same data. */
    fingerprint: z.string(),
    /** The same of the images that it is judged on; null in runs of 0.1.0. */
    heldOut: z
      .object({
        /** The fingerprint of the validation images. */
        validation: z.string(),
        /** The fingerprint of the test images. */
        test: z.string(),
      })
      .nullable()
      .default(null),
    /** The number of images in each split. */
    counts,
    /** How the splits were made, in words. */
    splits: z.string(),
    /** Pixels. */
    height: z.int(),
    /** Pixels. */
    width: z.int(),
    /** 1: grey; 3: red, green, blue. */
    channels: z.int(),
    /** The names of the classes; a label is a position in this list. */
    classes: z.array(z.string()),
    /** The absolute path of a folder of own images, or of a table. */
    folder: z.string().nullable().default(null),
    /** What its sub-folders were recognised as, in words, where they are not classes. */
    layout: z.string().nullable().default(null),
    /** The only class in the training split, where the test split has others. */
    normal: z.string().nullable().default(null),
    /** What was done to them; null for a set with a name. */
    preprocessing: preprocessingSchema.nullable().default(null),
    /** For rows: their columns, and how these are scaled; null for images. */
    rows: z
      .object({
        /** The name of each column. */
        columns: z.array(z.string()),
        /** Subtracted from the values of each column, float32. */
        offset: z.array(z.number()),
        /** What they are then divided by, float32. */
        scale: z.array(z.number()),
      })
      .nullable()
      .default(null),
    /** Whether the samples were given in arrays: only the caller has them. */
    isGiven: z.boolean().default(false),
    /** How rows of a table become values; null for images. */
    table: tableEncodingSchema.nullable().default(null),
  }),
  /** The number of trained values. */
  parameters: z.int(),
  /** The parts of the loss. */
  losses: z
    .array(
      z.object({
        /** The part's key in the metrics, such as `reconstruction`. */
        name: z.string(),
        /** What it measures, summed or averaged. */
        definition: z.string(),
        /** The unit, as an axis shows it. */
        unit: z.string(),
        /** What it is multiplied by in the total. */
        weight: z.number().default(1),
      }),
    )
    .min(1),
  /** What is logged, and the steps from one point of a curve to the next. Older runs have no logs. */
  tensorboard: z
    .object({
      /** What is logged. */
      level: z.enum(TENSORBOARD_LEVELS),
      /** Steps from one point of a curve to the next. */
      logEvery: z.int().min(1),
    })
    .default({ level: 'none', logEvery: 10 }),
  /** The versions of the programs it was trained with. */
  versions: z.object({
    /** The version of hourglass. */
    hourglass: z.string(),
    /** The version of Node.js. */
    node: z.string(),
    /** The version of ONNX Runtime. */
    onnxruntime: z.string(),
  }),
  /** The machine it was trained on. */
  machine: z.object({
    /** Operating system and architecture. */
    platform: z.string(),
    /** The processor's name. */
    processor: z.string(),
    /** Logical cores. */
    cores: z.number(),
    /** Memory in GiB. */
    memoryGiB: z.number(),
  }),
  /** Where the run stands. A killed run still says `running`; {@link listRuns} reports it as stopped. */
  status: z.enum(['running', 'finished', 'stopped', 'failed']),
  /** Why a run `failed`, or why it `finished` before its last epoch. */
  note: z.string().nullable(),
  /** When training began, in ISO 8601. */
  startedAt: z.string(),
  /** When it ended, in ISO 8601; null while it runs. */
  endedAt: z.string().nullable(),
  /** Epochs completed. */
  epoch: z.int(),
  /** Whose weights it began with; null for random ones. */
  from: z
    .object({
      /** The absolute path of the run, or of the model's folder. */
      path: z.string(),
      /** The recipe of that model. */
      recipe: z.string(),
      /** The data set that it was trained on. */
      dataset: z.string(),
      /** The epoch of its weights. */
      epoch: z.int(),
      /** SHA-256 of its weights, as in its metadata. */
      weights: z.string(),
    })
    .nullable()
    .default(null),
});

/** The content of a run's `run.json`: what was trained on what, with which versions, and where it stands. */
export interface Manifest extends z.infer<typeof manifestSchema> {}

export function newManifest(facts: Omit<Manifest, 'format' | 'version'>): Manifest {
  return { format: 'hourglass-run', version: FORMAT_VERSION, ...facts };
}

export const writeManifest = (files: RunFiles, manifest: Manifest): Promise<void> =>
  files.write(MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`);

/** The manifest among a run's files. @throws HourglassError of kind 'run' if there is none, or it is damaged. */
export async function readManifest(files: RunFiles): Promise<Manifest> {
  const bytes = await files.read(MANIFEST_FILE, LARGEST_MANIFEST);
  if (bytes !== null) return parseManifest(new TextDecoder().decode(bytes), files.placeOf(MANIFEST_FILE));
  throw new HourglassError('run', { subject: files.place, rule: `is not a run: it has no ${MANIFEST_FILE}` });
}

/**
 * The manifest in a file's text.
 * @throws HourglassError of kind 'run', naming `file`, if it is damaged.
 */
export function parseManifest(text: string, file: string): Manifest {
  const damaged = (rule: string, cause: unknown) =>
    new HourglassError('run', { subject: file, rule }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged('is damaged: not valid JSON', cause);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw damaged(
      `is of format version ${version}, newer than this hourglass reads (${FORMAT_VERSION}); update it`,
      null,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(`is damaged: ${issue.path.join('.') || 'it'}: ${issue.message}`, parsed.error);
  }
  return parsed.data;
}
