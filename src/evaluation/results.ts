/** A finished run's figures, read from its `results.json`. */
import { join } from 'node:path';
import * as z from 'zod';
import { command } from '../command.ts';
import { codeStatisticsSchema, diagnose, diagnosisSchema } from '../diagnosis/index.ts';
import { HourglassError } from '../errors.ts';
import type { Measured } from '../metrics/index.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { type Manifest, RESULTS_FILE } from '../record/index.ts';
import { readMetrics, trueStatus } from '../store/index.ts';
import type { Evaluation } from './evaluate.ts';

/** JSON has no NaN and no ∞: they are written as null. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

/**
 * The values of figures by key. Required are those that were always measured: results that are older than another figure
 * of the table, or of samples to which it does not apply, do not have it.
 */
const errors = z.object({ squaredErrorPerImage: number, mse: number, mae: number }).catchall(number);

const cell = z.union([z.number(), z.string()]).nullable();

const similarity = z.record(z.string(), number);

const added = z.object({
  key: z.string(),
  name: z.string(),
  short: z.string().optional(),
  note: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']).nullable(),
});

const part = z.object({ name: z.string(), definition: z.string(), unit: z.string(), weight: z.number() });

/** The same of the codes, and of PCA's scores. */
const codesAndPca = <T extends z.ZodRawShape>(shape: T) => {
  const one = z.looseObject({ ...shape, definition: z.string() });
  return { codes: one, pca: one.nullable() };
};

const resultsSchema = z.object({
  keptEpoch: z.int(),
  dataset: z.string(),
  split: z.enum(['test', 'validation', 'train']),
  images: z.int(),
  codeUnits: z.int(),
  definitions: z.record(z.string(), z.string()),
  model: errors,
  corrupted: z.object({ corruption: z.string(), model: errors, input: errors }).nullable(),
  pca: errors
    .extend({ components: z.int(), fittedOn: z.int().nullable().default(null) })
    .catchall(number)
    .nullable(),
  meanImage: errors,
  // Measured since SSIM and PSNR are.
  similarity: z
    .object({
      definitions: z.record(z.string(), z.string()),
      model: similarity,
      corrupted: z.object({ model: similarity, input: similarity }).nullable(),
      pca: similarity.nullable(),
      meanImage: similarity,
    })
    .nullable()
    .default(null),
  objective: z.object({ parts: z.array(part), values: z.record(z.string(), number) }).nullable(),
  jacobianNorm: z.number().nullable(),
  totalVariation: z.object({ definition: z.string(), images: number, reconstructions: number }).nullable(),
  // Measured since defects are.
  detection: z
    .looseObject({
      score: z.string(),
      made: z.string().optional(),
      scores: z.record(z.string(), z.looseObject({ auroc: number })),
    })
    .nullable()
    .default(null),
  code: codeStatisticsSchema.nullable().default(null),
  // Of rows alone.
  columns: z
    .array(z.object({ name: z.string(), mse: number, rmse: number, mae: number, r2: z.number().nullable() }))
    .optional(),
  worstRows: z
    .object({
      score: z.string(),
      threshold: z.number().nullable(),
      rows: z.array(
        z.object({
          row: z.string(),
          class: z.string().nullable(),
          score: z.number(),
          flagged: z.boolean(),
          columns: z.array(
            z.object({
              column: z.string(),
              value: cell,
              expected: cell,
              contribution: z.number(),
              share: z.number(),
            }),
          ),
          changedConstants: z.array(z.object({ column: z.string(), value: cell, expected: cell })),
        }),
      ),
    })
    .optional(),
  figures: z.array(added).optional(),
  // Measured on request.
  probe: z
    .looseObject({
      ...codesAndPca({ accuracy: number, converged: z.boolean() }),
      neighbours: z.object(codesAndPca({ accuracy: number, k: z.int() })),
      clusters: z.object(codesAndPca({ accuracy: number, nmi: number, clusters: z.int() })),
    })
    .optional(),
  likelihood: z
    .looseObject({
      elbo: number,
      klDivergence: number,
      samples: z.int(),
      nll: z.array(z.looseObject({ k: z.int(), value: number })),
      definition: z.string(),
    })
    .optional(),
  generation: z
    .looseObject({
      definition: z.string(),
      images: z.int(),
      split: z.string(),
      rightClass: z.optional(number),
      sources: z.array(
        z.object({
          source: z.string(),
          note: z.string(),
          frechet: number,
          precision: number,
          recall: number,
          density: number,
          coverage: number,
          rightClass: z.optional(number),
        }),
      ),
    })
    .optional(),
  oneClass: z
    .looseObject({
      definition: z.string(),
      tables: z.array(z.object({ setup: z.string(), mean: z.record(z.string(), number) })),
    })
    .optional(),
  // Older results have none: it is made from the available figures.
  diagnosis: z.optional(diagnosisSchema),
});

/** The results of a training, and what was measured on request since. */
export type Results = Evaluation & { keptEpoch: number } & Pick<
    Measured,
    'probe' | 'likelihood' | 'generation' | 'oneClass'
  >;

/** Results with a diagnosis: the stored one, or one of what an older hourglass measured. */
async function diagnosed(
  results: Omit<Results, 'diagnosis'> & Partial<Results>,
  run: string,
  { config }: Manifest,
): Promise<Results> {
  const { diagnosis } = results;
  if (diagnosis !== undefined) return { ...results, diagnosis };
  const facts = {
    figures: results,
    recipe: parseRecipe(config),
    epochs: await readMetrics(run),
    range: null,
  };
  return { ...results, diagnosis: diagnose(facts) };
}

/** @throws HourglassError of kind 'run' if they are missing, damaged or from an older hourglass. */
export async function readResults(run: string, manifest: Manifest): Promise<Results> {
  const file = join(run, RESULTS_FILE);
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
  const missing = text === null;
  let cause: unknown;
  try {
    const parsed = resultsSchema.safeParse(JSON.parse(text ?? ''));
    if (parsed.success) return await diagnosed(parsed.data as Omit<Results, 'diagnosis'>, run, manifest);
    cause = parsed.error;
  } catch (error) {
    cause = error;
  }
  const status = await trueStatus(run, manifest);
  const unfinished = missing && status !== 'finished';
  throw new HourglassError(
    'run',
    {
      subject: file,
      rule: unfinished
        ? `is not there: the run is ${status}`
        : missing
          ? 'is missing'
          : 'is damaged, or from another version of hourglass',
      ...(unfinished && status === 'stopped'
        ? { hint: `finish it: ${command('train', '--resume', run)}` }
        : {}),
    },
    { cause },
  );
}
