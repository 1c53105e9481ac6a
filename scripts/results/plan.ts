/** What `npm run results` trains, and the figure each run is held against. */
import type { Evaluation } from 'hourglass';

/** A figure to reach: whose it is, what it is, and how ours is read from an evaluation on the test split. */
export interface Goal {
  figure: string;
  reference: string;
  /** At most this. */
  most: number;
  ours: (evaluation: Evaluation) => number;
  digits: number;
}

export interface PlannedRun {
  name: string;
  recipe: string;
  /** Recipe values that are replaced, by path. */
  set?: Record<string, unknown>;
  /** What the run is, where its recipe's name does not say it. */
  note?: string;
  goals: Goal[];
}

const mse = (most: number, reference: string): Goal => ({
  figure: 'MSE per pixel',
  reference,
  most,
  ours: ({ model }) => model.mse,
  digits: 5,
});

const mae = (most: number, reference: string): Goal => ({
  figure: 'MAE per pixel',
  reference,
  most,
  ours: ({ model }) => model.mae,
  digits: 4,
});

const objective = (figure: string, most: number, digits: number, reference: string): Goal => ({
  figure,
  reference,
  most,
  ours: ({ objective }) => objective?.values.loss ?? Number.NaN,
  digits,
});

export const elbo = (most: number, reference: string) =>
  objective('BCE + KL per image (nats)', most, 2, reference);

/** The settings of the `contractive` recipe for a weight λ of the penalty and 1 − λ for the squared error. */
export const contractionOf = (lambda: number): Record<string, unknown> => ({
  'loss.weight': Number((1 - lambda).toFixed(6)),
  'penalties.contraction.weight': lambda,
  // Without weight it changes nothing in training; the figure afterwards is exact all the same.
  ...(lambda === 0 ? { 'penalties.contraction.method': 'estimate' } : {}),
});

const contractive = (lambda: number): PlannedRun => ({
  name: `contractive-${String(lambda).replace('.', '')}`,
  recipe: 'contractive',
  set: contractionOf(lambda),
  goals: [],
});

/** The λ of the series: the weight of the contraction penalty; that of the squared error is 1 − λ. */
export const LAMBDAS = [0, 0.05, 0.2];

export const PLAN: readonly PlannedRun[] = [
  { name: 'quick', recipe: 'quick', goals: [] },
  { name: 'code3d', recipe: 'code3d', goals: [mse(0.03322, '0.03322'), mse(0.0295, 'our own aim, 0.0295')] },
  { name: 'code4x4', recipe: 'code4x4', goals: [mse(0.01968, '0.01968')] },
  { name: 'basic', recipe: 'basic', goals: [mse(0.0067, '0.0067 (validation)')] },
  { name: 'deep30', recipe: 'deep30', goals: [deep(3.0, '3.00 (2006)'), deep(2.65, '2.65 (best known)')] },
  { name: 'vae', recipe: 'vae', goals: [elbo(147, '147 (training images)')] },
  { name: 'vae20', recipe: 'vae20', goals: [elbo(104, '104')] },
  { name: 'beta-vae', recipe: 'beta-vae', goals: [] },
  { name: 'stacked-best', recipe: 'stacked-best', goals: [mae(0.043, '0.0419 (PyTorch rerun)')] },
  { name: 'overcomplete', recipe: 'overcomplete', goals: [] },
  { name: 'sparse', recipe: 'sparse', goals: [] },
  {
    name: 'overcomplete-noisy',
    recipe: 'overcomplete',
    set: { corruption: { type: 'masking', rate: 0.5 } },
    note: 'half of the pixels masked',
    goals: [],
  },
  {
    name: 'conv',
    recipe: 'conv',
    goals: [
      objective('BCE per pixel', 0.0681, 4, '0.0681 (validation, epoch 3)'),
      objective('BCE per pixel', 0.0622, 4, '0.0622 (best known, epoch 50)'),
    ],
  },
  {
    name: 'denoising',
    recipe: 'denoising',
    goals: [objective('BCE per pixel, noisy input', 0.0839, 4, '0.0839 (epoch 100)')],
  },
  { name: 'stacked', recipe: 'stacked', goals: [mae(0.0671, '0.0671')] },
  { name: 'stacked-nodropout', recipe: 'stacked-nodropout', goals: [] },
  ...LAMBDAS.map(contractive),
  { name: 'denoising-conv', recipe: 'denoising-conv', goals: [] },
];

function deep(most: number, reference: string): Goal {
  return {
    figure: 'SE per image',
    reference,
    most,
    ours: ({ model }) => model.squaredErrorPerImage,
    digits: 3,
  };
}
