/** Anomaly scores of images: they are compared with the classes. */
import type { Engine } from '../engine/index.ts';
import {
  anomalyScores,
  type Features,
  imageErrors,
  nearestDistances,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
} from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import { type Definition, lossTraits } from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { passes, type Source } from '../samples/index.ts';
import type { NamedTensor } from '../training/index.ts';
import { openImportanceSampler } from './importance.ts';
import { hasElbo as codeHasElbo, requireLikelihood } from './likelihood.ts';
import { toldPasses } from './told-passes.ts';

/** Codes drawn for the negative ELBO of an image. */
const SAMPLES = 16;

/** The scores from a map of squared errors, as `hourglass anomaly --score` has them; their `mean` is `squaredError` here. */
export const MAP_SCORES = ['max', 'top1%', 'smoothed-max'] as const satisfies readonly ScoreKind[];

export const SCORE_DEFINITIONS = {
  squaredError: SCORE_KIND_DEFINITIONS.mean,
  max: SCORE_KIND_DEFINITIONS.max,
  'top1%': SCORE_KIND_DEFINITIONS['top1%'],
  'smoothed-max': SCORE_KIND_DEFINITIONS['smoothed-max'],
  neighbour:
    'relative squared error, ‖x − x̂‖² / ‖x‖² of values in [0, 1], times the squared Euclidean distance of the code to the nearest code of an ' +
    'image of the classes that were learned, training or validation',
  negativeElbo: `negative ELBO in nats, mean over ${SAMPLES} codes drawn for the image; grey values are not binarised`,
} as const;
/** The scores that are compared: `squaredError`, the other score kinds, `neighbour`, and for variational models `negativeElbo`. */
export type ScoreName = keyof typeof SCORE_DEFINITIONS;

/** One score per image, [n]; the negative ELBO only for variational models whose loss is a likelihood. */
export type AnomalyScores = Record<Exclude<ScoreName, 'negativeElbo'>, Float64Array> & {
  negativeElbo: Float64Array | null;
};

/** Whether a recipe's models have a negative ELBO. */
export const hasElbo = ({ model, loss }: Pick<Recipe, 'model' | 'loss'>): boolean =>
  codeHasElbo(model) && lossTraits(loss).likelihood !== null;

/** Values of reference codes that are kept, at most: 256 MiB. Of more images a part is used, spread evenly. */
const MOST_CODE_VALUES = 2 ** 26;

/**
 * Scores images of the size that a model was trained on. Higher means more anomalous.
 * @param learned images of the classes that were learned, with which codes are compared.
 */
export async function measureScores(
  engine: Engine,
  {
    model,
    recipe,
    definition,
    weights,
  }: {
    model: Model;
    recipe: Recipe;
    definition: Definition;
    weights: ReadonlyMap<string, NamedTensor>;
  },
  { images, learned }: { images: Source; learned: Source },
  { seed, threads }: { seed: number; threads: number },
): Promise<AnomalyScores> {
  const { shape, values } = definition;
  const errors = {
    squaredError: new Float64Array(images.count),
    max: new Float64Array(images.count),
    'top1%': new Float64Array(images.count),
    'smoothed-max': new Float64Array(images.count),
    neighbour: new Float64Array(images.count),
  };
  const width = model.info.codeUnits;
  const codes = new Float32Array(images.count * width);
  let at = 0;
  for await (const { images: piece, own } of toldPasses(model, images)) {
    const { data } = await own.reconstruct(piece);
    codes.set((await own.encode(piece)).data, at * width);
    errors.neighbour.set(relativeErrors(piece, data, values), at);
    errors.squaredError.set(imageErrors(piece, data, values), at);
    const found = anomalyScores(piece, data, shape, MAP_SCORES);
    for (const kind of MAP_SCORES) errors[kind].set(found[kind], at);
    at += piece.length / values;
  }
  const distances = await nearestDistances(engine, {
    train: await codesOf(model, learned),
    test: { features: codes, count: images.count, width },
    threads,
  });
  for (const [i, distance] of distances.entries()) errors.neighbour[i]! *= distance;
  if (!hasElbo(recipe)) return { ...errors, negativeElbo: null };
  const { loss } = recipe;
  requireLikelihood(definition, loss);
  const sampler = await openImportanceSampler(
    engine,
    { definition, loss, weights },
    { samples: SAMPLES, seed, threads },
  );
  const negativeElbo = new Float64Array(images.count);
  try {
    let place = 0;
    for await (const piece of passes(images)) {
      for (let start = 0; start < piece.length; start += values) {
        const { logWeights } = await sampler.weigh(
          piece.subarray(start, start + values),
          place,
          images.labels?.[place],
        );
        negativeElbo[place++] = -logWeights.reduce((a, b) => a + b) / SAMPLES;
      }
    }
  } finally {
    await sampler.dispose();
  }
  return { ...errors, negativeElbo };
}

/** ‖x − x̂‖² / ‖x‖² of each image, [n]; an image that is 0 everywhere counts as one value of a 255th. */
function relativeErrors(images: Float32Array, reconstructions: Float32Array, values: number): Float64Array {
  const squares = imageErrors(images, new Float32Array(images.length), values);
  const least = 255 ** -2 / values;
  return imageErrors(images, reconstructions, values).map((error, i) => error / Math.max(squares[i]!, least));
}

/** The codes of images, of each class as its own if the model is conditional. */
async function codesOf(model: Model, images: Source): Promise<Features> {
  const width = model.info.codeUnits;
  const count = Math.min(images.count, Math.max(1, Math.floor(MOST_CODE_VALUES / width)));
  const features = new Float32Array(count * width);
  let at = 0;
  for await (const { images: piece, own } of toldPasses(model, images, undefined, count)) {
    const { data } = await own.encode(piece);
    features.set(data, at);
    at += data.length;
  }
  return { features, count, width };
}
