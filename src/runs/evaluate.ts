/** Held-out results: a model's reconstructions of a split, beside PCA with a code of the same size. */
import type { DataOptions, Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import {
  comparablePca,
  fitPca,
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
import {
  type Definition,
  defineAutoencoder,
  describeCorruption,
  type ImageShape,
  type LossPart,
} from '../models/index.ts';
import { type MetricsRow, readMetrics } from '../store/index.ts';
import {
  corruptImages,
  createEvaluator,
  type HeldSplit,
  type Losses,
  type NamedTensor,
} from '../training/index.ts';
import { type CodeStatistics, CodeSums, type Diagnosis, diagnose } from './diagnosis/index.ts';
import { meanJacobianNorm } from './jacobian.ts';
import { loadModel, type Model, readWeights } from './model.ts';
import type { Recipe } from './recipe.ts';
import { openRunData, pieces } from './run-data.ts';
import { imageOf } from './state.ts';

export interface Evaluation {
  /** The set and the split that the figures are on, and its number of images. */
  dataset: string;
  split: 'test' | 'validation' | 'train';
  images: number;
  /** Numbers in a code. */
  codeUnits: number;
  /** What each figure is. */
  definitions: Record<string, string>;
  /** Of the images as they are. */
  model: ReconstructionMetrics;
  /** Of corrupted images, against the clean ones: a denoiser's own task. */
  corrupted: CorruptedEvaluation | null;
  /**
   * PCA with as many components as the code has units, or as the training images vary in, fitted on these; null where
   * the code is as large as the image, as PCA is then exact and says nothing, and where there would be too many to find.
   */
  pca: (ReconstructionMetrics & { components: number }) | null;
  /** The mean training image in place of every reconstruction: what a model must beat to have learnt anything. */
  meanImage: ReconstructionMetrics;
  /** How alike images and reconstructions look; null in the results of an hourglass that did not measure it. */
  similarity: SimilarityEvaluation | null;
  /** The loss that was minimised and its parts, on these images, with the task's own noise; null on `train`. */
  objective: { parts: LossPart[]; values: Losses } | null;
  /** Of a contractive model: the mean over images of ‖∂h/∂x‖_F, the norm of the encoder's Jacobian. */
  jacobianNorm: number | null;
  /** How rough the images and their reconstructions are. */
  totalVariation: { definition: string; images: number; reconstructions: number };
  /** How many code units vary between these images; null for fewer than two, and in older results. */
  code: CodeStatistics | null;
  /** What the figures mean: a verdict, and what is the matter, with cause and remedy. */
  diagnosis: Diagnosis;
}

export interface CorruptedEvaluation {
  /** As "Gaussian noise, σ 0.4". */
  corruption: string;
  /** The model's reconstructions of corrupted images. */
  model: ReconstructionMetrics;
  /** The corrupted images themselves. */
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

/** All that reconstructions are measured by, added up together. */
class Measures {
  private readonly errors: ReconstructionErrors;
  private readonly likeness: Similarity;

  constructor(shape: ImageShape) {
    this.errors = new ReconstructionErrors(shape.channels * shape.height * shape.width);
    this.likeness = new Similarity(shape);
  }

  add(images: Float32Array, reconstructions: Float32Array): void {
    this.errors.add(images, reconstructions);
    this.likeness.add(images, reconstructions);
  }

  result(): { errors: ReconstructionMetrics; similarity: SimilarityMetrics } {
    return { errors: this.errors.result(), similarity: this.likeness.result() };
  }
}

export interface EvaluationInput {
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
}

export async function evaluateModel(input: EvaluationInput): Promise<Evaluation> {
  const { model, recipe, definition, weights, dataset, splits, split, threads } = input;
  const held = splits[split];
  const { pixels, codeUnits } = definition;
  const components = comparablePca(codeUnits, pixels, splits.train.count);
  const pca = await fitPca(pieces(splits.train, pixels), pixels, components ?? 0, threads);
  const shape = imageOf(dataset);
  const [ours, linear, constant] = [new Measures(shape), new Measures(shape), new Measures(shape)];
  const roughness = [0, 1].map(() => new TotalVariation(shape)) as [TotalVariation, TotalVariation];
  const codes = new CodeSums({
    shape: definition.codeShape,
    gaussian: recipe.model.code.type === 'gaussian',
  });
  const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const images of pieces(held, pixels)) {
    const { data } = await model.reconstruct(images);
    ours.add(images, data);
    if (components !== null) linear.add(images, reconstructPca(pca, images));
    constant.add(images, reconstructPca({ mean: pca.mean, components: [] }, images));
    roughness[0].add(images);
    roughness[1].add(data);
    codes.add((await model.encode(images)).data);
    for (const value of images) {
      if (value < range[0]) range[0] = value;
      if (value > range[1]) range[1] = value;
    }
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
    pca: byPca === null ? null : { components: pca.components.length, ...byPca.errors },
    meanImage: meanImage.errors,
    similarity: {
      definitions: similarityDefinitions(shape),
      model: reconstructed.similarity,
      corrupted: corrupted?.similarity ?? null,
      pca: byPca?.similarity ?? null,
      meanImage: meanImage.similarity,
    },
    objective: await evaluateObjective(input),
    jacobianNorm:
      recipe.penalties.contraction === null
        ? null
        : await meanJacobianNorm(definition, weights, pieces(held, pixels), threads),
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

/** The noise of validation, or of test; training images have none that stays. */
const heldSplit = (split: Evaluation['split']): HeldSplit => (split === 'train' ? 'test' : split);

async function evaluateCorrupted(input: EvaluationInput) {
  const { model, recipe, definition, dataset, splits, split, seed } = input;
  const { corruption } = recipe;
  if (corruption.type === 'none') return null;
  const { pixels } = definition;
  const shape = imageOf(dataset);
  const [ours, untouched] = [new Measures(shape), new Measures(shape)];
  let firstRow = 0;
  for (const images of pieces(splits[split], pixels)) {
    const place = { split: heldSplit(split), firstRow, seed };
    const seen = await corruptImages(corruption, images, pixels, place);
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
  const { recipe, definition, weights, splits, split, seed, threads } = input;
  if (split === 'train') return null;
  const evaluator = await createEvaluator({ definition, objective: recipe }, weights, { seed, threads });
  try {
    const { images, count } = splits[split];
    return {
      parts: [...evaluator.parts],
      values: await evaluator.evaluate({ pixels: images, count }, split),
    };
  } finally {
    await evaluator.dispose();
  }
}

export interface EvaluateOptions extends Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'> {
  split?: Evaluation['split'];
  threads?: number;
}

/** Evaluates a finished run anew, on the data it was trained on. */
export async function evaluateRun(run: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { split = 'test' } = options;
  const { manifest, recipe, dataset, splits } = await openRunData(run, options);
  const threads = options.threads ?? manifest.threads;
  const model = await loadModel(run, { threads });
  try {
    const definition = defineAutoencoder(recipe.model, imageOf(dataset));
    const weights = await readWeights(run, definition, recipe);
    const { seed } = manifest;
    const epochs = await readMetrics(run);
    return await evaluateModel({
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
    });
  } finally {
    await model.dispose();
  }
}
