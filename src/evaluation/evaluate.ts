/** Held-out results: a model's reconstructions of a split, next to PCA with a code of the same size. */
import type { SampleSet } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { type CodeStatistics, CodeSums, type Diagnosis, diagnose } from '../diagnosis/index.ts';
import type { Engine } from '../engine/index.ts';
import {
  applicable,
  type ColumnErrors,
  ColumnSums,
  checkFigures,
  comparablePca,
  definitionOf,
  type Figure,
  type FigureWords,
  fitPca,
  type MeasuredSamples,
  Measurement,
  pcaImages,
  pcaReconstructor,
  type ReconstructionMetrics,
  reconstructPca,
  SAMPLE_FIGURES,
  SIMILARITY_FIGURES,
  type SimilarityMetrics,
  TAKEN_KEYS,
  TOTAL_VARIATION_DEFINITION,
  VARIATION_FIGURES,
} from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import { scalingOf } from '../model/rows.ts';
import type { Statistics } from '../model/statistics.ts';
import {
  codeTraits,
  type Definition,
  describeCorruption,
  type LossPart,
  setPenalties,
} from '../models/index.ts';
import { imageShape } from '../recipe/fitting.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { enoughSteps } from '../recipe/steps.ts';
import type { MetricsRow } from '../record/index.ts';
import { type LabelledSource, passes } from '../samples/index.ts';
import { corruptImages, createEvaluator, type Losses, type NamedTensor } from '../training/index.ts';
import { type DetectionEvaluation, measureDetection } from './detection.ts';
import { meanJacobianNorm } from './jacobian.ts';
import { type OnProgress, SILENT } from './progress.ts';
import { residualsOf } from './residuals.ts';
import { toldPasses } from './told-passes.ts';
import { WorstRowSearch, type WorstRows } from './worst-rows.ts';

/** The figures of a run on held-out images, with the references to compare them with. */
export interface Evaluation {
  /** The data set that was measured. */
  dataset: string;
  /** Its split that was measured. */
  split: 'test' | 'validation' | 'train';
  /** The number of images. */
  images: number;
  /** Numbers in a code. */
  codeUnits: number;
  /** The definition of each figure. */
  definitions: Record<string, string>;
  /** Errors on the images as they are. */
  model: ReconstructionMetrics;
  /** Errors on corrupted images, compared with the clean ones: a denoiser's own task. */
  corrupted: CorruptedEvaluation | null;
  /**
   * PCA with as many components as the code has units, or as the rank of the training images allows. Null if the code is as
   * large as the image, since PCA is then exact and says nothing, or if there would be too many components to find.
   */
  pca:
    | (ReconstructionMetrics & {
        /** The number of components. */
        components: number;
        /**
         * The number of training images it was fitted on: all of them, or a share of many large ones; null in results of
         * older versions.
         */
        fittedOn: number | null;
      })
    | null;
  /** The mean training image instead of every reconstruction: a model that does not beat it has learned nothing. */
  meanImage: ReconstructionMetrics;
  /** The similarity of images and reconstructions to the eye; null for samples that are not images, and in results of older versions. */
  similarity: SimilarityEvaluation | null;
  /** The loss that was minimised and its parts, on these images, without dropout and with the task's own noise; null in results of older versions on `train`. */
  objective: {
    /** The parts of the loss, with their definitions and weights. */
    parts: LossPart[];
    /** Each part's value by its name, without its weight; `loss` is the weighted total. */
    values: Losses;
  } | null;
  /** Only for models with a penalty that lowers it, as the contraction does: the mean over images of ‖∂h/∂x‖_F, the norm of the encoder's Jacobian. */
  jacobianNorm: number | null;
  /** The total variation of the images and of their reconstructions; null for samples that are not images. */
  totalVariation: {
    /** The definition, in words. */
    definition: string;
    /** The mean over the images. */
    images: number;
    /** The mean over their reconstructions: lower where they are blurred. */
    reconstructions: number;
  } | null;
  /**
   * How well defects are found, where the test images have a class of good ones and others; null where they have not, and in
   * older results.
   */
  detection?: DetectionEvaluation | null;
  /** How many code units vary between these images; null for fewer than two, and in older results. */
  code: CodeStatistics | null;
  /** For rows: the errors of each column; absent for images. */
  columns?: ColumnErrors[];
  /** For rows: those with the highest anomaly scores, and the columns that contribute most; absent in older results. */
  worstRows?: WorstRows;
  /** What the figures mean: a verdict, and each problem with its cause and remedy. */
  diagnosis: Diagnosis;
  /**
   * The words of figures that were added to the table of hourglass; absent if there are none. Their values are next to
   * the errors, under their keys.
   */
  figures?: FigureWords[];
}

/** The errors of a denoiser's own task. */
export interface CorruptedEvaluation {
  /** For example "Gaussian noise, σ 0.4". */
  corruption: string;
  /** Errors of the model's reconstructions of corrupted images. */
  model: ReconstructionMetrics;
  /** Errors of the corrupted images themselves. */
  input: ReconstructionMetrics;
}

/** SSIM and PSNR of what the errors are of, against the clean images. */
export interface SimilarityEvaluation {
  /** The definition of each figure. */
  definitions: Record<keyof SimilarityMetrics, string>;
  /** The model's reconstructions of the images as they are. */
  model: SimilarityMetrics;
  /** A denoiser's own task; null for other models. */
  corrupted: {
    /** The model's reconstructions of corrupted images. */
    model: SimilarityMetrics;
    /** The corrupted images themselves. */
    input: SimilarityMetrics;
  } | null;
  /** PCA with a code of the same size; null if there is none. */
  pca: SimilarityMetrics | null;
  /** The mean training image. */
  meanImage: SimilarityMetrics;
}

export interface EvaluationInput {
  engine: Engine;
  model: Model;
  recipe: Recipe;
  definition: Definition;
  weights: ReadonlyMap<string, NamedTensor>;
  dataset: SampleSet;
  splits: TrainingSplits;
  split: Evaluation['split'];
  /** Those of the model, if they are known: rows are scored by them. */
  statistics: Statistics | null;
  /** The training, epoch by epoch: the diagnosis looks at how it ended. */
  epochs: readonly MetricsRow[];
  seed: number;
  threads: number;
  /** Figures to measure in addition to those of hourglass. */
  figures?: readonly Figure[];
  onProgress?: OnProgress;
}

const keysOf = (figures: readonly FigureWords[]): ReadonlySet<string> =>
  new Set(figures.map(({ key }) => key));
const SIMILARITY = keysOf(SIMILARITY_FIGURES);
const VARIATION = keysOf(VARIATION_FIGURES);

/** Values by the part of the results that they belong to: the errors are all that have no part of their own. */
function inParts(values: Readonly<Record<string, number>>) {
  const part = (has: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => has(key)));
  const similarity = part((key) => SIMILARITY.has(key));
  return {
    errors: part((key) => !SIMILARITY.has(key) && !VARIATION.has(key)) as ReconstructionMetrics,
    similarity: Object.keys(similarity).length === 0 ? null : (similarity as SimilarityMetrics),
    variation: part((key) => VARIATION.has(key)),
  };
}

export async function evaluateModel(input: EvaluationInput): Promise<Evaluation> {
  const { engine, model, recipe, definition, weights, dataset, splits, split, threads } = input;
  const { onProgress = SILENT } = input;
  const held = splits[split];
  const { values, codeUnits } = definition;
  const components = comparablePca(codeUnits, values, splits.train.count);
  const fitted = passes(splits.train, pcaImages(splits.train.count, values));
  const fitting = (share: number) => onProgress('PCA', share);
  fitting(0);
  const pca = await fitPca(engine, fitted, values, components ?? 0, threads, fitting);
  const byComponents = await pcaReconstructor(engine, pca, threads);
  const samples = held.spec;
  const added = checkFigures(input.figures ?? [], TAKEN_KEYS);
  const figures = applicable([...SAMPLE_FIGURES, ...added], samples);
  const shared = figures.filter(({ modelOnly }) => modelOnly === undefined);
  const ours = new Measurement(figures, samples, held.count);
  const linear = new Measurement(shared, samples, held.count);
  const constant = new Measurement(shared, samples, held.count);
  const codes = new CodeSums({
    shape: definition.codeShape,
    ...codeTraits(recipe.model.code),
  });
  const { rows, prior, givesVariance } = model.info;
  const isGaussian = givesVariance && prior?.isStandardNormal === true;
  const byColumn = rows === null ? null : new ColumnSums(rows.columns, scalingOf(rows));
  const residuals = rows === null ? null : await trainingResiduals(input);
  const worst =
    rows === null || input.statistics?.residuals === undefined
      ? null
      : new WorstRowSearch(rows, input.statistics);
  const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const told = (share: number) => onProgress(`${split} images`, share);
  const moved = (share: number) => onProgress('codes moved by the image', share);
  try {
    for await (const { images, own } of toldPasses(model, held, told)) {
      const { data } = await own.reconstruct(images);
      ours.add(images, data);
      byColumn?.add(images, data);
      worst?.add(images, data);
      if (components !== null) linear.add(images, await byComponents.reconstruct(images));
      constant.add(images, reconstructPca({ mean: pca.mean, components: [] }, images));
      if (isGaussian) {
        const { mean, logVariance } = await own.posterior(images);
        codes.add(mean.data, logVariance.data);
      } else {
        const of = { originals: images, reconstructions: data };
        codes.add((await own.encode(images)).data, null, of);
      }
      widen(range, images);
    }
  } finally {
    await byComponents.dispose();
  }
  const [reconstructed, meanImage] = [inParts(ours.result()), inParts(constant.result())];
  const byPca = components === null ? null : inParts(linear.result());
  const corrupted = await evaluateCorrupted(input, samples, shared);
  const words = (keys: object) =>
    Object.fromEntries(
      Object.keys(keys).map((name) => [
        name,
        definitionOf(figures.find(({ key }) => key === name)!, samples, held.count),
      ]),
    );
  const { totalVariation, totalVariationOfImages } = reconstructed.variation;
  const evaluation: Omit<Evaluation, 'diagnosis'> = {
    dataset: dataset.name,
    split,
    images: held.count,
    codeUnits,
    definitions: words(reconstructed.errors),
    model: reconstructed.errors,
    corrupted: corrupted?.errors ?? null,
    pca: byPca === null ? null : { components: pca.components.length, fittedOn: pca.images, ...byPca.errors },
    meanImage: meanImage.errors,
    similarity: reconstructed.similarity && {
      definitions: words(reconstructed.similarity) as SimilarityEvaluation['definitions'],
      model: reconstructed.similarity,
      corrupted: corrupted?.similarity ?? null,
      pca: byPca?.similarity ?? null,
      meanImage: meanImage.similarity!,
    },
    objective: await evaluateObjective(input),
    jacobianNorm: setPenalties(recipe.penalties).some(({ kind }) => kind.lowersJacobian)
      ? await meanJacobianNorm(engine, definition, weights, toldPasses(model, held, moved), threads)
      : null,
    totalVariation:
      totalVariation === undefined
        ? null
        : {
            definition: TOTAL_VARIATION_DEFINITION,
            images: totalVariationOfImages!,
            reconstructions: totalVariation,
          },
    detection:
      split === 'test'
        ? await measureDetection({ engine, model, recipe, dataset, residuals, seed: input.seed }, onProgress)
        : null,
    code: codes.result(),
    ...(byColumn === null ? {} : { columns: byColumn.result() }),
    ...(worst === null ? {} : { worstRows: worst.result(...namesOf(held, dataset)) }),
    ...(added.length === 0 ? {} : { figures: applicable(added, samples).map(wordsOf) }),
  };
  const { epochs } = input;
  const enough = enoughSteps(recipe, imageShape(dataset), splits.train.count);
  const facts = { figures: evaluation, recipe, epochs, range, enoughSteps: enough };
  return { ...evaluation, diagnosis: diagnose(facts) };
}

/** The residuals of training rows, from the statistics where they are measured already. */
const trainingResiduals = async ({ model, splits, statistics, onProgress = SILENT }: EvaluationInput) =>
  statistics?.residuals ?? (await residualsOf(model, splits.train, onProgress));

/** The name of a row of a split, and its class. */
function namesOf({ names, labels }: LabelledSource, { classes, table }: SampleSet) {
  const isLabelled = table === undefined ? classes.length > 1 : table.encoding.label !== null;
  return [
    (index: number) => names?.[index] ?? String(index + 1),
    (index: number) => (isLabelled ? (classes[labels[index]!] ?? null) : null),
  ] as const;
}

/** What of a figure is stored next to its values. */
const wordsOf = ({ key, name, short, note, unit, better }: Figure): FigureWords => ({
  key,
  name,
  ...(short === undefined ? {} : { short }),
  note,
  unit,
  better,
});

/** Widens a range so that it holds all values. */
function widen(range: [number, number], values: Float32Array): void {
  let [least, most] = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  range[0] = least;
  range[1] = most;
}

async function evaluateCorrupted(
  input: EvaluationInput,
  samples: MeasuredSamples,
  figures: readonly Figure[],
) {
  const { engine, model, recipe, definition, splits, split, seed, onProgress = SILENT } = input;
  const { corruption } = recipe;
  if (corruption.type === 'none') return null;
  const { values } = definition;
  const held = splits[split];
  const ours = new Measurement(figures, samples, held.count);
  const untouched = new Measurement(figures, samples, held.count);
  let firstRow = 0;
  const told = (share: number) => onProgress(`noisy ${split} images`, share);
  for await (const { images, own } of toldPasses(model, held, told)) {
    const place = { split, firstRow, seed, range: samples.range };
    const seen = await corruptImages(engine, corruption, images, definition.shape, place);
    ours.add(images, (await own.reconstruct(seen)).data);
    untouched.add(images, seen);
    firstRow += images.length / values;
  }
  const [denoised, given] = [inParts(ours.result()), inParts(untouched.result())];
  return {
    errors: {
      corruption: describeCorruption(corruption),
      model: denoised.errors,
      input: given.errors,
    } satisfies CorruptedEvaluation,
    similarity: denoised.similarity && { model: denoised.similarity, input: given.similarity! },
  };
}

async function evaluateObjective(input: EvaluationInput): Promise<Evaluation['objective']> {
  const { engine, recipe, definition, weights, splits, split, seed, threads, onProgress = SILENT } = input;
  const told = (share: number) => onProgress('loss', share);
  told(0);
  const evaluator = await createEvaluator(
    engine,
    { definition, objective: recipe, samples: splits[split].spec },
    weights,
    { seed, threads },
  );
  try {
    return {
      parts: [...evaluator.parts],
      values: await evaluator.evaluate(splits[split], split, told),
    };
  } finally {
    await evaluator.dispose();
  }
}
