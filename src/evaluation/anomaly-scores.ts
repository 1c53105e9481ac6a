/** Anomaly scores of images: they are compared with the classes. */
import type { Engine } from '../engine/index.ts';
import { anomalyScores, imageErrors, SCORE_KIND_DEFINITIONS, type ScoreKind } from '../metrics/index.ts';
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
  negativeElbo: `negative ELBO in nats, mean over ${SAMPLES} codes drawn for the image; grey values are not binarised`,
} as const;
/** The scores that are compared: `squaredError`, the other score kinds, and for variational models `negativeElbo`. */
export type ScoreName = keyof typeof SCORE_DEFINITIONS;

/** One score per image, [n]; the negative ELBO only for variational models whose loss is a likelihood. */
export type AnomalyScores = Record<Exclude<ScoreName, 'negativeElbo'>, Float64Array> & {
  negativeElbo: Float64Array | null;
};

/** Whether a recipe's models have a negative ELBO. */
export const hasElbo = ({ model, loss }: Pick<Recipe, 'model' | 'loss'>): boolean =>
  codeHasElbo(model) && lossTraits(loss).likelihood !== null;

/** Scores images of the size that a model was trained on. Higher means more anomalous. */
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
  images: Source,
  { seed, threads }: { seed: number; threads: number },
): Promise<AnomalyScores> {
  const { shape, values } = definition;
  const errors = {
    squaredError: new Float64Array(images.count),
    max: new Float64Array(images.count),
    'top1%': new Float64Array(images.count),
    'smoothed-max': new Float64Array(images.count),
  };
  let at = 0;
  for await (const { images: piece, own } of toldPasses(model, images)) {
    const { data } = await own.reconstruct(piece);
    errors.squaredError.set(imageErrors(piece, data, values), at);
    const found = anomalyScores(piece, data, shape, MAP_SCORES);
    for (const kind of MAP_SCORES) errors[kind].set(found[kind], at);
    at += piece.length / values;
  }
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
