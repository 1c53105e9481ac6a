/**
 * `model/statistics.json`: what the use of a model needs beyond its ONNX files. It lies next to them, so that the folder
 * `model/` is complete on its own.
 */
import * as z from 'zod/mini';
import { type Diagnosis, diagnosisSchema } from '../diagnosis/finding.ts';
import { HourglassError } from '../errors.ts';
import {
  type ResidualDistance,
  type ResidualMoments,
  residualDistance,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
} from '../metrics/index.ts';
import { ruleOf } from '../recipe/rule-of.ts';

export const STATISTICS_FILE = 'statistics.json';
const FORMAT_VERSION = 1;

/** Bytes: codes of 256 units take 0.7 MB, of 65,536 units some 6 MB. */
export const LARGEST_STATISTICS = 1e8;

/** Quantiles of the scores that are kept: at 0, 0.001, …, 1. */
export const QUANTILES = 1001;
/** Wider codes have no covariance kept, only each unit's own spread. */
export const WIDEST_COVARIANCE = 256;

/** How scores lie. */
export interface ScoreDistribution {
  /** What a score is, in words. */
  definition: string;
  /** The mean over the images. */
  mean: number;
  /** The standard deviation over the images. */
  std: number;
  /** At 0, 0.001, …, 1, by linear interpolation. */
  quantiles: number[];
}

/** The scores of one kind, of the images held out of training. */
export interface HeldOutScores extends ScoreDistribution {
  /** The split that the images are from. */
  split: string;
  /** What the split is, in words. */
  note: string;
  /** The number of images. */
  images: number;
}

/** What the use of a model needs beyond its ONNX files, as stored in `model/statistics.json`. */
export interface Statistics {
  /** Identifies the file. */
  format: 'hourglass-statistics';
  /** The version of the file's format. */
  version: typeof FORMAT_VERSION;
  /** The recipe of the model that they were measured on. */
  recipe: string;
  /** The data set of that model. */
  dataset: string;
  /** Numbers in one of its codes. */
  codeUnits: number;
  /** The kind of score that anomalies are found by unless another is asked for; absent: `mean`. */
  defaultScore?: ScoreKind | undefined;
  /** The residuals x − x̂ of training rows, which the score `distance` compares with; absent for images. */
  residuals?: TrainingResiduals | undefined;
  /** Scores of held-out images: their mean squared error. */
  scores: HeldOutScores & {
    /** The other kinds of score of the same images. Files of an older hourglass have none. */
    others?: OtherScores | undefined;
  };
  /** Codes of training images; for a Gaussian code, their means μ. */
  codes: CodeMoments;
  /** From the evaluation after training; null in older files, and if a run's statistics were measured later. */
  diagnosis: Diagnosis | null;
}

/** The residuals x − x̂ of training rows, in scaled units. */
export interface TrainingResiduals {
  /** The number of rows. */
  rows: number;
  /** How the values are compared, in words: together, or each by its own spread and why. */
  note: string;
  /** Shape [values]: the mean of each value's residual. */
  mean: number[];
  /** Shape [values]: its standard deviation. */
  std: number[];
  /** The lower triangle by rows: 1, 2, …, values numbers; null where each value is compared by its own spread. */
  covariance: number[][] | null;
}

/** The scores of every kind but the mean squared error, of those kinds that the samples have. */
export interface OtherScores {
  /** Of rows: the distance of the residual from those of the training rows. */
  distance?: ScoreDistribution | undefined;
  /** The largest squared error of a pixel. */
  max: ScoreDistribution;
  /** The mean of the largest 1 % of the squared errors. */
  'top1%': ScoreDistribution;
  /** The largest squared error after a Gaussian filter; absent for rows, as the other scores of images. */
  'smoothed-max'?: ScoreDistribution | undefined;
  /** The mean of 1 − SSIM; absent in files of an older hourglass, as the other scores by SSIM. */
  ssim?: ScoreDistribution | undefined;
  /** The mean of the largest 1 % of 1 − SSIM. */
  'ssim-top1%'?: ScoreDistribution | undefined;
  /** The largest 1 − SSIM after a Gaussian filter. */
  'ssim-max'?: ScoreDistribution | undefined;
}

/** The codes of many images. */
export interface CodeMoments {
  /** The split that the images are from. */
  split: string;
  /** The number of images. */
  images: number;
  /** Shape [units]: the mean of each unit. */
  mean: number[];
  /** Shape [units]: the standard deviation of each unit. */
  std: number[];
  /** Shape [units]: the lowest value of each unit. */
  min: number[];
  /** Shape [units]: the highest value of each unit. */
  max: number[];
  /** The lower triangle by rows: 1, 2, …, units numbers. */
  covariance: number[][] | null;
}

/** Numbers are finite: zod refuses others. */
const distribution = {
  definition: z.string(),
  mean: z.number(),
  std: z.number(),
  quantiles: z.array(z.number()).check(z.length(QUANTILES)),
};
const distributionSchema = z.object(distribution);
const images = z.int().check(z.minimum(1));

/** What is read of the file: an older hourglass left out what was not measured. */
type StoredStatistics = Omit<Statistics, 'diagnosis'> & { diagnosis?: Diagnosis | null | undefined };

const statisticsSchema: z.ZodMiniType<StoredStatistics> = z.object({
  format: z.literal('hourglass-statistics'),
  version: z.literal(FORMAT_VERSION),
  recipe: z.string(),
  dataset: z.string(),
  codeUnits: z.int().check(z.minimum(1)),
  defaultScore: z.optional(z.enum(SCORE_KINDS)),
  residuals: z.optional(
    z.object({
      rows: images,
      note: z.string(),
      mean: z.array(z.number()),
      std: z.array(z.number()),
      covariance: z.nullable(z.array(z.array(z.number()))),
    }),
  ),
  scores: z.object({
    ...distribution,
    split: z.string(),
    note: z.string(),
    images,
    others: z.optional(
      z.object({
        max: distributionSchema,
        'top1%': distributionSchema,
        distance: z.optional(distributionSchema),
        'smoothed-max': z.optional(distributionSchema),
        ssim: z.optional(distributionSchema),
        'ssim-top1%': z.optional(distributionSchema),
        'ssim-max': z.optional(distributionSchema),
      }),
    ),
  }),
  codes: z.object({
    split: z.string(),
    images,
    mean: z.array(z.number()),
    std: z.array(z.number()),
    min: z.array(z.number()),
    max: z.array(z.number()),
    covariance: z.nullable(z.array(z.array(z.number()))),
  }),
  diagnosis: z.optional(z.nullable(diagnosisSchema)),
});

/**
 * The kind of score that anomalies are found by unless another is asked for: what the model was trained to lower, in the form
 * that shows small defects for a model that compares structure; for rows the distance of the residual.
 */
export const defaultScoreOf = (statistics: Statistics | null): ScoreKind =>
  statistics?.defaultScore ?? 'mean';

/** The held-out scores of a kind; null if the statistics lack them. */
export function heldOutScores(statistics: Statistics | null, kind: ScoreKind): HeldOutScores | null {
  if (statistics === null) return null;
  const { others, ...mean } = statistics.scores;
  if (kind === 'mean') return mean;
  const found = others?.[kind];
  return found === undefined || isOutdated(kind, found) ? null : { ...mean, ...found };
}

/** The constants of scores by structure have changed: scores of before say nothing of those of now. */
const isOutdated = (kind: ScoreKind, { definition }: ScoreDistribution): boolean =>
  kind.startsWith('ssim') && definition !== SCORE_KIND_DEFINITIONS[kind];

/** The part of a `Model` that is needed here: the statistics it came with, and the recipe it is named by. */
interface WithStatistics {
  readonly statistics: Statistics | null;
  readonly info: { readonly recipe: string };
}

/** @throws HourglassError if the model came without statistics, or without those of this kind of score. */
export function requireScores(model: WithStatistics, kind: ScoreKind, purpose: string): HeldOutScores {
  const scores = heldOutScores(requireStatistics(model, purpose), kind);
  if (scores !== null) return scores;
  throw new HourglassError('run', {
    subject: `model of ${model.info.recipe}`,
    rule: `its ${STATISTICS_FILE} has no held-out scores by ${kind}, which ${purpose} needs: an older hourglass made it`,
    hint: "name its run's folder instead, where they are measured once; or give a threshold",
  });
}

/** Made once for each model: the decomposition of a covariance takes a while. */
const distances = new WeakMap<ResidualMoments, ResidualDistance>();

/** @throws HourglassError if the model came without the residuals of its training rows. */
export function requireDistance(model: WithStatistics): ResidualDistance {
  const { residuals } = requireStatistics(model, 'the score distance');
  if (residuals === undefined) {
    throw new HourglassError('run', {
      subject: `model of ${model.info.recipe}`,
      rule: `its ${STATISTICS_FILE} has no residuals of training rows, which the score distance needs`,
      hint: "name its run's folder instead, where they are measured once; or take the score mean",
    });
  }
  const distance = distances.get(residuals) ?? residualDistance(residuals);
  distances.set(residuals, distance);
  return distance;
}

/** The text of `statistics.json`. */
export const encodeStatistics = (statistics: Statistics): string => `${JSON.stringify(statistics)}\n`;

/**
 * The statistics in a file's text.
 * @param codeUnits numbers in a code of the model that they are next to.
 * @param columns the values of a row; null for a model of images.
 * @throws HourglassError, naming `file`, if they are damaged or of another model.
 */
export function parseStatistics(
  text: string,
  { codeUnits, columns }: { codeUnits: number; columns: number | null },
  file: string,
): Statistics {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(file, 'is damaged: not valid JSON', cause);
  }
  const parsed = statisticsSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw refused(file, `is damaged: ${issue.path.join('.') || 'it'} ${ruleOf(issue)}`, parsed.error);
  }
  const statistics: Statistics = { ...parsed.data, diagnosis: parsed.data.diagnosis ?? null };
  const { codes, residuals } = statistics;
  const fits =
    statistics.codeUnits === codeUnits &&
    [codes.mean, codes.std, codes.min, codes.max].every((row) => row.length === codeUnits) &&
    isTriangle(codes.covariance, codeUnits);
  if (!fits) throw refused(file, `is of another model: this one's codes have ${codeUnits} units`);
  if (residuals === undefined) return statistics;
  const { mean, std, covariance } = residuals;
  const areOurs = mean.length === columns && std.length === columns && isTriangle(covariance, mean.length);
  if (areOurs) return statistics;
  throw refused(file, `is of another model: the rows of this one have ${columns ?? 'no'} values`);
}

const isTriangle = (covariance: number[][] | null, size: number): boolean =>
  covariance === null || (covariance.length === size && covariance.every((row, i) => row.length === i + 1));

function refused(subject: string, rule: string, cause?: unknown): HourglassError {
  return new HourglassError(
    'run',
    { subject, rule, hint: "delete it: the next use of the run's folder measures it again" },
    { cause },
  );
}

/** @throws HourglassError if the model came without statistics. */
export function requireStatistics({ statistics, info }: WithStatistics, purpose: string): Statistics {
  if (statistics !== null) return statistics;
  throw new HourglassError('run', {
    subject: `model of ${info.recipe}`,
    rule: `has no ${STATISTICS_FILE}, which ${purpose} needs: it was made by an older hourglass`,
    hint: "give the run's folder instead: it is measured there once, on the data that the run was trained on",
  });
}
