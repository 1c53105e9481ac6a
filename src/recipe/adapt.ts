/**
 * Settings that follow the images. The shipped recipes were tuned on MNIST: at least 8,000 images of 28 × 28. A recipe
 * with `adapt: true` is fitted to other images when a run begins, by the rules below; the run records the values, so
 * nothing later needs the rules. Values given by `--set` or `--epochs` are kept. docs/own-images.md has the measurements.
 */
import {
  codeTraits,
  couplingLayer,
  effectivePenalties,
  firstSees,
  type ImageShape,
  lossTraits,
  partName,
} from '../models/index.ts';
import { batchesOf } from '../training/index.ts';
import type { Recipe } from './recipe.ts';

/** With this many images of this size, nothing is changed. */
const TUNED_IMAGES = 8000;
const TUNED_PIXELS = 28 * 28;
/** MNIST's squared distance of an image to the mean image, summed over pixels. */
const TUNED_SPREAD = 52.7;
/** The weight of the recipe `contractive` on it: 0.05, next to 0.95 of the squared error. */
const TUNED_CONTRACTION = 0.05 / 0.95;
/** The highest learning rate of Adam for hidden sigmoid layers; see docs/decisions/0021. */
export const SIGMOID_RATE = 0.0015;
/** Steps that are wanted: a round number, not swept. With 8,000 images the recipes take 250 to 5,000. */
const STEPS = 2000;
/** Batches are made smaller until an epoch has about this many steps … */
const STEPS_PER_EPOCH = 8;
/** … but no smaller than this. */
const SMALLEST_BATCH = 16;

/** The squared distance of an image to the mean image, summed over its values, mean over images. */
type Spread = () => Promise<number>;

export interface Adapted {
  /** The recipe with concrete values and `adapt` off. */
  recipe: Recipe;
  /** What was changed and why, one sentence per change. */
  reasons: string[];
}

/**
 * Fits a recipe to images of a shape, `images` of them to train on.
 * @param spread gives how much they differ from their mean; called only where it matters.
 * @param given the paths of values that were set by hand, as `training.epochs`: they stay.
 */
export async function adaptRecipe(
  recipe: Recipe,
  shape: ImageShape,
  images: number,
  given: readonly string[],
  spread: Spread,
): Promise<Adapted> {
  const pixels = shape.height * shape.width * shape.channels;
  const isTuned = images >= TUNED_IMAGES && pixels <= TUNED_PIXELS;
  if (!recipe.adapt || isTuned) return { recipe: { ...recipe, adapt: false }, reasons: [] };
  const isFree = (path: string) => !given.some((set) => covers(set, path) || covers(path, set));
  const fitted: Recipe = structuredClone({ ...recipe, adapt: false });
  return {
    recipe: fitted,
    reasons: [
      ...fitSteps(fitted, images, isFree),
      ...fitInputs(fitted, pixels, isFree),
      ...fitSigmoids(fitted, isFree),
      ...(await fitContraction(fitted, spread, isFree)),
    ],
  };
}

/** A number of held-out images is kept up to this share of the training images. */
const MOST_HELD_OUT = 1 / 6;

/** Whether a recipe names a number of held-out images that a set of `images` training images cannot spare. */
export const holdsOutTooMany = ({ data: { validation } }: Recipe, images: number): boolean =>
  typeof validation === 'number' && validation > MOST_HELD_OUT * images;

/**
 * The first fitting, before the splits are made: a number of held-out images that the recipe names may be more than a set
 * can spare, or has. Then the set's own validation split is used, or a twelfth.
 * @param images the training images, held-out ones included.
 */
export function fitValidation(recipe: Recipe, images: number, given: readonly string[]): Adapted {
  const { validation } = recipe.data;
  const isGiven = given.some((set) => covers(set, 'data.validation'));
  if (!recipe.adapt || isGiven || !holdsOutTooMany(recipe, images)) return { recipe, reasons: [] };
  return {
    recipe: { ...recipe, data: { ...recipe.data, validation: 'auto' } },
    reasons: [
      `data.validation is auto instead of ${count(validation as number)}: there are only ${count(images)} training images`,
    ],
  };
}

/** Whether setting the value at `path` sets the one at `other`, which is the same or lies below it. */
const covers = (path: string, other: string): boolean => other === path || other.startsWith(`${path}.`);

type IsFree = (path: string) => boolean;

const count = (n: number): string => n.toLocaleString('en');

/** Batch size and epochs, and everything that is counted in epochs. */
function fitSteps(recipe: Recipe, images: number, isFree: IsFree): string[] {
  const { training } = recipe;
  const { epochs, batchSize } = training;
  if (isFree('training.batchSize')) {
    const wanted = 2 ** Math.round(Math.log2(images / STEPS_PER_EPOCH));
    training.batchSize = Math.min(batchSize, Math.max(SMALLEST_BATCH, wanted));
  }
  const steps = stepsPerEpoch(recipe, images);
  if (isFree('training.epochs')) training.epochs = Math.max(epochs, Math.ceil(STEPS / steps));
  stretch(recipe, training.epochs / epochs, isFree);
  const changes = [
    change('epochs', training.epochs, epochs),
    change('images per batch', training.batchSize, batchSize),
  ].filter((text) => text !== null);
  if (changes.length === 0) return [];
  const per = `${count(images)} training images make ${count(steps)} ${steps === 1 ? 'step' : 'steps'} per epoch`;
  return [`${changes.join(', ')}: ${per}; at least ${count(STEPS)} steps are needed`];
}

const change = (name: string, now: number, before: number): string | null =>
  now === before ? null : `${count(now)} ${name} instead of ${count(before)}`;

/** Steps of an epoch. */
export function stepsPerEpoch({ training, model }: Recipe, images: number): number {
  const needsPairs = couplingLayer([...model.encoder, ...model.decoder]) !== undefined;
  return batchesOf(images, training.batchSize, needsPairs && images > 1 && training.batchSize > 1).count;
}

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

/** The learning rate of layers that see all pixels at once, and the mean that is subtracted. */
function fitInputs({ model, training }: Recipe, pixels: number, isFree: IsFree): string[] {
  const reasons: string[] = [];
  if (!model.centre && isFree('model.centre')) {
    model.centre = true;
    reasons.push(
      "the training images' mean is subtracted from the input: bright pixels would saturate the first layer",
    );
  }
  const { optimiser } = training;
  if (!isFree('training.optimiser')) return reasons;
  const before = optimiser.learningRate;
  if (pixels > TUNED_PIXELS && seesAllPixels(model)) {
    optimiser.learningRate = Number((before * Math.sqrt(TUNED_PIXELS / pixels)).toPrecision(2));
    reasons.push(
      `learning rate ${optimiser.learningRate} instead of ${before}: a unit of the first layer sees ${count(pixels)} values`,
    );
  }
  return reasons;
}

/**
 * The learning rate of hidden sigmoid layers. Their outputs are never negative, so a step moves all weights of a unit in
 * the next layer the same way, and its pre-activation by the rate times half the width: 0.8 of 256 units at 0.006.
 * Within 40 steps such layers are saturated, and learning stops.
 */
function fitSigmoids({ model, training: { optimiser } }: Recipe, isFree: IsFree): string[] {
  const before = optimiser.learningRate;
  if (!saturates(model, optimiser) || !isFree('training.optimiser')) return [];
  optimiser.learningRate = SIGMOID_RATE;
  return [
    `learning rate ${SIGMOID_RATE} instead of ${before}: the higher rate saturates hidden sigmoid layers within a few steps`,
  ];
}

/** Whether the recipe has hidden sigmoid layers, and a learning rate that is likely to saturate them. */
export const saturates = (
  { encoder, decoder }: Recipe['model'],
  { type, learningRate }: Recipe['training']['optimiser'],
): boolean =>
  type.startsWith('adam') &&
  learningRate > SIGMOID_RATE &&
  [...encoder, ...decoder].some((layer) => 'activation' in layer && layer.activation === 'sigmoid');

/**
 * The weight of a penalty that lowers the Jacobian, as the contraction. If images differ by a factor a less, there is a² less squared error to win, and a code
 * must move 1 / a faster to tell them apart: the weight that was in balance is a⁴ of the old one.
 */
async function fitContraction({ penalties }: Recipe, spread: Spread, isFree: IsFree): Promise<string[]> {
  const found = effectivePenalties(penalties).filter(
    ({ kind }) => kind.lowersJacobian && isFree(`penalties.${kind.type}.weight`),
  );
  if (found.length === 0) return [];
  const share = (await spread()) / TUNED_SPREAD;
  if (share >= 1) return [];
  return found.map(({ kind, settings }) => {
    const before = settings.weight;
    settings.weight = Number((before * share ** 2).toPrecision(2));
    return `${kind.type} weight ${settings.weight} instead of ${before}: the images differ less than MNIST's, and the penalty would outweigh the reconstruction`;
  });
}

/**
 * The weight of a contraction next to a squared error of weight 1, summed per image, that was in balance on images of
 * this spread; {@link fitContraction} has the rule. For larger spreads than MNIST's it was not measured.
 */
export const balancedContraction = (spread: number): number =>
  TUNED_CONTRACTION * Math.min(1, spread / TUNED_SPREAD) ** 2;

/** Whether the first layer with weights is dense: how far a step moves it then grows with the image. */
const seesAllPixels = ({ encoder }: Recipe['model']): boolean => firstSees(encoder) !== 'window';

/** Fewer steps than this cause a warning before the training. */
const FEW_STEPS = 500;
/** Fewer training images than this cause one, too. */
const FEW_IMAGES = 100;

/** What is too small to learn from, and what to do about it. */
export async function warnOfSize(recipe: Recipe, images: number, spread: Spread): Promise<string[]> {
  if (images >= TUNED_IMAGES) return [];
  const warnings: string[] = [];
  const perEpoch = stepsPerEpoch(recipe, images);
  const { epochs } = recipe.training;
  if (perEpoch * epochs < FEW_STEPS) {
    const wanted = Math.ceil(STEPS / perEpoch);
    warnings.push(
      `${count(perEpoch * epochs)} steps are too few to learn much (${count(images)} training images, batches of ${recipe.training.batchSize}): set training.epochs=${wanted} for ${count(STEPS)}`,
    );
  }
  if (images < FEW_IMAGES) {
    warnings.push(
      `${count(images)} training images are few: expect new images to be reconstructed worse than these, and PCA to be hard to beat; more images help most`,
    );
  }
  const alike = await warnOfSpread(recipe, spread);
  return alike === null ? warnings : [...warnings, alike];
}

/** Nats that a variational code must be able to win. */
const LEAST_GAIN = 0.1;

/** Images so much alike that a variational code costs more than it can win: it would stay empty. */
async function warnOfSpread({ model: { code }, loss }: Recipe, spread: Spread): Promise<string | null> {
  const { rate } = codeTraits(code);
  if (rate === null || lossTraits(loss).likelihood?.pixels !== 'binary' || loss.reduction !== 'sum')
    return null;
  // A cross-entropy falls by about (x − p)² / 2p(1 − p) when p becomes x: twice the squared error of middle greys, more of others.
  const gain = 2 * (await spread());
  if (gain >= LEAST_GAIN * rate.weight) return null;
  const weight = Number(((rate.weight * gain) / (2 * TUNED_SPREAD)).toPrecision(1));
  const remedy = weight > 0 ? `set ${rate.settings}.weight=${weight}, or train` : 'they are all alike: train';
  return `the images differ so little that the ${partName(rate.part)} may outweigh all that a code can tell of them: ${remedy} on images with more contrast`;
}
