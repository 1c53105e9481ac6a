/** Bounds on the likelihood of a variational model: measured by `hourglass evaluate --likelihood`. */
import type { ListedFigure } from './figure.ts';

/** The part of an evaluation of the likelihood that its figures are read from. */
export interface LikelihoodValues {
  /** Evidence lower bound, nats per image. */
  elbo: number;
  /** KL(q(z | x) ‖ p(z)), nats per image. */
  klDivergence: number;
  /** Codes drawn for each image. */
  samples: number;
  /** What was measured, on which images and how, in words. */
  definition?: string;
  /** Upper bounds of −ln p(x). */
  nll: readonly {
    /** Samples per image. */
    k: number;
    /** Nats per image. */
    value: number;
  }[];
}

export interface MeasuredLikelihood {
  /** The likelihood of held-out images. */
  likelihood?: LikelihoodValues | undefined;
}

/** Samples of the bounds; each divides the next. */
export const BOUNDS = [1, 50, 5000] as const;

export interface LikelihoodFigure extends ListedFigure<MeasuredLikelihood> {
  readonly of: (likelihood: LikelihoodValues) => number | undefined;
  /** What the table says instead of the note, where that depends on the likelihood. */
  readonly shownNote?: (likelihood: LikelihoodValues) => string;
}

const figure = (
  words: Omit<LikelihoodFigure, 'request' | 'unit' | 'read' | 'measuredAs'>,
): LikelihoodFigure => ({
  ...words,
  unit: 'nats',
  request: 'likelihood',
  read: ({ likelihood }) => (likelihood === undefined ? undefined : words.of(likelihood)),
  measuredAs: ({ likelihood }) => likelihood?.definition,
});

/** For example "NLL ≤, k = 5,000". */
export const boundName = (k: number): string => `NLL ≤, k = ${k.toLocaleString('en')}`;

export const LIKELIHOOD_FIGURES: readonly LikelihoodFigure[] = [
  figure({
    key: 'elbo',
    name: 'ELBO',
    note: 'mean over the codes of each image',
    definition: 'evidence lower bound: E[ln p(x | z)] − KL divergence, in nats, mean over images',
    better: 'higher',
    of: ({ elbo }) => elbo,
    shownNote: ({ samples }) => `mean over ${samples.toLocaleString('en')} codes per image`,
  }),
  figure({
    key: 'klDivergence',
    name: 'KL divergence',
    note: 'of the posterior from the prior',
    definition:
      'KL(q(z | x) ‖ p(z)) in nats, mean over images: exact with the prior N(0, I), by the samples with a learned one',
    better: null,
    of: ({ klDivergence }) => klDivergence,
  }),
];

/** −L_k for each k: the larger k, the nearer the bound is to the likelihood. */
export const BOUND_FIGURES: readonly LikelihoodFigure[] = BOUNDS.map((k) =>
  figure({
    key: `nll${k}`,
    name: boundName(k),
    note: 'an upper bound of the negative log-likelihood',
    definition: `−L_k, an upper bound of −ln p(x) by importance sampling with k = ${k.toLocaleString('en')}, in nats, mean over images`,
    better: 'lower',
    of: ({ nll }) => nll.find((bound) => bound.k === k)?.value,
  }),
);
