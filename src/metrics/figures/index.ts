/**
 * The table of figures: what each one is called, how it is defined, which way is better, which samples it applies to
 * and how it is measured. Evaluation, results file, pages, terminal and JSON iterate over it. It knows no files and no
 * models. A new figure is a record in one of the tables below; one from outside is given to `evaluateRun` or `train`.
 */
import { DETECTION_FIGURES, type MeasuredDetection } from './detection.ts';
import { ERROR_FIGURES } from './errors.ts';
import type { Figure, ListedFigure } from './figure.ts';
import { GENERATION_FIGURES, type MeasuredGeneration } from './generation.ts';
import { BOUND_FIGURES, LIKELIHOOD_FIGURES, type MeasuredLikelihood } from './likelihood.ts';
import { type MeasuredOneClass, ONE_CLASS_FIGURES } from './one-class.ts';
import { type MeasuredProbe, PROBE_FIGURES } from './probe.ts';
import { CODE_FIGURES, JACOBIAN, LOSS, type MeasuredRun } from './run.ts';
import { SIMILARITY_FIGURES } from './similarity.ts';
import { VARIATION_FIGURES } from './variation.ts';

export { checkFigures } from './check.ts';
export { DETECTION_FIGURES, type MeasuredDetectionScore } from './detection.ts';
export { ERROR_FIGURES, type ReconstructionMetrics } from './errors.ts';
export type {
  Accumulator,
  Figure,
  FigureDefinition,
  FigureWords,
  ListedFigure,
  Measure,
  MeasuredSamples,
} from './figure.ts';
export {
  GENERATION_VALUES,
  type GenerationSource,
  type GenerationValues,
  RIGHT_CLASS,
} from './generation.ts';
export { BOUNDS, boundName, LIKELIHOOD_FIGURES, type LikelihoodValues } from './likelihood.ts';
export { applicable, definitionOf, Measurement } from './measurement.ts';
export { type CodesAndPca, PROBE_FIGURES, type ProbeFigure, type ProbeValues } from './probe.ts';
export { CODE_FIGURES, JACOBIAN, LOSS } from './run.ts';
export { SIMILARITY_FIGURES } from './similarity.ts';
export { VARIATION_FIGURES } from './variation.ts';

/** Values by the keys of their figures; absent if they were not measured. */
export type FigureValuesByKey = Readonly<Record<string, number | undefined>>;

/** What figures are read from: an evaluation, and where they were measured its probe, likelihood and one-class AUROC. */
export interface Measured
  extends MeasuredRun,
    MeasuredDetection,
    MeasuredProbe,
    MeasuredLikelihood,
    MeasuredGeneration,
    MeasuredOneClass {
  /** The errors of the model's reconstructions, by key. */
  model?: FigureValuesByKey;
  /** Their similarity, by key. */
  similarity?: {
    /** The model's reconstructions. */
    model: FigureValuesByKey;
  } | null;
  /** The total variation. */
  totalVariation?: {
    /** The mean over the images. */
    images: number;
    /** The mean over their reconstructions. */
    reconstructions: number;
  } | null;
}

/** The figures that compare samples with reconstructions, in the order of tables. */
export const SAMPLE_FIGURES: readonly Figure[] = [
  ...ERROR_FIGURES,
  ...SIMILARITY_FIGURES,
  ...VARIATION_FIGURES,
];

const listed = (
  figures: readonly Figure[],
  from: (measured: Measured) => FigureValuesByKey | null | undefined,
) =>
  figures.map(
    ({ measure: _, modelOnly: __, ...figure }): ListedFigure<Measured> => ({
      ...figure,
      request: null,
      read: (measured) => from(measured)?.[figure.key],
    }),
  );

/** Every figure there is, with its words and the way to its value in an evaluation. */
export const FIGURES: readonly ListedFigure<Measured>[] = [
  ...listed(ERROR_FIGURES, ({ model }) => model),
  ...listed(SIMILARITY_FIGURES, ({ similarity }) => similarity?.model),
  LOSS,
  JACOBIAN,
  ...CODE_FIGURES,
  ...listed(VARIATION_FIGURES, ({ totalVariation }) =>
    totalVariation == null
      ? undefined
      : {
          totalVariation: totalVariation.reconstructions,
          totalVariationOfImages: totalVariation.images,
        },
  ),
  ...DETECTION_FIGURES,
  ...PROBE_FIGURES,
  ...LIKELIHOOD_FIGURES,
  ...BOUND_FIGURES,
  ...GENERATION_FIGURES,
  ...ONE_CLASS_FIGURES,
];

/** Those that are measured on request; an evaluation has them where they were. */
export const REQUESTED_FIGURES = FIGURES.filter(({ request }) => request !== null);

/** What such a figure is, as it was measured in an evaluation. */
export const howMeasured = (
  { name, definition, measuredAs }: ListedFigure<Measured>,
  measured: Measured,
): string => measuredAs?.(measured) ?? (typeof definition === 'string' ? definition : name);

/** The keys that figures from outside may not have. */
export const TAKEN_KEYS: readonly string[] = [...FIGURES.map(({ key }) => key), 'components', 'fittedOn'];
