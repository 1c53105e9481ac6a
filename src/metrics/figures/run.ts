/** Figures of a run as a whole: they compare no samples. */
import type { ListedFigure } from './figure.ts';

/** The part of an evaluation that they are read from. */
export interface MeasuredRun {
  /** The loss that was minimised. */
  objective?: {
    /** Its parts by name; `loss` is their total. */
    values: Readonly<Record<string, number>>;
  } | null;
  /** The mean norm of the encoder's Jacobian; only for contractive models. */
  jacobianNorm?: number | null;
  /** The use of the code. */
  code?: {
    /** How many units vary between images: of a variational code, the active ones. */
    varying?: number;
    /** Each unit of a variational code; absent or null for others. */
    perUnit?:
      | {
          /** KL of each unit from the prior, in nats. */
          kl: readonly number[];
        }
      | null
      | undefined;
    /** Only for sparse codes. */
    sparse?:
      | {
          /** Units that are not 0, mean over images. */
          active: number;
          /** The share of the units that are 0 for all images. */
          dead: number;
          /** The share of the units that are not 0 for more than a tenth of the images. */
          dense: number;
          /** The share of the variance that reconstructions have. */
          explainedVariance: number;
          /** The cosine of sample and reconstruction. */
          cosine: number;
        }
      | null
      | undefined;
    /** The use of its values; only for quantised codes. */
    symbols?:
      | {
          /** The share of the values that occur. */
          used: number;
          /** exp of the entropy of their frequencies. */
          perplexity: number;
        }
      | null
      | undefined;
  } | null;
}

export const LOSS = {
  key: 'loss',
  name: 'loss',
  note: 'the loss that was minimised',
  definition: 'the sum of the parts, each times its weight',
  unit: '',
  better: 'lower',
  request: null,
  read: ({ objective }) => objective?.values.loss,
} as const satisfies ListedFigure<MeasuredRun>;

export const JACOBIAN = {
  key: 'jacobianNorm',
  name: 'Jacobian',
  short: '‖J‖_F',
  note: 'norm of ∂code/∂image, mean over images',
  definition: "‖∂h/∂x‖_F, the norm of the encoder's Jacobian, mean over images",
  unit: '',
  better: null,
  request: null,
  read: ({ jacobianNorm }) => jacobianNorm,
} as const satisfies ListedFigure<MeasuredRun>;

const VALUES_USED = {
  key: 'valuesUsed',
  name: 'values in use',
  note: 'share of the values of a quantised code that occur',
  definition:
    'the share of the values of a quantised code that occur: of the levels of a unit, mean over units, or of the vectors of the codebook',
  unit: '',
  better: null,
  request: null,
  read: ({ code }) => code?.symbols?.used,
} as const satisfies ListedFigure<MeasuredRun>;

const PERPLEXITY = {
  key: 'perplexity',
  name: 'perplexity',
  note: 'of the values of a quantised code: as many, used evenly, would tell as much',
  definition:
    'exp of the entropy of how often the values of a quantised code occur, mean over units: as many values, used evenly, would tell as much',
  unit: '',
  better: null,
  request: null,
  read: ({ code }) => code?.symbols?.perplexity,
} as const satisfies ListedFigure<MeasuredRun>;

const ACTIVE_UNITS = {
  key: 'activeUnits',
  name: 'active units',
  note: 'whose mean μ has a variance over the images above 0.01',
  definition:
    'the units of a variational code whose mean μ has a variance over the images above 0.01 (Burda et al., 2016); the others carry no information about the image',
  unit: '',
  better: null,
  request: null,
  // With a learned prior no unit has a KL divergence of its own, but the loss has one.
  read: ({ code, objective }) =>
    code?.perUnit == null && objective?.values.klDivergence === undefined ? undefined : code?.varying,
} as const satisfies ListedFigure<MeasuredRun>;

const L0 = {
  key: 'activePerSample',
  name: 'L0',
  note: 'units of a sparse code that are not 0',
  definition: 'the number of units of a sparse code that are not 0, mean over the samples',
  unit: '',
  better: null,
  request: null,
  read: ({ code }) => code?.sparse?.active,
} as const satisfies ListedFigure<MeasuredRun>;

const EXPLAINED = {
  key: 'explainedVariance',
  name: 'explained variance',
  short: 'explained',
  note: 'share of the variance that is reconstructed',
  definition:
    '1 − Σ‖x − x̂‖² / Σ‖x − x̄‖² over all samples, with x̄ their mean: of a sparse code, in the units that the model is trained in',
  unit: '',
  better: 'higher',
  request: null,
  read: ({ code }) => code?.sparse?.explainedVariance,
} as const satisfies ListedFigure<MeasuredRun>;

const COSINE = {
  key: 'cosine',
  name: 'cosine',
  note: 'of sample and reconstruction',
  definition: 'the cosine of the angle between x and x̂, mean over the samples: of a sparse code',
  unit: '',
  better: 'higher',
  request: null,
  read: ({ code }) => code?.sparse?.cosine,
} as const satisfies ListedFigure<MeasuredRun>;

const DEAD = {
  key: 'deadUnits',
  name: 'dead units',
  note: 'share of the units that are 0 for all samples',
  definition: 'the share of the units of a sparse code that are 0 for all these samples',
  unit: '',
  better: 'lower',
  request: null,
  read: ({ code }) => code?.sparse?.dead,
} as const satisfies ListedFigure<MeasuredRun>;

const DENSE = {
  key: 'denseUnits',
  name: 'dense units',
  note: 'share of the units that are not 0 for over 10 % of samples',
  definition: 'the share of the units of a sparse code that are not 0 for more than a tenth of these samples',
  unit: '',
  better: null,
  request: null,
  read: ({ code }) => code?.sparse?.dense,
} as const satisfies ListedFigure<MeasuredRun>;

/** What is known of the code as a whole, where it is of a kind that has it. */
export const CODE_FIGURES: readonly ListedFigure<MeasuredRun>[] = [
  VALUES_USED,
  PERPLEXITY,
  ACTIVE_UNITS,
  L0,
  EXPLAINED,
  COSINE,
  DEAD,
  DENSE,
];
