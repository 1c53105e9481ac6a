/** The likelihood of held-out images under a variational model: the ELBO, and tighter bounds by importance sampling. */
import { shuffle } from '../data/shuffle.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { BOUNDS, importanceBound } from '../metrics/index.ts';
import {
  CODES,
  codeTraits,
  type Definition,
  type Likelihood,
  type LossConfig,
  likelihoodLosses,
  lossTraits,
} from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { readScaled, type Source } from '../samples/index.ts';
import { type NamedTensor, streamOf } from '../training/index.ts';
import { openImportanceSampler } from './importance.ts';

/** How grey values are treated before they are encoded and measured. */
export const BINARISATIONS = ['grey', 'threshold', 'sampled'] as const;
/**
 * How grey values are treated before they are encoded and measured. `grey`: not at all. `threshold`: 1 from 0.5 up, otherwise
 * 0. `sampled`: 1 with the grey value as probability, drawn once.
 */
export type Binarisation = (typeof BINARISATIONS)[number];

const BINARISATION_WORDS: Readonly<Record<Binarisation, string>> = {
  grey: 'not binarised: grey values stand for probabilities, and "likelihood" for the expected one',
  threshold: 'binarised: 1 from a grey value of 0.5 up, otherwise 0',
  sampled: 'binarised once: each pixel is 1 with its grey value as probability',
};

/** The likelihood of held-out images under a variational model. */
export interface LikelihoodEvaluation {
  /** The name of the data set. */
  dataset: string;
  /** The split that was measured. */
  split: 'test' | 'validation' | 'train';
  /** The number of images measured, chosen at random by the seed. */
  images: number;
  /** The number of images in the split. */
  splitImages: number;
  /** The run's own seed: it chooses the images and draws the codes. */
  seed: number;
  /** Codes drawn for each image. */
  samples: number;
  /** Null for a likelihood of grey values, as a Gaussian one. */
  binarisation: Binarisation | null;
  /** Likelihood, binarisation and estimator in words. */
  definition: string;
  /** Evidence lower bound, nats per image: L₁ = E[ln p(x | z)] − KL divergence. */
  elbo: number;
  /** KL(q(z | x) ‖ p(z)), nats per image: exact with the prior N(0, I), by the samples with a prior that was learned. */
  klDivergence: number;
  /** Upper bounds of −ln p(x) by importance sampling (Burda et al., 2016), tighter with more samples. */
  nll: {
    /** Samples per image. */
    k: number;
    /** −L_k ≥ −ln p(x), nats per image, mean over images. */
    value: number;
    /** The standard error of that mean. */
    standardError: number;
  }[];
}

/** Measures the likelihood of images under a definition and its weights. */
export async function measureLikelihood(
  engine: Engine,
  model: {
    definition: Definition;
    recipe: Pick<Recipe, 'loss'>;
    weights: ReadonlyMap<string, NamedTensor>;
    held: Source;
  },
  settings: {
    images: number;
    binarisation?: Binarisation | undefined;
    seed: number;
    threads: number;
    onProgress?: ((done: number, of: number) => void) | undefined;
  },
): Promise<Omit<LikelihoodEvaluation, 'dataset' | 'split'>> {
  const { definition, recipe, weights, held } = model;
  const { images, seed, threads, onProgress } = settings;
  const { loss } = recipe;
  const { pixels: kind, name } = requireLikelihood(definition, loss);
  // As the model was trained, unless asked otherwise.
  const byDefault = lossTraits(loss).binarises ? 'sampled' : 'grey';
  const binarisation = kind === 'grey' ? null : (settings.binarisation ?? byDefault);
  if (kind === 'grey' && (settings.binarisation ?? 'grey') !== 'grey') {
    throw new HourglassError('usage', {
      subject: 'binarisation',
      rule: `is for a Bernoulli likelihood (loss.type bce): a ${name} likelihood uses the grey values`,
      got: settings.binarisation,
      hint: 'leave it out',
    });
  }
  if (!(Number.isInteger(images) && images >= 1 && images <= held.count)) {
    throw new HourglassError('usage', {
      subject: 'images',
      rule: `must be a whole number from 1 to the ${held.count} of the split`,
      got: images,
    });
  }
  const samples = BOUNDS.at(-1)!;
  const sampler = await openImportanceSampler(
    engine,
    { definition, loss, weights },
    { samples, seed, threads },
  );
  const bounds = BOUNDS.map(() => new Float64Array(images));
  let kls = 0;
  try {
    for (const [i, place] of chosen(held.count, images, seed).entries()) {
      const image = await readScaled(held, Uint32Array.of(place));
      const seen = binarised(engine, image, binarisation, seed, place);
      const { logWeights, kl } = await sampler.weigh(seen, place, held.labels?.[place]);
      for (const [b, k] of BOUNDS.entries()) bounds[b]![i] = importanceBound(logWeights, k);
      kls += kl;
      onProgress?.(i + 1, images);
    }
  } finally {
    await sampler.dispose();
  }
  const nll = BOUNDS.map((k, b) => {
    const { mean, standardError } = meanOf(bounds[b]!);
    return { k, value: -mean, standardError };
  });
  return {
    images,
    splitImages: held.count,
    seed,
    samples,
    binarisation,
    definition: definitionOf({ name, sigma: loss.sigma }, binarisation, {
      images,
      of: held.count,
      seed,
      samples,
    }),
    elbo: -nll[0]!.value,
    klDivergence: kls / images,
    nll,
  };
}

/** @throws HourglassError (usage) unless there is a posterior to draw from and a likelihood to measure. */
export function requireLikelihood({ code }: Definition, loss: LossConfig): Likelihood {
  const refuse = (subject: string, rule: string, got: string) =>
    new HourglassError('usage', { subject, rule, got, hint: 'leave out the likelihood' });
  if (!hasElbo({ code })) {
    const types = quoted(
      CODES.all.filter((kind) => kind.prior !== null && kind.isSampled).map(({ type }) => type),
    );
    const rule = `must be ${types} for a likelihood: the family is not variational`;
    throw refuse('model.code.type', rule, code.type);
  }
  const { likelihood } = lossTraits(loss);
  if (likelihood !== null) return likelihood;
  throw refuse('loss.type', `must be a likelihood, ${quoted(likelihoodLosses())}`, loss.type);
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(' or ');

/** Whether a code has what an ELBO is made of: a distribution for each image, and a prior. */
export function hasElbo({ code }: Pick<Definition, 'code'>): boolean {
  const { hasVariance, prior } = codeTraits(code);
  return hasVariance && prior !== null;
}

/** `images` of `count` places, drawn by the seed, in order. */
function chosen(count: number, images: number, seed: number): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  return images === count ? places : shuffle(places, seed).subarray(0, images).sort();
}

function binarised(
  engine: Engine,
  image: Float32Array,
  binarisation: Binarisation | null,
  seed: number,
  place: number,
): Float32Array {
  if (binarisation === null || binarisation === 'grey') return image;
  if (binarisation === 'threshold') return image.map((x) => (x >= 0.5 ? 1 : 0));
  const arena = engine.memory();
  const block = arena.reserve(image.length);
  const stream = streamOf('likelihood/binarisation');
  arena.kernels.uniform(block.offset, image.length, 0, 1, seed, stream, place, 0);
  const draws = arena.floats(block);
  return image.map((x, i) => (draws[i]! < x ? 1 : 0));
}

function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, values.length - 1) / values.length) };
}

function definitionOf(
  { name, sigma = 1 }: { name: string; sigma: LossConfig['sigma'] },
  binarisation: Binarisation | null,
  { images, of, seed, samples }: { images: number; of: number; seed: number; samples: number },
): string {
  const likelihood =
    binarisation === null
      ? `${name} likelihood of grey values in [0, 1], σ ${sigma}`
      : `${name} likelihood, ${BINARISATION_WORDS[binarisation]}`;
  const which = images === of ? `all ${of} images` : `${images} of ${of} images, chosen by seed ${seed}`;
  return (
    `${likelihood}; importance-weighted bounds L_k (Burda et al., 2016), −L_k in nats summed over pixels, mean over ` +
    `${which}, ${samples} codes drawn for each with seed ${seed}: L_k is the mean over groups of k of them; β 1, no free ` +
    'bits, whatever the loss had; L₁ is the ELBO'
  );
}
