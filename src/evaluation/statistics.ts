/** The statistics that travel with a model, measured: scores of held-out images, codes of training images. */
import { join } from 'node:path';
import type { TrainingSplits } from '../data/splits.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import { HourglassError } from '../errors.ts';
import {
  errorScores,
  imageErrors,
  MomentSums,
  quantileTable,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
} from '../metrics/index.ts';
import { MODEL_FOLDER } from '../model/files.ts';
import { loadModel, type Model } from '../model/model.ts';
import { QUANTILES, STATISTICS_FILE, type Statistics, WIDEST_COVARIANCE } from '../model/statistics.ts';
import type { SessionData } from '../runs/data.ts';
import { openRunData } from '../runs/data.ts';
import { passes, type Source } from '../samples/index.ts';
import { writeWhole } from '../store/index.ts';
import { counted, type OnProgress, SILENT } from './progress.ts';
import { readResults } from './results.ts';

/**
 * Measures the statistics of a run that was made before they were kept, on the data it was trained on, and writes them
 * next to its model. A run that has them is measured again.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if the run is not finished or cannot be written; `data` if its images are missing or
 * have changed.
 *
 * @example
 * ```ts
 * import { measureStatistics } from 'hourglass';
 *
 * const { scores } = await measureStatistics('runs/digits');
 * console.log(scores.mean, scores.std); // of the anomaly scores of held-out images
 * ```
 */
export async function measureStatistics(run: string, options: SessionData = {}): Promise<Statistics> {
  return measure(run, options, (error) => Promise.reject(error));
}

/**
 * The same for a run that may be read-only.
 * @param onUnwritable is called where the statistics cannot be kept.
 */
export async function measure(
  run: string,
  options: SessionData,
  onUnwritable: (error: HourglassError) => void | Promise<void>,
): Promise<Statistics> {
  const { manifest, splits } = await openRunData(run, options);
  const model = await loadModel(run, { threads: manifest.threads });
  try {
    const results = await readResults(run, manifest).catch(() => null);
    const statistics = await statisticsOf(model, splits, results?.diagnosis ?? null, SILENT);
    try {
      await write(join(run, MODEL_FOLDER), statistics);
    } catch (error) {
      if (!(error instanceof HourglassError)) throw error;
      await onUnwritable(error);
    }
    return statistics;
  } finally {
    await model.dispose();
  }
}

/** Measures them and writes `statistics.json` into the model's folder. */
export async function writeStatistics(
  folder: string,
  model: Model,
  splits: TrainingSplits,
  diagnosis: Diagnosis | null,
  onProgress: OnProgress = SILENT,
): Promise<Statistics> {
  const statistics = await statisticsOf(model, splits, diagnosis, onProgress);
  await write(folder, statistics);
  return statistics;
}

const write = (folder: string, statistics: Statistics): Promise<void> =>
  writeWhole(join(folder, STATISTICS_FILE), `${JSON.stringify(statistics)}\n`);

async function statisticsOf(
  model: Model,
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
  const pixels = pixelsOf(model);
  const scores = new Map(SCORE_KINDS.map((kind) => [kind, new Float64Array(images.count)]));
  let at = 0;
  for await (const piece of counted(passes(images), images.count * pixels, (share) =>
    onProgress('scores', share),
  )) {
    const squared = new Float32Array(piece.length);
    const means = imageErrors(piece, (await model.reconstruct(piece)).data, pixels, { squared });
    for (const [kind, values] of scores)
      values.set(kind === 'mean' ? means : errorScores(squared, model.info.image, kind), at);
    at += means.length;
  }
  const of = (kind: ScoreKind) => distribution(kind, scores.get(kind)!);
  return {
    ...of('mean'),
    split: images === test ? 'test' : 'validation',
    note,
    images: images.count,
    others: { max: of('max'), 'top1%': of('top1%'), 'smoothed-max': of('smoothed-max') },
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
  const pixels = pixelsOf(model);
  for await (const piece of counted(passes(images), images.count * pixels, (share) =>
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
