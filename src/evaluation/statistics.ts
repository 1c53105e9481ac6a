/** The statistics that travel with a model, measured: scores of held-out images, codes of training images. */
import type { TrainingSplits } from '../data/splits.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import {
  anomalyScores,
  imageErrors,
  MomentSums,
  quantileTable,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
  scoreKindsFor,
} from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import { type OtherScores, QUANTILES, type Statistics, WIDEST_COVARIANCE } from '../model/statistics.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { passes, type Source } from '../samples/index.ts';
import { scoreFor } from './detection.ts';
import { counted, type OnProgress } from './progress.ts';

/** Measures them: scores of the validation images, codes of the training images. */
export async function statisticsOf(
  model: Model,
  recipe: Pick<Recipe, 'loss'>,
  splits: TrainingSplits,
  diagnosis: Diagnosis | null,
  onProgress: OnProgress,
): Promise<Statistics> {
  return {
    format: 'hourglass-statistics',
    version: 1,
    recipe: model.info.recipe,
    dataset: model.info.dataset,
    codeUnits: model.info.codeUnits,
    ...(scoreFor(recipe.loss) === 'mean' ? {} : { defaultScore: scoreFor(recipe.loss) }),
    scores: await heldOutScores(model, splits, onProgress),
    codes: await trainingCodes(model, splits.train, onProgress),
    diagnosis,
  };
}

async function heldOutScores(
  model: Model,
  splits: TrainingSplits,
  onProgress: OnProgress,
): Promise<Statistics['scores']> {
  const { validation: images, test, note } = splits;
  const size = pixelsOf(model);
  const kinds = scoreKindsFor(images.spec.kind);
  const scores = new Map(kinds.map((kind) => [kind, new Float64Array(images.count)]));
  const others = kinds.filter((kind) => kind !== 'mean');
  let at = 0;
  for await (const piece of counted(passes(images), images.count * size, (share) =>
    onProgress('scores', share),
  )) {
    const { data } = await model.reconstruct(piece);
    const means = imageErrors(piece, data, size);
    scores.get('mean')!.set(means, at);
    const found = anomalyScores(piece, data, model.info.image, others);
    for (const kind of others) scores.get(kind)!.set(found[kind], at);
    at += means.length;
  }
  const of = (kind: ScoreKind) => distribution(kind, scores.get(kind)!);
  return {
    ...of('mean'),
    split: images === test ? 'test' : 'validation',
    note,
    images: images.count,
    others: Object.fromEntries(others.map((kind) => [kind, of(kind)])) as unknown as OtherScores,
  };
}

function distribution(kind: ScoreKind, scores: Float64Array) {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return {
    definition: SCORE_KIND_DEFINITIONS[kind],
    mean: shortened(mean),
    std: shortened(Math.sqrt(variance)),
    quantiles: quantileTable(scores, QUANTILES).map(shortened),
  };
}

async function trainingCodes(
  model: Model,
  images: Source,
  onProgress: OnProgress,
): Promise<Statistics['codes']> {
  const units = model.info.codeUnits;
  const sums = new MomentSums(units, { covariance: units <= WIDEST_COVARIANCE });
  const size = pixelsOf(model);
  for await (const piece of counted(passes(images), images.count * size, (share) =>
    onProgress('codes', share),
  ))
    sums.add((await model.encode(piece)).data);
  const { count, mean, std, min, max, covariance } = sums.result();
  const list = (values: Float64Array) => Array.from(values, shortened);
  const row = (i: number) => list(covariance!.subarray(i * units, i * units + i + 1));
  return {
    split: 'train',
    images: count,
    mean: list(mean),
    std: list(std),
    min: list(min),
    max: list(max),
    covariance: covariance === null ? null : Array.from({ length: units }, (_, i) => row(i)),
  };
}

/** Seven digits, as many as a float32 has. */
const shortened = (value: number): number => Number(value.toPrecision(7));

const pixelsOf = ({ info: { image } }: Model): number => image.channels * image.height * image.width;
