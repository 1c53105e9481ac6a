/** Held-out results: a model's reconstructions of a split, next to PCA with a code of the same size. */
import type { DataOptions, Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { type CodeStatistics, CodeSums, type Diagnosis, diagnose } from '../diagnosis/index.ts';
import type { Engine } from '../engine/index.ts';
import {
  comparablePca,
  fitPca,
  pcaImages,
  pcaReconstructor,
  RECONSTRUCTION_DEFINITIONS,
  ReconstructionErrors,
  type ReconstructionMetrics,
  reconstructPca,
  Similarity,
  type SimilarityMetrics,
  similarityDefinitions,
  TOTAL_VARIATION_DEFINITION,
  TotalVariation,
} from '../metrics/index.ts';
import { loadModel, type Model, readWeights } from '../model/model.ts';
import {
  codeTraits,
  type Definition,
  defineAutoencoder,
  describeCorruption,
  type ImageShape,
  type LossPart,
} from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageShape } from '../recipe/fitting.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { openRunData } from '../runs/data.ts';
import { passes } from '../samples/index.ts';
import { type MetricsRow, readMetrics } from '../store/index.ts';
import { expectingFailures } from '../system-errors.ts';
import {
  corruptImages,
  createEvaluator,
  type HeldSplit,
  type Losses,
  type NamedTensor,
} from '../training/index.ts';
import { meanJacobianNorm } from './jacobian.ts';
import { counted, type OnProgress, SILENT } from './progress.ts';

export interface Evaluation {
  /** The data set and split that were measured, and the number of images. */
  dataset: string;
  split: 'test' | 'validation' | 'train';
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
   * PCA with as many components as the code has units, or as the rank of the training images allows. `fittedOn` is the
   * number of training images it was fitted on: all of them, or a share of many large ones; null in results of older
   * versions. PCA is null if the code is as large as the image, since PCA is then exact and says nothing, or if there
   * would be too many components to find.
   */
  pca: (ReconstructionMetrics & { components: number; fittedOn: number | null }) | null;
  /** The mean training image instead of every reconstruction: a model that does not beat it has learned nothing. */
  meanImage: ReconstructionMetrics;
  /** The similarity of images and reconstructions to the eye; null in results of older versions. */
  similarity: SimilarityEvaluation | null;
  /** The loss that was minimised and its parts, on these images, with the task's own noise; null on `train`. */
  objective: { parts: LossPart[]; values: Losses } | null;
  /** Only for contractive models: the mean over images of ‖∂h/∂x‖_F, the norm of the encoder's Jacobian. */
  jacobianNorm: number | null;
  /** The total variation of the images and of their reconstructions. */
  totalVariation: { definition: string; images: number; reconstructions: number };
  /** How many code units vary between these images; null for fewer than two, and in older results. */
  code: CodeStatistics | null;
  /** What the figures mean: a verdict, and each problem with its cause and remedy. */
  diagnosis: Diagnosis;
}

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
  definitions: Record<keyof SimilarityMetrics, string>;
  model: SimilarityMetrics;
  corrupted: { model: SimilarityMetrics; input: SimilarityMetrics } | null;
  pca: SimilarityMetrics | null;
  meanImage: SimilarityMetrics;
}

/** SSIM is slow: for large images it is measured on as many as have the values of MNIST's 10,000. */
const SIMILARITY_VALUES = 10_000 * 784;

/** On how many of the images SSIM and PSNR are measured. */
const similarityImages = (count: number, pixels: number): number =>
  Math.min(count, Math.max(1, Math.floor(SIMILARITY_VALUES / pixels)));

/** All measures of reconstructions, accumulated together. */
class Measures {
  private readonly errors: ReconstructionErrors;
  private readonly likeness: Similarity;
  private readonly pixels: number;
  /** The images on which SSIM and PSNR are measured, spread evenly. */
  private readonly share: number;
  private seen = 0;

  constructor(shape: ImageShape, count: number) {
    this.pixels = shape.channels * shape.height * shape.width;
    this.errors = new ReconstructionErrors(this.pixels);
    this.likeness = new Similarity(shape);
    this.share = similarityImages(count, this.pixels) / count;
  }

  add(images: Float32Array, reconstructions: Float32Array): void {
    const { pixels, share } = this;
    this.errors.add(images, reconstructions);
    for (let start = 0; start < images.length; start += pixels, this.seen++) {
      if (Math.floor(this.seen * share + 1e-9) === Math.floor((this.seen + 1) * share + 1e-9)) continue;
      const end = start + pixels;
      this.likeness.add(images.subarray(start, end), reconstructions.subarray(start, end));
    }
  }

  result(): { errors: ReconstructionMetrics; similarity: SimilarityMetrics } {
    return { errors: this.errors.result(), similarity: this.likeness.result() };
  }
}

/** What SSIM and PSNR are, and of how many of the images they were taken where not of all. */
function similarityWords(shape: ImageShape, count: number) {
  const taken = similarityImages(count, shape.channels * shape.height * shape.width);
  const { ssim, psnr } = similarityDefinitions(shape);
  if (taken === count) return { ssim, psnr };
  const which = `; measured on ${taken} of the ${count.toLocaleString('en')} images, spread evenly`;
  return { ssim: ssim + which, psnr: psnr + which };
}

export interface EvaluationInput {
  engine: Engine;
  model: Model;
  recipe: Recipe;
  definition: Definition;
  weights: ReadonlyMap<string, NamedTensor>;
  dataset: Dataset;
  splits: TrainingSplits;
  split: Evaluation['split'];
  /** The training, epoch by epoch: the diagnosis looks at how it ended. */
  epochs: readonly MetricsRow[];
  seed: number;
  threads: number;
  onProgress?: OnProgress;
}

export async function evaluateModel(input: EvaluationInput): Promise<Evaluation> {
  const { engine, model, recipe, definition, weights, dataset, splits, split, threads } = input;
  const { onProgress = SILENT } = input;
  const held = splits[split];
  const { pixels, codeUnits } = definition;
  const components = comparablePca(codeUnits, pixels, splits.train.count);
  const fitted = passes(splits.train, pcaImages(splits.train.count, pixels));
  const fitting = (share: number) => onProgress('PCA', share);
  fitting(0);
  const pca = await fitPca(engine, fitted, pixels, components ?? 0, threads, fitting);
  const byComponents = await pcaReconstructor(engine, pca, threads);
  const shape = imageShape(dataset);
  const measures = () => new Measures(shape, held.count);
  const [ours, linear, constant] = [measures(), measures(), measures()];
  const roughness = [0, 1].map(() => new TotalVariation(shape)) as [TotalVariation, TotalVariation];
  const codes = new CodeSums({
    shape: definition.codeShape,
    hasVariance: codeTraits(recipe.model.code).hasVariance,
  });
  const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const whole = held.count * pixels;
  const told = (share: number) => onProgress(`${split} images`, share);
  try {
    for await (const images of counted(passes(held), whole, told)) {
      const { data } = await model.reconstruct(images);
      ours.add(images, data);
      if (components !== null) linear.add(images, await byComponents.reconstruct(images));
      constant.add(images, reconstructPca({ mean: pca.mean, components: [] }, images));
      roughness[0].add(images);
      roughness[1].add(data);
      codes.add((await model.encode(images)).data);
      widen(range, images);
    }
  } finally {
    await byComponents.dispose();
  }
  const [reconstructed, meanImage] = [ours.result(), constant.result()];
  const byPca = components === null ? null : linear.result();
  const corrupted = await evaluateCorrupted(input);
  const evaluation: Omit<Evaluation, 'diagnosis'> = {
    dataset: dataset.name,
    split,
    images: held.count,
    codeUnits,
    definitions: RECONSTRUCTION_DEFINITIONS,
    model: reconstructed.errors,
    corrupted: corrupted?.errors ?? null,
    pca: byPca === null ? null : { components: pca.components.length, fittedOn: pca.images, ...byPca.errors },
    meanImage: meanImage.errors,
    similarity: {
      definitions: similarityWords(shape, held.count),
      model: reconstructed.similarity,
      corrupted: corrupted?.similarity ?? null,
      pca: byPca?.similarity ?? null,
      meanImage: meanImage.similarity,
    },
    objective: await evaluateObjective(input),
    jacobianNorm:
      recipe.penalties.contraction === null
        ? null
        : await meanJacobianNorm(engine, definition, weights, passes(held), threads),
    totalVariation: {
      definition: TOTAL_VARIATION_DEFINITION,
      images: roughness[0].result(),
      reconstructions: roughness[1].result(),
    },
    code: codes.result(),
  };
  const { epochs } = input;
  return { ...evaluation, diagnosis: diagnose({ figures: evaluation, recipe, epochs, range }) };
}

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

/** The noise of validation, or of test; training images have none that stays. */
const heldSplit = (split: Evaluation['split']): HeldSplit => (split === 'train' ? 'test' : split);

async function evaluateCorrupted(input: EvaluationInput) {
  const { engine, model, recipe, definition, dataset, splits, split, seed, onProgress = SILENT } = input;
  const { corruption } = recipe;
  if (corruption.type === 'none') return null;
  const { pixels } = definition;
  const shape = imageShape(dataset);
  const held = splits[split];
  const [ours, untouched] = [new Measures(shape, held.count), new Measures(shape, held.count)];
  let firstRow = 0;
  const told = (share: number) => onProgress(`noisy ${split} images`, share);
  for await (const images of counted(passes(held), held.count * pixels, told)) {
    const place = { split: heldSplit(split), firstRow, seed };
    const seen = await corruptImages(engine, corruption, images, pixels, place);
    ours.add(images, (await model.reconstruct(seen)).data);
    untouched.add(images, seen);
    firstRow += images.length / pixels;
  }
  const [denoised, given] = [ours.result(), untouched.result()];
  return {
    errors: {
      corruption: describeCorruption(corruption),
      model: denoised.errors,
      input: given.errors,
    } satisfies CorruptedEvaluation,
    similarity: { model: denoised.similarity, input: given.similarity },
  };
}

async function evaluateObjective(input: EvaluationInput): Promise<Evaluation['objective']> {
  const { engine, recipe, definition, weights, splits, split, seed, threads } = input;
  if (split === 'train') return null;
  input.onProgress?.('loss', 0);
  const evaluator = await createEvaluator(engine, { definition, objective: recipe }, weights, {
    seed,
    threads,
  });
  try {
    return {
      parts: [...evaluator.parts],
      values: await evaluator.evaluate(splits[split], split),
    };
  } finally {
    await evaluator.dispose();
  }
}

export interface EvaluateOptions extends Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'> {
  split?: Evaluation['split'];
  threads?: number;
  /** Called with what is being measured and the share of it that is done, 0 to 1. */
  onProgress?: OnProgress;
}

/** Evaluates a finished run again, on the data it was trained on. */
export function evaluateRun(run: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  return expectingFailures(() => evaluated(run, options));
}

async function evaluated(run: string, options: EvaluateOptions): Promise<Evaluation> {
  const { split = 'test', onProgress, ...data } = options;
  const { manifest, recipe, dataset, splits } = await openRunData(run, data);
  const threads = options.threads ?? manifest.threads;
  const model = await loadModel(run, { threads });
  try {
    const definition = defineAutoencoder(recipe.model, imageShape(dataset));
    const weights = await readWeights(run, definition, recipe);
    const { seed } = manifest;
    const epochs = await readMetrics(run);
    return await evaluateModel({
      engine: nodeEngine,
      model,
      recipe,
      definition,
      weights,
      dataset,
      splits,
      split,
      epochs,
      seed,
      threads,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  } finally {
    await model.dispose();
  }
}
