/** The statistics that travel with a model, measured: scores of held-out images, codes of training images. */
import type { TrainingSplits } from '../data/splits.ts';
import { inPictures } from '../data/tiles.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import {
  anomalyScores,
  IMAGE_SCORE_KINDS,
  MomentSums,
  quantileTable,
  residualDistance,
  rowScores,
  type ScoreKind,
  scoreDefinition,
  scoreKindsFor,
} from '../metrics/index.ts';
import { mapShape } from '../model/map-shape.ts';
import type { Model } from '../model/model.ts';
import { onPictures } from '../model/pictures.ts';
import {
  type OtherScores,
  QUANTILES,
  type Statistics,
  type TrainingResiduals,
  WIDEST_COVARIANCE,
} from '../model/statistics.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Source } from '../samples/index.ts';
import { scoreFor } from './detection.ts';
import type { OnProgress } from './progress.ts';
import { residualsOf } from './residuals.ts';
import { shortened } from './shortened.ts';
import { toldPasses } from './told-passes.ts';

/** Measures them: scores of the validation images, codes of the training images. */
export async function statisticsOf(
  model: Model,
  recipe: Pick<Recipe, 'loss'>,
  splits: TrainingSplits,
  diagnosis: Diagnosis | null,
  onProgress: OnProgress,
): Promise<Statistics> {
  const isOfRows = splits.train.spec.kind === 'row';
  const residuals = isOfRows ? await residualsOf(model, splits.train, onProgress) : null;
  const score = isOfRows ? 'distance' : scoreFor(recipe.loss);
  return {
    format: 'hourglass-statistics',
    version: 1,
    recipe: model.info.recipe,
    dataset: model.info.dataset,
    codeUnits: model.info.codeUnits,
    ...(score === 'mean' ? {} : { defaultScore: score }),
    ...(residuals === null ? {} : { residuals }),
    scores: await heldOutScores(onPictures(model), inPictures(splits), residuals, onProgress),
    codes: await trainingCodes(model, splits.train, onProgress),
    diagnosis,
  };
}

async function heldOutScores(
  model: Model,
  splits: TrainingSplits,
  residuals: TrainingResiduals | null,
  onProgress: OnProgress,
): Promise<Statistics['scores']> {
  const { validation: samples, test, note } = splits;
  const size = pixelsOf(model);
  const { kind: sample } = samples.spec;
  const kinds = scoreKindsFor(sample);
  const scores = new Map(kinds.map((kind) => [kind, new Float64Array(samples.count)]));
  const distance = residuals === null ? null : residualDistance(residuals);
  let at = 0;
  const told = (share: number) => onProgress('scores', share);
  for await (const { images: piece, own } of toldPasses(model, samples, told)) {
    const { data } = await own.reconstruct(piece);
    if (sample === 'row') {
      for (const kind of kinds)
        scores.get(kind)!.set(rowScores(kind, piece, data, size, distance).scores, at);
    } else {
      const found = anomalyScores(piece, data, mapShape(model), IMAGE_SCORE_KINDS);
      for (const kind of IMAGE_SCORE_KINDS) scores.get(kind)!.set(found[kind], at);
    }
    at += piece.length / size;
  }
  const of = (kind: ScoreKind) => ({
    definition: scoreDefinition(kind, sample),
    ...distribution(scores.get(kind)!),
  });
  const others = kinds.filter((kind) => kind !== 'mean');
  return {
    ...of('mean'),
    split: samples === test ? 'test' : 'validation',
    note,
    images: samples.count,
    others: Object.fromEntries(others.map((kind) => [kind, of(kind)])) as unknown as OtherScores,
  };
}

function distribution(scores: Float64Array) {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return {
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
  const told = (share: number) => onProgress('codes', share);
  for await (const { images: piece, own } of toldPasses(model, images, told))
    sums.add((await own.encode(piece)).data);
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

const pixelsOf = ({ info: { image } }: Model): number => image.channels * image.height * image.width;
