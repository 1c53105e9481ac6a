/** Each thing that can be wrong with a model: when it applies, and how it is worded. */
import { codeTraits, isLocalCorruption, partName, setPenalties } from '../models/index.ts';
import { FEW_STEPS } from '../recipe/steps.ts';
import { moreEpochs, STILL_FALLING, whyBehind, whyCollapsed, whyDead, whyNothing } from './causes.ts';
import {
  count,
  digits,
  errorLeft,
  type Facts,
  lastFall,
  percent,
  separationOf,
  shouldBeatPca,
  steps,
  taskErrors,
} from './facts.ts';
import type { Finding } from './finding.ts';
import { opponent } from './opponent.ts';
import { compared, place } from './verdict.ts';

type Find = (facts: Facts) => Finding | null;

/** Images that differ from their mean by less than this, in squared error per pixel, are one image. */
const ALIKE = 1e-6;

const alikeImages: Find = ({ figures, range }) => {
  if (figures.meanImage.mse > ALIKE) return null;
  const [low, high] = range ?? [0, 1];
  const flat = low === high;
  const shade = low === 0 ? 'black' : low === 1 ? 'white' : 'of one flat grey';
  return {
    kind: flat ? 'blank-images' : 'alike-images',
    level: 'useless',
    sentence: `There was nothing to learn: all images are ${flat ? shade : 'alike'}, as measured on ${place(figures)}.`,
    cause: flat
      ? 'The files contain no picture, or their values are outside the range that is read.'
      : 'The training images are copies of one picture.',
    remedy: flat
      ? 'Look at a few of the files; for arrays, check the range of their values.'
      : 'Train on images that differ from each other.',
  };
};

/** The mean image's squared error of which a working model leaves less. */
const LEFT_OF_MEAN = 0.95;
/** If nearly all of the code is dead, a model that leaves more than this is useless. */
const LEFT_OF_DEAD = 0.5;

const deadCode: Find = (facts) => {
  const { figures, recipe } = facts;
  const { code } = figures;
  const { hasVariance, isSparse } = codeTraits(recipe.model.code);
  if (code === null || hasVariance || isSparse) return null;
  const share = code.varying / code.count;
  const sparse = setPenalties(recipe.penalties).some(({ kind }) => kind.wantsSparse);
  const wide = figures.codeUnits > code.count || code.count > 256;
  const useless = code.varying === 0 || (share <= 0.25 && errorLeft(figures) > LEFT_OF_DEAD);
  if (!useless && (share >= 0.5 || sparse || wide)) return null;
  const left = useless
    ? ` The reconstructions are alike, too: ${percent(errorLeft(figures))} of the mean image's squared error is left.`
    : '';
  const varying =
    code.varying === 0
      ? `None of the ${count(code.count)} code ${code.of} varies`
      : `Only ${count(code.varying)} of ${count(code.count)} code ${code.of} ${code.varying === 1 ? 'varies' : 'vary'}`;
  return {
    kind: 'dead-code',
    level: useless ? 'useless' : 'weak',
    sentence: `${varying} between images: the code is ${useless ? 'dead' : 'mostly unused'}.${left}`,
    ...whyDead(facts),
  };
};

/** Sparse codes of which more units than this are dead have wasted most of their dictionary. */
const MOST_DEAD = 0.5;
/** Units can be told to be dead by so many samples that each would be kept this often if all were kept alike. */
const CHANCES = 4;
/** If more units than this share are dense, the code is not sparse. */
const MOST_DENSE = 0.5;
/** A dictionary that explains less than this of the variance is useless. */
const LEAST_EXPLAINED = 0.05;

const sparseUse: Find = (facts) => {
  const { figures, recipe } = facts;
  const { sparse } = figures.code ?? {};
  if (sparse == null) return null;
  const { code } = recipe.model;
  const jumps = code.type === 'jumprelu' ? code.l0.weight : null;
  const units = figures.codeUnits;
  const where = place(figures);
  const dead = Math.round(sparse.dead * units);
  const all = dead === units;
  const isTold = all || sparse.active * figures.images >= CHANCES * units;
  const explainsNothing = sparse.explainedVariance < LEAST_EXPLAINED;
  if (sparse.dead > MOST_DEAD && (isTold || explainsNothing)) {
    const useless = all || explainsNothing;
    return {
      kind: 'dead-units',
      level: useless ? 'useless' : 'weak',
      sentence: all
        ? `The code is 0 for every sample: all ${count(units)} units are dead on ${where}.`
        : `${count(dead)} of ${count(units)} units are dead: they are 0 for all samples of ${where}.`,
      cause:
        jumps !== null && (all || sparse.active < 2)
          ? `The price of a unit, model.code.l0.weight=${jumps}, outweighs what units explain.`
          : 'The code has more units than these samples need, or units stopped learning early.',
      remedy:
        jumps !== null && (all || sparse.active < 2)
          ? `Try --set model.code.l0.weight=${Number((jumps / 10).toPrecision(2))}.`
          : `Try --set model.code.units=${Math.max(16, 2 ** Math.ceil(Math.log2(Math.max(1, units - dead))))}, more samples, or a larger model.code.revival.weight.`,
    };
  }
  if (sparse.dense <= MOST_DENSE) return null;
  const k = 'k' in code ? (code.k as number) : null;
  return {
    kind: 'dense-code',
    level: 'weak',
    sentence: `The code is not sparse: ${percent(sparse.dense)} of its ${count(units)} units are not 0 for more than a tenth of the samples of ${where}, ${digits(sparse.active)} units for each.`,
    cause:
      k === null
        ? `The price of a unit, model.code.l0.weight=${jumps}, is too low for so many units.`
        : `${count(k)} of ${count(units)} units are kept, which is ${percent(k / units)} of them.`,
    remedy:
      k === null
        ? `Try --set model.code.l0.weight=${Number(((jumps ?? 0.1) * 10).toPrecision(2))}.`
        : `Try --set model.code.units=${32 * k}, or --set model.code.k=${Math.max(1, Math.round(units / 64))}.`,
  };
};

/** A codebook of which less than this share is in use is too large, or was lost. */
const LEAST_OF_CODEBOOK = 0.5;

const deadCodebook: Find = ({ figures, recipe }) => {
  const { symbols } = codeTraits(recipe.model.code);
  const used = figures.code?.symbols?.used;
  if (symbols?.each !== 'position' || used === undefined || used >= LEAST_OF_CODEBOOK) return null;
  const { stages = 1 } = symbols;
  const found = Math.round(used * symbols.count);
  const one = found <= 1;
  const of = stages === 1 ? 'of the codebook' : `of a codebook, on average over ${stages} stages,`;
  return {
    kind: 'dead-codebook',
    level: one ? 'useless' : 'weak',
    sentence: `Only ${count(found)} of ${count(symbols.count)} vectors ${of} ${one ? 'is' : 'are'} in use on ${place(figures)}.`,
    cause:
      'Vectors that no image is nearest to do not learn: the codebook is larger than these images need, or the encoder moved away from it.',
    remedy: `Try --set model.code.entries=${Math.max(2, 2 ** Math.ceil(Math.log2(Math.max(1, found))))}, a larger model.code.restartBelow, or a lower learning rate.`,
  };
};

/** A code that carries less than this about an image, in nats, carries nothing. */
const LEAST_KL = 0.1;

const posteriorCollapse: Find = (facts) => {
  const { figures, recipe } = facts;
  const { rate } = codeTraits(recipe.model.code);
  if (rate === null) return null;
  const kl = figures.objective?.values[rate.part];
  // What is free is counted whether it is used or not.
  const told = kl === undefined || Number.isNaN(kl) ? null : kl - rate.free;
  const unused = figures.code !== null && figures.code.varying === 0;
  if (!unused && !(told !== null && told < LEAST_KL)) return null;
  const measured =
    told === null ? '' : ` (${partName(rate.part)}: ${digits(Math.max(0, told))} nats per image)`;
  return {
    kind: 'posterior-collapse',
    level: 'useless',
    sentence: `The code carries no information about the image${measured}: every image is decoded to the same picture.`,
    ...whyCollapsed(facts),
  };
};

/** A code that carries less than this, in nats, beside reconstructions like the mean image, was pushed to the prior. */
const LITTLE_KL = 5;
/** Of fewer active units than this share, a variational code is mostly unused. */
const LEAST_ACTIVE = 0.25;

/** Units that are left, but too few or too weak for the reconstruction. */
const partialCollapse: Find = (facts) => {
  const { figures, recipe } = facts;
  const { rate, hasVariance } = codeTraits(recipe.model.code);
  const { code } = figures;
  if (rate === null || code === null || !hasVariance || steps(facts) < FEW_STEPS) return null;
  const isHeavy = rate.weight > 1 || recipe.loss.reduction === 'mean';
  const kl = (figures.objective?.values[rate.part] ?? Number.NaN) - rate.free;
  const left = errorLeft(figures);
  const useless = left > LEFT_OF_MEAN && kl < LITTLE_KL;
  if (!isHeavy || (!useless && !(code.varying / code.count < LEAST_ACTIVE && left > LEFT_OF_DEAD)))
    return null;
  const one = code.varying === 1;
  const told = Number.isNaN(kl)
    ? ''
    : ` with a ${partName(rate.part)} of ${digits(Math.max(0, kl))} nats per image`;
  return {
    kind: 'posterior-collapse',
    level: useless ? 'useless' : 'weak',
    sentence: `The code has collapsed${useless ? '' : ' in part'}: ${one ? '1' : count(code.varying)} of ${count(code.count)} units ${one ? 'is' : 'are'} active${told}, and ${percent(left)} of the mean image's squared error is left.`,
    ...whyCollapsed(facts),
  };
};

const noBetterThanMean: Find = (facts) => {
  const { figures } = facts;
  const left = errorLeft(figures);
  if (!(left > LEFT_OF_MEAN) || separationOf(figures) !== null) return null;
  const [ours, mean] = [taskErrors(figures).mse, figures.meanImage.mse];
  const how = left > 1 ? 'worse than' : 'hardly better than';
  return {
    kind: 'mean-image',
    level: 'useless',
    sentence: `The reconstructions are ${how} the mean image: squared error ${digits(ours)} per pixel against ${digits(mean)} on ${place(figures)}.`,
    ...whyNothing(facts),
  };
};

const noDenoising: Find = (facts) => {
  const { corrupted } = facts.figures;
  if (corrupted === null || isLocalCorruption(facts.recipe.corruption)) return null;
  if (separationOf(facts.figures) !== null) return null;
  if (!(corrupted.model.mse >= corrupted.input.mse)) return null;
  const { cause, remedy } = whyNothing(facts);
  const weak = corrupted.input.mse < 0.5 * facts.figures.meanImage.mse;
  return {
    kind: 'no-denoising',
    level: 'useless',
    sentence: `Denoised images are further from the clean ones than the noisy images are: squared error ${digits(corrupted.model.mse)} per pixel against ${digits(corrupted.input.mse)}.`,
    cause: weak ? 'The noise is weaker than the error of the reconstruction.' : cause,
    remedy: weak ? 'Try stronger noise, a larger code, or more epochs.' : remedy,
  };
};

/** Scores that order the rows hardly better than chance. */
const NO_SEPARATION = 0.6;

const noSeparation: Find = (facts) => {
  const found = separationOf(facts.figures);
  if (found === null || found.auroc >= NO_SEPARATION) return null;
  return {
    kind: 'no-separation',
    level: 'weak',
    sentence: `The scores hardly tell the other rows from the normal ones: AUROC ${found.auroc.toFixed(3)} by ${found.score}, where 0.5 is chance.`,
    cause: 'The other rows may not differ in these columns, or the model reconstructs them as well.',
    remedy:
      'Compare the scores with anomaly --score, look at the columns, or try a smaller code or stronger noise.',
  };
};

const behindPca: Find = (facts) => {
  const { figures, recipe } = facts;
  const { pca, model, images } = figures;
  if (separationOf(figures) !== null) return null;
  if (pca === null || !shouldBeatPca(recipe) || !(model.mse > pca.mse) || images < 2) return null;
  const { others, better } = compared(figures, 'pca');
  return {
    kind: 'behind-pca',
    level: 'weak',
    sentence: `PCA with a code of the same size is better in ${others.length} of ${others.length + better.length} figures, squared error among them.`,
    ...whyBehind(facts),
  };
};

const stillImproving: Find = (facts) => {
  const { epochs } = facts;
  const falls = lastFall(facts);
  if (epochs.length === 1 && steps(facts) < FEW_STEPS) {
    return {
      kind: 'still-improving',
      level: 'advice',
      sentence: `It was trained for one epoch of ${count(steps(facts))} ${steps(facts) === 1 ? 'step' : 'steps'}.`,
      cause: 'Most networks need more epochs.',
      remedy: `Train longer: ${moreEpochs(facts)}.`,
    };
  }
  if (falls === null || falls <= STILL_FALLING) return null;
  return {
    kind: 'still-improving',
    level: 'advice',
    sentence: `It was still improving: the validation loss fell by ${percent(falls)} in the last epoch.`,
    cause: 'The training ended before the loss had settled.',
    remedy: `Train longer: ${moreEpochs(facts)}.`,
  };
};

/** Earlier findings explain later ones: only the first that makes a model useless is reported. */
const USELESS: readonly Find[] = [
  alikeImages,
  deadCode,
  deadCodebook,
  sparseUse,
  posteriorCollapse,
  partialCollapse,
  noBetterThanMean,
  noDenoising,
];

/** What is wrong with a model; empty if nothing is. */
export function findings(facts: Facts): Finding[] {
  const first = USELESS.map((find) => find(facts)).filter((finding) => finding !== null);
  const useless = first.find(({ level }) => level === 'useless');
  if (useless !== undefined) return [useless];
  const rest = [noSeparation(facts), opponent(facts), behindPca(facts)].filter((finding) => finding !== null);
  const all = [...first, ...rest];
  // A finding that already advises to train longer needs no second one.
  const longer = all.some(({ remedy }) => remedy.includes('--epochs'));
  const improving = longer ? null : stillImproving(facts);
  return improving === null ? all : [...all, improving];
}
