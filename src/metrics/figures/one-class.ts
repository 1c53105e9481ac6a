/** How well scores tell odd images from normal ones: measured by `hourglass evaluate --one-class`. */
import { AUROC_DEFINITION } from '../roc.ts';
import type { ListedFigure } from './figure.ts';

/** The part of a one-class evaluation that its figures are read from. */
export interface MeasuredOneClass {
  /** How well models of single classes find images of the others. */
  oneClass?:
    | {
        /** Which models were scored, in words. */
        definition?: string;
        /** A table per set-up. */
        tables: readonly {
          /** The AUROC of each score, mean over the classes. */
          mean: {
            /** By squared error. */
            squaredError?: number;
            /** By negative ELBO. */
            negativeElbo?: number;
          };
        }[];
      }
    | undefined;
}

type Score = keyof NonNullable<MeasuredOneClass['oneClass']>['tables'][number]['mean'];

/** The mean over the classes of the first set-up that was measured. */
const figure = (key: string, name: string, score: Score): ListedFigure<MeasuredOneClass> => ({
  key,
  name,
  note: 'mean over classes',
  definition: `${AUROC_DEFINITION}; mean over classes`,
  unit: '',
  better: 'higher',
  request: 'one-class',
  read: ({ oneClass }) => oneClass?.tables[0]?.mean[score],
  measuredAs: ({ oneClass }) => oneClass?.definition,
});

export const ONE_CLASS_FIGURES: readonly ListedFigure<MeasuredOneClass>[] = [
  figure('auroc', 'AUROC by squared error', 'squaredError'),
  figure('aurocNegativeElbo', 'AUROC by negative ELBO', 'negativeElbo'),
];
