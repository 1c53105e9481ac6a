/**
 * How long a recipe is trained on few images: batch size and epochs, and all that is counted in epochs. Steps train a
 * model, not epochs; where a step takes long there are fewer of them, so that a training ends within minutes.
 */
import {
  codeTraits,
  costOf,
  couplingLayer,
  defineAutoencoder,
  effectivePenalties,
  firstSees,
  type ImageShape,
  isLocalCorruption,
} from '../models/index.ts';
import { batchesOf } from '../training/index.ts';
import type { Recipe } from './recipe.ts';
import { count, type IsFree } from './values.ts';

/** With this many images of this size, nothing is changed. */
export const TUNED_IMAGES = 8000;
export const TUNED_PIXELS = 28 * 28;
/** Steps that are wanted: a round number, not swept. With 8,000 images the recipes take 250 to 5,000. */
export const STEPS = 2000;
/** Fewer steps than this cause a warning before the training, and seldom teach a network anything. */
export const FEW_STEPS = 500;
/** Batches are made smaller until an epoch has about this many steps … */
const STEPS_PER_EPOCH = 8;
/** … but no smaller than this. */
const SMALLEST_BATCH = 16;
/** Where a unit sees a window, a large image shows it as much as several small ones: so few images are enough then. */
const FEWEST_IMAGES = 2;

/** Multiplications that a training on up to {@link TIMED_IMAGES} images may take: two to four minutes of one core. */
const WORK = 2e12;
/** More images may take longer, in proportion. */
const TIMED_IMAGES = 1000;
/** Gradients with respect to weights and to inputs take as long as the forward pass each. */
const PASSES = 3;
/** What the optimiser does with a parameter in a step, in multiplications that take as long. */
const PER_PARAMETER = 50;
/**
 * How many times longer a network learns to remove made defects. They cover a small part of few pictures, so a step says little of
 * them. On crops of a brick wall four times the steps raised the AUROC of images from 0.965 to 0.993; on grass, where defects look like
 * the surface, it stayed at chance: docs/anomalies.md.
 */
const PER_LOCAL_CORRUPTION = 4;
/** What a penalty on derivatives adds to a step, as a factor. */
const PER_HEAVY_PENALTY = 3;

/** The steps that a training on `images` images should take. */
export const enoughSteps = (recipe: Recipe, shape: ImageShape, images: number): number =>
  stepsInTime(recipe, shape, images) * (isLocalCorruption(recipe.corruption) ? PER_LOCAL_CORRUPTION : 1);

/** {@link STEPS}, or as many as fit the time, at least {@link FEW_STEPS}. */
function stepsInTime(recipe: Recipe, shape: ImageShape, images: number): number {
  const { multiplications, parameters } = costOf(defineAutoencoder(recipe.model, shape));
  const isHeavy = effectivePenalties(recipe.penalties).some(({ kind }) => kind.isHeavy);
  const pass = recipe.training.batchSize * multiplications * (isHeavy ? PER_HEAVY_PENALTY : 1);
  const step = PASSES * pass + PER_PARAMETER * parameters;
  const work = WORK * Math.max(1, images / TIMED_IMAGES);
  return Math.min(STEPS, Math.max(FEW_STEPS, Math.floor(work / step)));
}

/** The epochs that make so many steps. */
export const epochsFor = (steps: number, perEpoch: number): number => Math.ceil(steps / perEpoch);

/** Steps of an epoch. */
export function stepsPerEpoch({ training, model }: Recipe, images: number): number {
  const needsPairs = couplingLayer([...model.encoder, ...model.decoder]) !== undefined;
  return batchesOf(images, training.batchSize, needsPairs && images > 1 && training.batchSize > 1).count;
}

/** Fits batch size and epochs, and everything that is counted in epochs, in place; gives the reasons. */
export function fitSteps(recipe: Recipe, shape: ImageShape, images: number, isFree: IsFree): string[] {
  const { training } = recipe;
  const { epochs, batchSize } = training;
  if (isFree('training.batchSize')) training.batchSize = fittingBatch(recipe, shape, images);
  const steps = stepsPerEpoch(recipe, images);
  const enough = enoughSteps(recipe, shape, images);
  const isSlow = images < TUNED_IMAGES && stepsInTime(recipe, shape, images) < STEPS;
  if (isFree('training.epochs')) {
    const wanted = epochsFor(enough, steps);
    training.epochs = isSlow ? wanted : Math.max(epochs, wanted);
  }
  stretch(recipe, training.epochs / epochs, isFree);
  const changes = [
    change('epochs', training.epochs, epochs),
    change('images per batch', training.batchSize, batchSize),
  ].filter((text) => text !== null);
  if (changes.length === 0) return [];
  const per = `${count(images)} training images make ${count(steps)} ${steps === 1 ? 'step' : 'steps'} per epoch`;
  const why = isSlow
    ? `; about ${count(enough)} steps, because each takes long with images of this size (a smaller data.size is faster)`
    : training.epochs === epochs
      ? ''
      : `; at least ${count(enough)} steps are needed`;
  return [`${changes.join(', ')}: ${per}${why}`];
}

/** Steps on rows, however many there are: a round number. docs/results.md has what it reaches on ten tables. */
const ROW_STEPS = 1200;
/** The same of a sparse code: its units learn from the few rows that they are kept for. */
const SPARSE_STEPS = 4000;

/** Fits batch size and epochs to a number of rows, in place; gives the reasons. */
export function fitRowSteps(recipe: Recipe, rows: number, isFree: IsFree): string[] {
  const { training } = recipe;
  const { epochs, batchSize } = training;
  if (isFree('training.batchSize')) {
    const fitting = 2 ** Math.round(Math.log2(rows / STEPS_PER_EPOCH));
    training.batchSize = Math.min(batchSize, Math.max(SMALLEST_BATCH, fitting));
  }
  const steps = stepsPerEpoch(recipe, rows);
  const wanted = codeTraits(recipe.model.code).isSparse ? SPARSE_STEPS : ROW_STEPS;
  if (isFree('training.epochs')) training.epochs = epochsFor(wanted, steps);
  stretch(recipe, training.epochs / epochs, isFree);
  const changes = [
    change('epochs', training.epochs, epochs),
    change('rows per batch', training.batchSize, batchSize),
  ].filter((text) => text !== null);
  if (changes.length === 0) return [];
  return [
    `${changes.join(', ')}: ${count(rows)} training rows make ${count(steps)} ${steps === 1 ? 'step' : 'steps'} per epoch; about ${count(wanted)} steps are wanted`,
  ];
}

const change = (name: string, now: number, before: number): string | null =>
  now === before ? null : `${count(now)} ${name} instead of ${count(before)}`;

/** The power of two nearest to a share of the images; smaller where steps take long. */
function fittingBatch(recipe: Recipe, shape: ImageShape, images: number): number {
  const { training, model } = recipe;
  const wanted = 2 ** Math.round(Math.log2(images / STEPS_PER_EPOCH));
  let size = Math.min(training.batchSize, Math.max(SMALLEST_BATCH, wanted));
  if (images >= TUNED_IMAGES) return size;
  const isSlow = (batchSize: number) =>
    stepsInTime({ ...recipe, training: { ...training, batchSize } }, shape, images) < STEPS;
  const smallest = smallestBatch(model, shape);
  while (size / 2 >= smallest && isSlow(size)) size = Math.floor(size / 2);
  return size;
}

/** As many windows as {@link SMALLEST_BATCH} images of the tuned size have. */
const smallestBatch = ({ encoder }: Recipe['model'], { height, width }: ImageShape): number =>
  firstSees(encoder) === 'window'
    ? Math.min(SMALLEST_BATCH, Math.max(FEWEST_IMAGES, (SMALLEST_BATCH * TUNED_PIXELS) / (height * width)))
    : SMALLEST_BATCH;

/** Scales warm-ups, learning-rate drops and patience with the number of epochs. */
function stretch({ training, model }: Recipe, factor: number, isFree: IsFree): void {
  if (factor === 1) return;
  const times = (value: number) => Number((value * factor).toPrecision(3));
  const { schedule, earlyStopping } = training;
  if (isFree('training.schedule.warmup')) schedule.warmup = times(schedule.warmup);
  if (schedule.type === 'step' && isFree('training.schedule.every')) schedule.every = times(schedule.every);
  if (earlyStopping !== null && isFree('training.earlyStopping.patience')) {
    earlyStopping.patience = Math.ceil(earlyStopping.patience * factor);
  }
  for (const path of codeTraits(model.code).inEpochs) {
    if (isFree(`model.code.${path}`)) changeAt(model.code, path, times);
  }
}

/** Changes the number at a path, as `kl.warmup`. */
function changeAt(settings: object, path: string, change: (value: number) => number): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  const holder = keys.reduce((place, key) => place[key] as Settings, settings as Settings);
  holder[last] = change(holder[last] as number);
}

type Settings = Record<string, unknown>;
