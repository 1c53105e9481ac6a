/** Which models of single classes can be trained and measured: decided by the numbers of images, before any is trained. */
import type { SampleSet } from '../data/dataset.ts';
import { HourglassError } from '../errors.ts';
import type { OpenedRun } from '../runs/index.ts';

export const SETUPS = ['normal', 'leave-one-out'] as const;
/** `normal`: trained on the class alone; all others are anomalies. `leave-one-out`: trained on all others; the class is the anomaly. */
export type Setup = (typeof SETUPS)[number];

/** One to learn from and one for validation. */
const LEAST_TRAINING = 2;

export interface PlannedModel {
  setup: Setup;
  /** The one class that is normal, or the one that is the anomaly. */
  label: number;
  /** The labels it learns. */
  normal: number[];
}

/** A model that cannot be trained or measured, and why. */
export interface LeftOutModel {
  /** Its set-up. */
  setup: Setup;
  /** Its class. */
  class: string;
  /** Why, in words. */
  reason: string;
}

/**
 * The models of some classes, by default of all. Classes with too few images are left out with the reason, unless they
 * were requested by name.
 * @throws HourglassError (data) if no model is left, or a requested class is too small.
 */
export function planModels(
  { whole }: Pick<OpenedRun, 'whole'>,
  setups: readonly Setup[],
  asked: readonly number[] | undefined,
): { models: PlannedModel[]; leftOut: LeftOutModel[] } {
  const labels = [...new Set(whole.train.labels)].sort((a, b) => a - b);
  if (labels.length < 2) {
    throw new HourglassError('data', {
      subject: whole.name,
      rule: 'needs images of at least two classes',
      got: labels.map((label) => whole.classes[label]).join() || 'none',
    });
  }
  const models: PlannedModel[] = [];
  const leftOut: LeftOutModel[] = [];
  for (const setup of setups) {
    for (const label of asked ?? labels) {
      const normal = setup === 'normal' ? [label] : labels.filter((other) => other !== label);
      const reason = problemOf(whole, normal, LEAST_TRAINING);
      if (reason === null) models.push({ setup, label, normal });
      else leftOut.push({ setup, class: whole.classes[label]!, reason });
    }
  }
  const refused = asked === undefined && models.length > 0 ? undefined : leftOut[0];
  if (refused === undefined) return { models, leftOut };
  const small = [...new Set(leftOut.map((one) => one.class))].map((name) => counted(whole, name)).join('; ');
  throw new HourglassError('data', {
    subject: whole.name,
    rule: `has classes with too few images for a model of one class (at least ${LEAST_TRAINING} for training and 1 for testing)`,
    got: small,
    hint: 'add images to them, or name other classes with --classes',
  });
}

/** @throws HourglassError (data) if the test images are all normal, or all anomalies. */
export function requireBoth(whole: SampleSet, normal: readonly number[]): void {
  const reason = problemOf(whole, normal, 0);
  if (reason === null) return;
  throw new HourglassError('data', { subject: whole.name, rule: `cannot be measured: ${reason}` });
}

/** Why images of these labels cannot be learned and told from the others; null if they can. */
function problemOf(
  { train, validation, test }: SampleSet,
  normal: readonly number[],
  least: number,
): string | null {
  const count = (labels: Uint8Array, wanted: boolean) =>
    labels.reduce((sum, label) => sum + (normal.includes(label) === wanted ? 1 : 0), 0);
  const learned = count(train.labels, true);
  if (learned < least)
    return `it would learn from ${learned} image${learned === 1 ? '' : 's'}, and needs ${least}`;
  if (least > 0 && validation !== null && count(validation.labels, true) === 0)
    return 'the validation split has no image of the classes it would learn';
  if (count(test.labels, true) === 0) return 'the test split has no image of the classes it would learn';
  if (count(test.labels, false) === 0) return 'the test split has no other images';
  return null;
}

/** For example "rare: 1 training, 0 test". */
function counted({ classes, train, test }: SampleSet, name: string): string {
  const label = classes.indexOf(name);
  const count = (labels: Uint8Array) => labels.reduce((sum, other) => sum + (other === label ? 1 : 0), 0);
  return `${name}: ${count(train.labels)} training, ${count(test.labels)} test`;
}
