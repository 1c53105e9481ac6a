/** How well the model finds defects: measured where the test split has a class of good images and others. */
import { AVERAGE_PRECISION_DEFINITION } from '../detection.ts';
import { PIXEL_DEFINITIONS } from '../pixel-detection.ts';
import { AUROC_DEFINITION } from '../roc.ts';
import type { ListedFigure } from './figure.ts';

/** Figures of one kind of score. */
export interface MeasuredDetectionScore {
  /** The AUROC of images. */
  auroc?: number;
  /** Their average precision. */
  averagePrecision?: number;
  /** Figures of pixels; null without masks. */
  pixels?: {
    /** The AUROC of pixels. */
    pixelAuroc?: number;
    /** Their average precision. */
    pixelAveragePrecision?: number;
    /** The area under the per-region overlap. */
    aupro?: number;
    /** The area under the per-image overlap; null where it cannot be told. */
    aupimo?: number | null;
  } | null;
}

/** The part of an evaluation that its figures are read from. */
export interface MeasuredDetection {
  /** How well defects are found; null or absent where there are none in the test split. */
  detection?:
    | {
        /** The kind of score that the model finds anomalies by. */
        score: string;
        /** What the defects are, where they were made; absent for real ones. */
        made?: string | undefined;
        /** The figures of each kind. */
        scores: Readonly<Record<string, MeasuredDetectionScore>>;
      }
    | null
    | undefined;
}

const figure = (
  key: string,
  name: string,
  note: string,
  definition: string,
  value: (score: MeasuredDetectionScore) => number | null | undefined,
): ListedFigure<MeasuredDetection> => ({
  key,
  name,
  note,
  definition,
  unit: '',
  better: 'higher',
  request: null,
  read: ({ detection }) => detection && value(detection.scores[detection.score] ?? {}),
  measuredAs: ({ detection }) =>
    detection?.made === undefined ? detection?.score : `${detection.score}, on made defects`,
});

export const DETECTION_FIGURES: readonly ListedFigure<MeasuredDetection>[] = [
  figure('imageAuroc', 'image AUROC', 'of defective images', AUROC_DEFINITION, ({ auroc }) => auroc),
  figure(
    'imageAveragePrecision',
    'image AP',
    'of defective images',
    AVERAGE_PRECISION_DEFINITION,
    ({ averagePrecision }) => averagePrecision,
  ),
  figure(
    'pixelAuroc',
    'pixel AUROC',
    'of defective pixels',
    PIXEL_DEFINITIONS.pixelAuroc,
    ({ pixels }) => pixels?.pixelAuroc,
  ),
  figure(
    'pixelAveragePrecision',
    'pixel AP',
    'of defective pixels',
    PIXEL_DEFINITIONS.pixelAveragePrecision,
    ({ pixels }) => pixels?.pixelAveragePrecision,
  ),
  figure(
    'aupro',
    'AUPRO',
    'up to a false-positive rate of 0.3',
    PIXEL_DEFINITIONS.aupro,
    ({ pixels }) => pixels?.aupro,
  ),
  figure(
    'aupimo',
    'AUPIMO',
    'at false-positive rates of 1e-5 to 1e-4',
    PIXEL_DEFINITIONS.aupimo,
    ({ pixels }) => pixels?.aupimo,
  ),
];
