/** How well a model's scores find the defects of a test split: samples by their classes, pixels by their masks. */
import type { SampleSet } from '../data/dataset.ts';
import type { Engine } from '../engine/index.ts';
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
import { toldOwn } from '../model/condition.ts';
import { mapShape } from '../model/map-shape.ts';
import type { Model } from '../model/model.ts';
import { onPictures } from '../model/pictures.ts';
import type { TrainingResiduals } from '../model/statistics.ts';
import {
  type CorruptionConfig,
  describeCorruption,
  isLocalCorruption,
  type LossConfig,
  lossTraits,
} from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type LabelledSource, readScaled, rowsWithin, valuesOf } from '../samples/index.ts';
import { corruptImages } from '../training/index.ts';
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
  /**
   * What the defects are, in words, where they were drawn into good test images because there are no real ones; absent for real
   * defects.
   */
  made?: string;
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

/** What is measured, and with what. */
export interface DetectionInput {
  engine: Engine;
  model: Model;
  recipe: Pick<Recipe, 'loss' | 'corruption'>;
  dataset: Pick<SampleSet, 'folder' | 'table' | 'classes' | 'test'>;
  /** Those of training rows, with which the residuals of test rows are compared; null for images. */
  residuals: TrainingResiduals | null;
  seed: number;
}

/**
 * Null where the test split does not have good samples and others. Where its images are all good and the model was trained on made
 * defects, such defects are drawn into them.
 */
export async function measureDetection(
  given: DetectionInput,
  onProgress: OnProgress,
): Promise<DetectionEvaluation | null> {
  const input = wholePictures(given);
  const { model, recipe, dataset, residuals } = input;
  const { folder, table, classes, test } = dataset;
  const normal = folder?.normal ?? table?.encoding.label?.normal ?? null;
  const label = normal === null ? -1 : classes.indexOf(normal);
  // Good images first: figures of pixels need their rate of false alarms.
  const order = Uint32Array.from(test.labels, (_, i) => i).sort(
    (a, b) => Number(test.labels[a] !== label) - Number(test.labels[b] !== label) || a - b,
  );
  const positive = Uint8Array.from(order, (i) => Number(test.labels[i] !== label));
  const defective = positive.reduce((sum, is) => sum + is, 0);
  const good = order.length - defective;
  if (normal === null || good === 0 || defective === 0) {
    // Several classes are no defects.
    const isGood = normal === null ? new Set(test.labels).size === 1 : defective === 0;
    return residuals !== null || !isGood || !isLocalCorruption(recipe.corruption)
      ? null
      : measureMade(input, normal ?? classes[test.labels[0]!] ?? 'all', onProgress);
  }
  const counts = { normal, good, defective };
  const ofClasses = (scores: Float64Array) => classAurocs(scores, order, test.labels, label, classes);
  if (residuals !== null) {
    const scores = await scoresOfRows(model, test, order, residualDistance(residuals), onProgress);
    return { ...counts, masks: 0, score: 'distance', scores: figuresOf(scores, positive, ofClasses) };
  }
  const masks = masksOf(test);
  const maps = new MapFigures(model);
  let at = 0;
  for await (const { images, labels } of batchesOf(test, order)) {
    onProgress('defects', at / order.length);
    const first = at;
    at += await maps.add(images, labels, (i) =>
      positive[first + i] === 0 ? 'good' : (masks?.(order[first + i]!) ?? null),
    );
  }
  return {
    ...counts,
    masks: maps.masks,
    score: scoreFor(recipe.loss),
    scores: figuresOf(maps.scores, positive, ofClasses, (kind) => maps.pixelsOf(kind)),
  };
}

/** Of tiles: the pictures that they are of, and the model on these. */
function wholePictures(input: DetectionInput): DetectionInput {
  const { model, dataset } = input;
  const { test } = dataset;
  return { ...input, model: onPictures(model), dataset: { ...dataset, test: test.pictures ?? test } };
}

/** Pictures that defects are drawn into, at most. */
const MOST_MADE = 200;
/** A pixel is defective if a made defect changes it by so much; a picture without such a pixel is left out. */
const SEEN = 8 / 255;

/** The figures of test images that are all good, against the same images with made defects. */
async function measureMade(
  { engine, model, recipe, dataset: { test }, seed }: DetectionInput,
  normal: string,
  onProgress: OnProgress,
): Promise<DetectionEvaluation | null> {
  const good = Math.min(MOST_MADE, test.count);
  const order = Uint32Array.from({ length: good }, (_, i) => i);
  const { image } = model.info;
  const size = valuesOf(test.spec);
  const plane = image.height * image.width;
  // None is left clean, whatever share of the training was.
  const corruption = asTrained(
    { ...recipe.corruption, ...('clean' in recipe.corruption ? { clean: 0 } : {}) },
    model,
  );
  const maps = new MapFigures(model);
  for await (const { images, labels } of batchesOf(test, order)) await maps.add(images, labels, () => 'good');
  let firstRow = 0;
  for await (const { images, labels } of batchesOf(test, order)) {
    onProgress('made defects', firstRow / good);
    const place = { split: 'test' as const, firstRow, seed, range: test.spec.range };
    const seen = await corruptImages(engine, corruption, images, image, place);
    for (let start = 0; start < images.length; start += size) {
      const mask = new Uint8Array(plane);
      for (let i = 0; i < size; i++)
        if (Math.abs(seen[start + i]! - images[start + i]!) >= SEEN) mask[i % plane] = 1;
      const own = labels.subarray(start / size, start / size + 1);
      if (mask.includes(1)) await maps.add(seen.slice(start, start + size), own, async () => mask);
    }
    firstRow += images.length / size;
  }
  if (maps.masks === 0) return null;
  const positive = Uint8Array.from({ length: good + maps.masks }, (_, i) => Number(i >= good));
  return {
    ...{ normal, good, defective: maps.masks, masks: maps.masks },
    made: describeCorruption(corruption),
    score: scoreFor(recipe.loss),
    scores: figuresOf(
      maps.scores,
      positive,
      () => ({}),
      (kind) => maps.pixelsOf(kind),
    ),
  };
}

/** Sizes are shares of an image's shorter side: those of a tile, as shares of a picture's. */
function asTrained(corruption: CorruptionConfig, { info: { tiles, image } }: Model): CorruptionConfig {
  if (tiles === undefined || !('size' in corruption)) return corruption;
  const share = tiles.side / Math.min(image.height, image.width);
  return {
    ...corruption,
    size: (corruption.size as number[]).map((size) => size * share),
  } as CorruptionConfig;
}

/** Scores of images by each kind, and how well maps find defective pixels. Good images come first. */
class MapFigures {
  /** Images with a mask. */
  masks = 0;
  private readonly model: Model;
  private readonly held: Record<MapScoreKind, number[]>;
  private readonly mapped: readonly { kind: MapScoreKind; detection: PixelDetection }[];

  constructor(model: Model) {
    const { height, width } = model.info.image;
    this.model = model;
    this.held = Object.fromEntries(IMAGE_SCORE_KINDS.map((kind) => [kind, [] as number[]])) as Record<
      MapScoreKind,
      number[]
    >;
    this.mapped = MAPPED.map((kind) => ({ kind, detection: new PixelDetection(height, width) }));
  }

  /**
   * Adds a batch; gives how many images it had.
   * @param maskOf says that an image is good, or gives its mask, [height, width]; null without one.
   */
  async add(
    images: Float32Array,
    labels: Uint8Array,
    maskOf: (i: number) => 'good' | Promise<Uint8Array | null> | null,
  ): Promise<number> {
    const { data } = await toldOwn(this.model, labels).reconstruct(images);
    let i = 0;
    for (const maps of mapsOfImages(images, data, mapShape(this.model))) {
      for (const kind of IMAGE_SCORE_KINDS) this.held[kind].push(maps.score(kind));
      const mask = await maskOf(i++);
      if (mask !== null && mask !== 'good') this.masks++;
      for (const { kind, detection } of this.mapped) {
        if (mask === 'good') detection.addGood(Float32Array.from(maps.of(kind)));
        else if (mask !== null) detection.addDefective(Float32Array.from(maps.of(kind)), mask);
      }
    }
    return i;
  }

  get scores(): Record<MapScoreKind, Float64Array> {
    return Object.fromEntries(
      IMAGE_SCORE_KINDS.map((kind) => [kind, Float64Array.from(this.held[kind])]),
    ) as Record<MapScoreKind, Float64Array>;
  }

  /** Null without masks, and for scores whose map another score has. */
  pixelsOf(kind: ScoreKind): PixelFigures | null {
    return this.masks === 0
      ? null
      : (this.mapped.find((one) => one.kind === kind)?.detection.result() ?? null);
  }
}

/** The figures of each kind of score. */
function figuresOf(
  scores: Partial<Record<ScoreKind, Float64Array>>,
  positive: Uint8Array,
  ofClasses: (scores: Float64Array) => Record<string, number>,
  pixelsOf: (kind: ScoreKind) => PixelFigures | null = () => null,
): DetectionEvaluation['scores'] {
  return Object.fromEntries(
    Object.entries(scores).map(([kind, of]): [string, DetectionByScore] => [
      kind,
      {
        auroc: auroc(of, positive),
        ...precisionOf(of, positive),
        classes: ofClasses(of),
        pixels: pixelsOf(kind as ScoreKind),
      },
    ]),
  );
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
  for await (const { images: rows, labels } of batchesOf(test, order)) {
    onProgress('anomalies', at / order.length);
    const { data } = await toldOwn(model, labels).reconstruct(rows);
    for (const [kind, all] of scores) all.set(rowScores(kind, rows, data, size, distance).scores, at);
    at += rows.length / size;
  }
  return Object.fromEntries(scores);
}

async function* batchesOf(
  source: LabelledSource,
  order: Uint32Array,
): AsyncGenerator<{ images: Float32Array; labels: Uint8Array }, void, undefined> {
  const rows = rowsWithin(BATCH_BYTES, valuesOf(source.spec), order.length);
  for (let first = 0; first < order.length; first += rows) {
    const some = order.slice(first, first + rows);
    const labels = Uint8Array.from(some, (index) => source.labels[index]!);
    yield { images: await readScaled(source, some), labels };
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
