/** How well a model's scores find the defects of a test split: samples by their classes, pixels by their masks. */
import type { SampleSet } from '../data/dataset.ts';
import {
  auroc,
  type BestF1,
  IMAGE_SCORE_KINDS,
  type MapScoreKind,
  mapsOfImages,
  PixelDetection,
  type PixelFigures,
  precisionOf,
  type ResidualDistance,
  residualDistance,
  rowScores,
  type ScoreKind,
  scoreKindsFor,
} from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import type { TrainingResiduals } from '../model/statistics.ts';
import { type LossConfig, lossTraits } from '../models/index.ts';
import { type LabelledSource, readScaled, rowsWithin, valuesOf } from '../samples/index.ts';
import type { OnProgress } from './progress.ts';

/** How well one kind of score finds defects. */
export interface DetectionByScore {
  /** The AUROC of all defective images against the good ones. */
  auroc: number;
  /** Average precision of the defective images. */
  averagePrecision: number;
  /** The threshold with the best F1 on these images, and what it reaches. */
  bestF1: BestF1;
  /** The AUROC of each class of defects against the good images. */
  classes: Record<string, number>;
  /** Figures of pixels by the map of the score; null without masks, and for scores whose map another score has. */
  pixels: PixelFigures | null;
}

/** How well a model finds the defects of a test split: defective images, or the rows of a table that are not normal. */
export interface DetectionEvaluation {
  /** The class of the good samples. */
  normal: string;
  /** Good images, or normal rows. */
  good: number;
  /** Defective images, or other rows. */
  defective: number;
  /** Defective images that have a mask: figures of pixels are of these and of the good images. */
  masks: number;
  /** The kind of score that the model finds anomalies by unless another is asked for. */
  score: ScoreKind;
  /** Each kind of score that the samples have. */
  scores: Partial<Record<ScoreKind, DetectionByScore>>;
}

/** The kind of score for models with a loss: by structure where the loss compares structure. */
export const scoreFor = (loss: LossConfig): MapScoreKind =>
  lossTraits(loss).comparesStructure ? 'ssim-max' : 'mean';

/** One kind of score for each map whose pixels are measured. */
const MAPPED: readonly MapScoreKind[] = ['mean', 'smoothed-max', 'ssim', 'ssim-max'];

const BATCH_BYTES = 2 ** 24;

/**
 * Null where the test split does not have good samples and others.
 * @param residuals those of training rows, with which the residuals of test rows are compared; null for images.
 */
export async function measureDetection(
  model: Model,
  loss: LossConfig,
  { folder, table, classes, test }: Pick<SampleSet, 'folder' | 'table' | 'classes' | 'test'>,
  residuals: TrainingResiduals | null,
  onProgress: OnProgress,
): Promise<DetectionEvaluation | null> {
  const normal = folder?.normal ?? table?.encoding.label?.normal ?? null;
  if (normal === null) return null;
  const label = classes.indexOf(normal);
  // Good images first: figures of pixels need their rate of false alarms.
  const order = Uint32Array.from(test.labels, (_, i) => i).sort(
    (a, b) => Number(test.labels[a] !== label) - Number(test.labels[b] !== label) || a - b,
  );
  const positive = Uint8Array.from(order, (i) => Number(test.labels[i] !== label));
  const defective = positive.reduce((sum, is) => sum + is, 0);
  const good = order.length - defective;
  if (good === 0 || defective === 0) return null;
  const counts = { normal, good, defective };
  if (residuals !== null) {
    const scores = await scoresOfRows(model, test, order, residualDistance(residuals), onProgress);
    return { ...counts, masks: 0, score: 'distance', scores: figuresOf(scores) };
  }
  const kinds = IMAGE_SCORE_KINDS;
  const scores = Object.fromEntries(kinds.map((kind) => [kind, new Float64Array(order.length)])) as Record<
    MapScoreKind,
    Float64Array
  >;
  const { image } = model.info;
  const mapped = MAPPED.map((kind) => ({ kind, detection: new PixelDetection(image.height, image.width) }));
  const masks = masksOf(test);
  let at = 0;
  for await (const images of batchesOf(test, order)) {
    onProgress('defects', at / order.length);
    const { data } = await model.reconstruct(images);
    for (const maps of mapsOfImages(images, data, image)) {
      for (const kind of kinds) scores[kind][at] = maps.score(kind);
      const isGood = positive[at] === 0;
      const mask = isGood ? null : await masks?.(order[at]!);
      for (const { kind, detection } of mapped) {
        if (isGood) detection.addGood(Float32Array.from(maps.of(kind)));
        else if (mask) detection.addDefective(Float32Array.from(maps.of(kind)), mask);
      }
      at++;
    }
  }
  const withMasks = order.reduce((sum, i) => sum + Number(test.masks?.present[i] === 1), 0);
  const pixelsOf = (kind: ScoreKind) =>
    withMasks === 0 ? undefined : mapped.find((one) => one.kind === kind)?.detection.result();
  return { ...counts, masks: withMasks, score: scoreFor(loss), scores: figuresOf(scores, pixelsOf) };

  /** The figures of each kind of score. */
  function figuresOf(
    scores: Partial<Record<ScoreKind, Float64Array>>,
    pixelsOf?: (kind: ScoreKind) => PixelFigures | undefined,
  ): DetectionEvaluation['scores'] {
    return Object.fromEntries(
      Object.entries(scores).map(([kind, of]): [string, DetectionByScore] => [
        kind,
        {
          auroc: auroc(of, positive),
          ...precisionOf(of, positive),
          classes: classAurocs(of, order, test.labels, label, classes),
          pixels: pixelsOf?.(kind as ScoreKind) ?? null,
        },
      ]),
    );
  }
}

/** Scores of rows of each kind, in an order. */
async function scoresOfRows(
  model: Model,
  test: LabelledSource,
  order: Uint32Array,
  distance: ResidualDistance,
  onProgress: OnProgress,
): Promise<Partial<Record<ScoreKind, Float64Array>>> {
  const size = valuesOf(test.spec);
  const scores = scoreKindsFor('row').map((kind) => [kind, new Float64Array(order.length)] as const);
  let at = 0;
  for await (const rows of batchesOf(test, order)) {
    onProgress('anomalies', at / order.length);
    const { data } = await model.reconstruct(rows);
    for (const [kind, all] of scores) all.set(rowScores(kind, rows, data, size, distance).scores, at);
    at += rows.length / size;
  }
  return Object.fromEntries(scores);
}

async function* batchesOf(
  source: LabelledSource,
  order: Uint32Array,
): AsyncGenerator<Float32Array, void, undefined> {
  const rows = rowsWithin(BATCH_BYTES, valuesOf(source.spec), order.length);
  for (let first = 0; first < order.length; first += rows) {
    yield await readScaled(source, order.slice(first, first + rows));
  }
}

/** Reads the mask of a sample; null for one without a mask. */
function masksOf({ masks, spec }: LabelledSource) {
  if (masks === undefined) return null;
  const [, height, width] = spec.shape as [number, number, number];
  return async (index: number): Promise<Uint8Array | null> => {
    if (masks.present[index] !== 1) return null;
    const mask = new Uint8Array(height * width);
    await masks.read(Uint32Array.of(index), mask);
    return mask;
  };
}

function classAurocs(
  scores: Float64Array,
  order: Uint32Array,
  labels: Uint8Array,
  normal: number,
  classes: readonly string[],
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [label, name] of classes.entries()) {
    if (label === normal) continue;
    const rows = [...order.keys()].filter((i) => labels[order[i]!] === label || labels[order[i]!] === normal);
    const positive = Uint8Array.from(rows, (i) => Number(labels[order[i]!] === label));
    if (positive.some((is) => is === 1))
      found[name] = auroc(
        Float64Array.from(rows, (i) => scores[i]!),
        positive,
      );
  }
  return found;
}
