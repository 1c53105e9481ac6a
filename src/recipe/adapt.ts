/**
 * Settings that follow the images. The shipped recipes were tuned on MNIST: at least 8,000 images of 28 × 28. A recipe
 * with `adapt: true` is fitted to other images when a run begins, by the rules below; the run records the values, so
 * nothing later needs the rules. Values given by `--set` or `--epochs` are kept. docs/own-images.md has the measurements.
 */
import {
  codeTraits,
  effectivePenalties,
  firstSees,
  type ImageShape,
  lossTraits,
  partName,
} from '../models/index.ts';
import type { SampleSpec } from '../samples/index.ts';
import { fitDictionary } from './dictionary.ts';
import type { Recipe } from './recipe.ts';
import {
  enoughSteps,
  epochsFor,
  FEW_STEPS,
  fitRowSteps,
  fitSteps,
  stepsPerEpoch,
  TUNED_IMAGES,
  TUNED_PIXELS,
} from './steps.ts';
import { count, covers, type IsFree } from './values.ts';

/** MNIST's squared distance of an image to the mean image, summed over pixels. */
const TUNED_SPREAD = 52.7;
/** The weight of the recipe `contractive` on it: 0.05, next to 0.95 of the squared error. */
const TUNED_CONTRACTION = 0.05 / 0.95;
/** The highest learning rate of Adam for hidden sigmoid layers; see docs/decisions/0021. */
export const SIGMOID_RATE = 0.0015;
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
 * @param kind rows have other rules: batch size and epochs follow their number, and the size of a sparse code that of a row.
 * @param given the paths of values that were set by hand, as `training.epochs`: they stay.
 */
export async function adaptRecipe(
  recipe: Recipe,
  shape: ImageShape,
  images: number,
  given: readonly string[],
  spread: Spread,
  kind: SampleSpec['kind'] = 'image',
): Promise<Adapted> {
  const pixels = shape.height * shape.width * shape.channels;
  // Rows are scaled, so that only the steps depend on them; they do for any number of rows.
  const isTuned = kind === 'image' && images >= TUNED_IMAGES && pixels <= TUNED_PIXELS;
  if (!recipe.adapt || isTuned) return { recipe: { ...recipe, adapt: false }, reasons: [] };
  const isFree = (path: string) => !given.some((set) => covers(set, path) || covers(path, set));
  const fitted: Recipe = structuredClone({ ...recipe, adapt: false });
  return {
    recipe: fitted,
    reasons: [
      ...(kind === 'row'
        ? [...fitDictionary(fitted, pixels, isFree), ...fitRowSteps(fitted, images, isFree)]
        : [...fitSteps(fitted, shape, images, isFree), ...fitInputs(fitted, pixels, isFree)]),
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
  const isKept = !recipe.adapt || isGiven || !holdsOutTooMany(recipe, images);
  if (typeof validation !== 'number' || isKept) return { recipe, reasons: [] };
  return {
    recipe: { ...recipe, data: { ...recipe.data, validation: 'auto' } },
    reasons: [
      `data.validation is auto instead of ${count(validation)}: there are only ${count(images)} training images`,
    ],
  };
}

/** The learning rate of layers that see all pixels at once, and the mean that is subtracted. */
function fitInputs({ model, training }: Recipe, pixels: number, isFree: IsFree): string[] {
  const reasons: string[] = [];
  if (!model.centre && !codeTraits(model.code).beginsAtMean && isFree('model.centre')) {
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

/** Fewer training images than this cause one, too. */
const FEW_IMAGES = 100;

/** What is too small to learn from, and what to do about it. */
export async function warnOfSize(
  recipe: Recipe,
  shape: ImageShape,
  images: number,
  spread: Spread,
  kind: SampleSpec['kind'] = 'image',
): Promise<string[]> {
  if (images >= TUNED_IMAGES) return [];
  const noun = kind === 'row' ? 'rows' : 'images';
  const warnings: string[] = [];
  const perEpoch = stepsPerEpoch(recipe, images);
  const { epochs } = recipe.training;
  const enough = enoughSteps(recipe, shape, images);
  if (perEpoch * epochs < Math.min(FEW_STEPS, enough)) {
    warnings.push(
      `${count(perEpoch * epochs)} steps are too few to learn much (${count(images)} training ${noun}, batches of ${recipe.training.batchSize}): set training.epochs=${epochsFor(enough, perEpoch)} for ${count(enough)}`,
    );
  }
  if (images < FEW_IMAGES) {
    warnings.push(
      `${count(images)} training ${noun} are few: expect new ${noun} to be reconstructed worse than these, and PCA to be hard to beat; more ${noun} help most`,
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
