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
