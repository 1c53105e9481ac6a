/** Rows of features with their classes: what a probe, a search for neighbours and a clustering look at. */
import { HourglassError } from '../errors.ts';

export interface Features {
  /** [count, width], row-major: codes, pixels or PCA scores. */
  features: Float32Array;
  count: number;
  width: number;
}

export interface LabelledFeatures extends Features {
  /** [count], each less than the number of classes. */
  labels: Uint8Array;
}

/** @throws HourglassError (data) unless all sizes agree, labels are below `classes` and features are finite. */
export function requireFeatures(subject: string, rows: LabelledFeatures, classes: number): void {
  const { features, labels, count, width } = rows;
  if (!(Number.isInteger(width) && width > 0))
    reject(subject, 'their width must be a positive integer', width);
  if (!(Number.isInteger(count) && count > 0)) reject(subject, 'need at least one row', count);
  if (features.length !== count * width) {
    reject(subject, `must be ${count} rows of ${width} values`, `${features.length} values`);
  }
  if (labels.length !== count)
    reject(subject, `need a label for each of ${count} rows`, `${labels.length} labels`);
  const beyond = labels.find((label) => label >= classes);
  if (beyond !== undefined) reject(subject, `labels must be less than the ${classes} classes`, beyond);
  const odd = features.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    reject(subject, `must be finite numbers, row ${Math.floor(odd / width)} is not`, String(features[odd]));
}

/** @throws HourglassError (data) unless test rows are as wide as training rows. */
export function requireSameWidth(
  subject: string,
  { train, test }: { train: LabelledFeatures; test: LabelledFeatures },
) {
  if (test.width !== train.width)
    reject(
      `${subject}, test features`,
      `must be as wide as the training features, ${train.width}`,
      test.width,
    );
}

function reject(subject: string, rule: string, got: unknown): never {
  throw new HourglassError('data', { subject, rule, got });
}
