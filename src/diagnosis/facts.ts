/** What a diagnosis is made from: figures of an evaluation, the recipe, and the course of the training. */
import type { FigureWords, ReconstructionMetrics, SimilarityMetrics } from '../metrics/index.ts';
import { codeTraits, effectivePenalties } from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { MetricsRow } from '../record/index.ts';
import type { SampleKind } from '../samples/index.ts';
import type { CodeStatistics } from './code-statistics.ts';

/** An `Evaluation` has all of the first part. */
export interface Figures {
  dataset: string;
  split: string;
  images: number;
  model: ReconstructionMetrics;
  corrupted: { model: ReconstructionMetrics; input: ReconstructionMetrics } | null;
  pca: (ReconstructionMetrics & { components: number }) | null;
  meanImage: ReconstructionMetrics;
  similarity: {
    model: SimilarityMetrics;
    corrupted: { model: SimilarityMetrics; input: SimilarityMetrics } | null;
    pca: SimilarityMetrics | null;
    meanImage: SimilarityMetrics;
  } | null;
  objective: { values: Readonly<Record<string, number>> } | null;
  /** How well others are told from normal samples; null or absent where all test samples are of one kind. */
  detection?:
    | { score: string; scores: Readonly<Record<string, { auroc?: number } | undefined>> }
    | null
    | undefined;
  /** The errors of each column; absent for images. */
  columns?: readonly unknown[] | undefined;
  /** Those that were added to the table from outside. */
  figures?: readonly FigureWords[] | undefined;
  codeUnits: number;
  /** Null if it was not measured. */
  code: CodeStatistics | null;
}

export interface Facts {
  figures: Figures;
  recipe: Recipe;
  /** One row per epoch; empty if they are not known. */
  epochs: readonly MetricsRow[];
  /** The steps that a training on these images should take; see `recipe/steps.ts`. */
  enoughSteps?: number;
  /** The lowest and the highest value of the images; null if it was not measured. */
  range: readonly [number, number] | null;
}

/**
 * The AUROC of rows that are not like those trained on; null where the test split has none. Such rows are meant to be
 * reconstructed badly: the errors of the whole split say little.
 */
export function separationOf(figures: Figures): { score: string; auroc: number } | null {
  const { detection } = figures;
  if (detection == null || samplesOf(figures) === 'image') return null;
  const auroc = detection.scores[detection.score]?.auroc;
  return auroc === undefined ? null : { score: detection.score, auroc };
}

/** What was measured: images, or rows. */
export const samplesOf = ({ columns }: Pick<Figures, 'columns'>): SampleKind =>
  columns === undefined ? 'image' : 'row';

/** The errors on the model's own task: for a denoiser, those on noisy images. */
export const taskErrors = ({ model, corrupted }: Figures): ReconstructionMetrics => corrupted?.model ?? model;

/** The share of the mean image's squared error that is left. */
export const errorLeft = (figures: Figures): number => taskErrors(figures).mse / figures.meanImage.mse;

/** A variational, denoising or contractive model gives up some reconstruction for its aim: it need not beat PCA. */
export function shouldBeatPca({ model, corruption, penalties }: Recipe): boolean {
  return (
    !codeTraits(model.code).hasVariance &&
    // Codes that are held to a distribution are not free to reconstruct.
    codeTraits(model.code).prior === null &&
    // As many numbers as PCA has, but of a few bits each.
    codeTraits(model.code).symbols === null &&
    corruption.type === 'none' &&
    !effectivePenalties(penalties).some(({ kind }) => kind.costsReconstruction)
  );
}

export const steps = ({ epochs }: Facts): number => epochs.at(-1)?.step ?? 0;

/** The relative fall of the validation loss in the last epoch; null after a single epoch. */
export function lastFall({ epochs }: Facts): number | null {
  const [before, last] = epochs.slice(-2).map(({ validation }) => validation.loss);
  if (before === undefined || last === undefined || !(Math.abs(last) > 0)) return null;
  return (before - last) / Math.abs(last);
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const count = (value: number): string => value.toLocaleString('en');

/** Four digits, as tables show figures. */
export const digits = (value: number): string =>
  value === 0 ? '0' : value >= 1e-4 && value < 1e4 ? value.toPrecision(4) : value.toExponential(3);
