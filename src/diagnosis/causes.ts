/** Why a model learned nothing, and the setting to change: taken from the recipe and the course of the training. */
import { codeTraits, effectivePenalties, firstSees, lossTraits, partName } from '../models/index.ts';
import { balancedContraction, SIGMOID_RATE, saturates } from '../recipe/adapt.ts';
import { epochsFor, FEW_STEPS, STEPS } from '../recipe/steps.ts';
import { digits, type Facts, lastFall, percent, samplesOf, steps } from './facts.ts';

export interface Reason {
  cause: string;
  remedy: string;
}

const set = (path: string, value: number | string): string =>
  `--set ${path}=${typeof value === 'number' ? Number(value.toPrecision(2)) : value}`;

/** A fall of the validation loss in the last epoch that promises more. */
export const STILL_FALLING = 0.01;

/** After too few steps as many epochs as the note before the training names, otherwise twice as many. */
export function moreEpochs(facts: Facts): string {
  const { epochs, enoughSteps = STEPS } = facts;
  const [done, taken] = [epochs.length, steps(facts)];
  const enough = taken > 0 && taken < FEW_STEPS ? epochsFor(enoughSteps, taken / done) : 0;
  return `--epochs ${Math.max(2 * done, enough)}`;
}

const lowerRate = ({ recipe }: Facts): string =>
  set('training.optimiser.learningRate', recipe.training.optimiser.learningRate / 4);

/** The penalty that is most likely to have shrunk the code. */
function penalty(facts: Facts): Reason | null {
  const { recipe } = facts;
  const [first] = effectivePenalties(recipe.penalties)
    .filter(({ kind }) => kind.shrinksCode !== null)
    // One that lowers the Jacobian has this effect only from some weight on, which was measured.
    .filter(({ kind, settings }) => !kind.lowersJacobian || outweighs(facts, settings.weight))
    .sort((a, b) => a.kind.shrinksCode! - b.kind.shrinksCode!);
  if (first === undefined) return null;
  const { kind, settings } = first;
  const lower = set(`penalties.${kind.type}.weight`, settings.weight / 10);
  return {
    cause: `The ${kind.noun}, with weight ${settings.weight}, may outweigh the reconstruction error.`,
    remedy:
      recipe.loss.reduction === 'mean'
        ? `Try ${set('loss.reduction', 'sum')}, which puts both on one scale, or ${lower}.`
        : `Try ${lower}.`,
  };
}

/**
 * Whether a contraction of this weight is heavier than what leaves room for a code that tells these images apart. The
 * squared error to win is the mean image's; {@link balancedContraction} says why its square counts.
 */
function outweighs({ recipe, figures: { meanImage } }: Facts, weight: number): boolean {
  const { loss } = recipe;
  const values = meanImage.squaredErrorPerImage / meanImage.mse;
  const perImage = loss.reduction === 'mean' ? weight * values : weight;
  return perImage > 2 * loss.weight * balancedContraction(meanImage.squaredErrorPerImage);
}

/** Hidden sigmoid layers, which saturate at learning rates that other layers tolerate. */
function saturated({ recipe: { model, training } }: Facts): Reason | null {
  const { optimiser } = training;
  if (!saturates(model, optimiser)) return null;
  return {
    cause: `Its hidden sigmoid layers are probably saturated: the learning rate ${optimiser.learningRate} is too high for them.`,
    remedy: `Try ${set('training.optimiser.learningRate', SIGMOID_RATE)}.`,
  };
}

function exploded({ epochs }: Facts): boolean {
  const losses = epochs.map(({ training }) => training.loss!);
  return losses.length > 1 && losses.at(-1)! > 2 * Math.max(1e-6, Math.min(...losses));
}

/** Activations that can get stuck where their slope is zero. */
const STICKING = ['relu', 'relu6', 'sigmoid', 'tanh'];

/** Why units of the code do not vary. */
export function whyDead(facts: Facts): Reason {
  const { activation: given, symbols } = codeTraits(facts.recipe.model.code);
  const activation = given ?? 'identity';
  const restAt = facts.figures.code?.restAt ?? null;
  const pushed = penalty(facts);
  if (pushed !== null) return pushed;
  const stuck = saturated(facts);
  if (stuck !== null) return stuck;
  if (symbols?.each === 'unit') {
    return {
      cause:
        'All images have the same level in these units: they were pushed to the end of their range, where the slope of the sigmoid is zero, or the decoder does not need them.',
      remedy: `Try ${lowerRate(facts)}, or fewer units.`,
    };
  }
  if (STICKING.includes(activation)) {
    const where =
      restAt === null
        ? ''
        : restAt[0] === restAt[1]
          ? ` They stay at ${digits(restAt[0])}.`
          : ` They stay between ${digits(restAt[0])} and ${digits(restAt[1])}.`;
    return {
      cause: `Units with the activation ${activation} can stop learning for good where its slope is zero, most often at a high learning rate.${where}`,
      remedy: `Try ${set('model.code.activation', 'identity')}, or ${lowerRate(facts)}.`,
    };
  }
  return whyNothing(facts);
}

/** A training loss below this share of the validation loss says that the training images were learned by heart. */
const BY_HEART = 0.5;
/** A rise of the validation loss from its lowest value, while the training loss fell, says so too. */
const RISEN = 0.02;

/** Overfitting: the training images are reconstructed, others are not. */
function byHeart({ epochs, figures, recipe: { model } }: Facts): Reason | null {
  const last = epochs.at(-1);
  if (last === undefined) return null;
  const [training, validation] = [last.training.loss!, last.validation.loss!];
  const best = epochs.reduce((low, row) => (row.validation.loss! < low.validation.loss! ? row : low));
  const rise = (validation - best.validation.loss!) / Math.abs(best.validation.loss!);
  const isFar = training > 0 && training < BY_HEART * validation;
  if (!isFar && !(rise > RISEN && training < best.training.loss!)) return null;
  const seen = isFar
    ? `in the last epoch the training loss is ${digits(training)} and the validation loss ${digits(validation)}`
    : `the validation loss was lowest after epoch ${best.epoch} and then rose by ${percent(rise)}`;
  const other =
    firstSees(model.encoder) === 'window' || samplesOf(figures) === 'row'
      ? ''
      : ', or try a convolutional recipe, such as conv: it has fewer weights to fit';
  return {
    cause: `It learned its training images by heart (overfitting): ${seen}.`,
    remedy: `Train on more images${other}.`,
  };
}

/** Why reconstructions are no better than one picture. */
export function whyNothing(facts: Facts): Reason {
  const { recipe } = facts;
  const taken = steps(facts);
  if (exploded(facts)) {
    return {
      cause: 'The training loss fell and then rose again: the learning rate is too high.',
      remedy: `Try ${set('training.optimiser.learningRate', recipe.training.optimiser.learningRate / 10)}, or ${set('training.clipNorm', 1)}.`,
    };
  }
  if (taken > 0 && taken < FEW_STEPS) {
    return {
      cause: `It was trained for only ${taken} steps (batches).`,
      remedy: `Try ${moreEpochs(facts)}, or a smaller batch: ${set('training.batchSize', Math.max(8, Math.round(recipe.training.batchSize / 4)))}.`,
    };
  }
  const learned = byHeart(facts);
  if (learned !== null) return learned;
  const falls = lastFall(facts);
  if (falls !== null && falls > STILL_FALLING) {
    return {
      cause: `It was still improving: the validation loss fell by ${percent(falls)} in the last epoch.`,
      remedy: `Try ${moreEpochs(facts)}.`,
    };
  }
  const pushed = penalty(facts);
  if (pushed !== null) return pushed;
  const stuck = saturated(facts);
  if (stuck !== null) return stuck;
  if (lossTraits(recipe.loss).bestConstant === 'median') {
    return {
      cause: `With the absolute error, a network can get stuck at the median of each pixel${samplesOf(facts.figures) === 'image' ? ' (black, for digits)' : ''}.`,
      remedy: `Try ${set('loss.type', 'mse')}, or ${lowerRate(facts)}.`,
    };
  }
  return {
    cause: 'The learning rate may be too high, or its activations may be saturated.',
    remedy: `Try ${lowerRate(facts)}.`,
  };
}

/** Why a variational model ignores its code. */
export function whyCollapsed(facts: Facts): Reason {
  const { recipe } = facts;
  const { rate } = codeTraits(recipe.model.code);
  if (rate === null) return whyNothing(facts);
  const { part, settings, weight, warmup, isFixed = false } = rate;
  const cost = partName(part);
  if (isFixed) {
    return {
      cause: `The ${cost} outweighs what the code gains in reconstruction (posterior collapse); in importance-weighted training its weight is fixed.`,
      remedy: `Try ${moreEpochs(facts)}, ${lowerRate(facts)}, or a prior that is learned: ${set('model.code.prior.type', 'realnvp')}.`,
    };
  }
  const remedies = [
    ...(recipe.loss.reduction === 'mean' ? [set('loss.reduction', 'sum')] : []),
    ...(weight > 1 || recipe.loss.reduction === 'sum' ? [set(`${settings}.weight`, weight / 4)] : []),
    ...(warmup === 0 ? [set(`${settings}.warmup`, Math.max(1, Math.round(recipe.training.epochs / 2)))] : []),
  ];
  const scale =
    recipe.loss.reduction === 'mean'
      ? ` The reconstruction is a mean over pixels and the ${cost} a sum over units, so that the ${cost} weighs too much.`
      : '';
  return {
    cause: `The ${cost}, with weight ${weight}, outweighs what the code gains in reconstruction (posterior collapse).${scale}`,
    remedy: `Try ${list(remedies)}.`,
  };
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** Why a model that should beat PCA does not. */
export function whyBehind(facts: Facts): Reason {
  const { recipe, figures } = facts;
  const taken = steps(facts);
  const falls = lastFall(facts);
  if ((taken > 0 && taken < FEW_STEPS) || (falls !== null && falls > STILL_FALLING)) return whyNothing(facts);
  if (lossTraits(recipe.loss).bestConstant === 'median') {
    const mae = figures.model.mae < figures.pca!.mae ? ', where it is better than PCA' : '';
    return {
      cause: `It was trained on the absolute error${mae}; PCA has the least squared error of all linear codes.`,
      remedy: `For a lower squared error, try ${set('loss.type', 'mse')}.`,
    };
  }
  const pushed = penalty(facts);
  if (pushed !== null) return pushed;
  const learned = byHeart(facts);
  if (learned !== null) return learned;
  const code = codeTraits(recipe.model.code).activation ?? 'identity';
  return STICKING.includes(code)
    ? {
        cause: `The activation ${code} bounds the code, which PCA's is not.`,
        remedy: `Try ${set('model.code.activation', 'identity')}, or ${moreEpochs(facts)}.`,
      }
    : {
        cause: 'For these images, the network is too small or was trained too briefly.',
        remedy: `Try ${moreEpochs(facts)}, or wider layers.`,
      };
}
