/**
 * Splits: the images for training, validation and test. All are stratified (each class keeps its share) and fixed:
 * the same images are held out for every seed of a run.
 */
import { HourglassError } from '../errors.ts';
import { type LabelledSource, subset } from '../samples/index.ts';
import type { SampleSet } from './dataset.ts';
import { shuffle } from './shuffle.ts';

/** The seed of every automatic validation split: a constant, never the run's, so that runs can be compared. */
const VALIDATION_SEED = 1998;
/** 5,000 of MNIST's 60,000. */
const VALIDATION_SHARE = 1 / 12;

/** `auto`, `test` (the test split itself, only to watch the training), or how many training images to hold out. */
export type ValidationChoice = 'auto' | 'test' | number;

export interface TrainingSplits {
  train: LabelledSource;
  validation: LabelledSource;
  test: LabelledSource;
  /** One line for people that describes the validation split. */
  note: string;
}

/**
 * The splits of a run. `auto` uses the set's own validation split, or holds out a twelfth of the training images.
 * @throws HourglassError (usage) unless a number is whole and 0 < number < training images.
 */
export function trainingSplits(dataset: SampleSet, choice: ValidationChoice): TrainingSplits {
  const { train, test } = dataset;
  const samples = `${train.spec.kind}s`;
  if (choice === 'test') {
    return {
      train,
      validation: test,
      test,
      note: 'validation is the test split, only to watch the training',
    };
  }
  if (dataset.validation && (choice === 'auto' || dataset.table !== undefined)) {
    const { validation } = dataset;
    return {
      train,
      validation,
      test,
      note: `validation: the ${validation.count.toLocaleString('en')} ${samples} ${dataset.name} sets aside`,
    };
  }
  const count = choice === 'auto' ? Math.max(1, Math.round(train.count * VALIDATION_SHARE)) : choice;
  const { kept, heldOut } = holdOut(train, count, VALIDATION_SEED);
  const note = `validation: ${count.toLocaleString('en')} of ${train.count.toLocaleString('en')} training ${samples} held out, the same in every run`;
  return { train: kept, validation: heldOut, test, note };
}

/**
 * Takes `count` samples out of a source, class by class in proportion, chosen by `seed` alone. Both parts keep its order;
 * no sample is copied.
 * @throws HourglassError (usage) unless `count` is whole and 0 < count < source.count.
 */
export function holdOut(
  source: LabelledSource,
  count: number,
  seed: number,
): { kept: LabelledSource; heldOut: LabelledSource } {
  if (!Number.isInteger(count) || count <= 0 || count >= source.count) {
    throw new HourglassError('usage', {
      subject: 'held-out images',
      rule: `must be a whole number above 0 and below the ${source.count} training images`,
      got: count,
      hint: 'set data.validation=auto, or to a smaller number',
    });
  }
  const classes = indicesByClass(source.labels);
  const quotas = proportionalShares(
    classes.map((indices) => indices.length),
    count,
  );
  const isHeldOut = new Uint8Array(source.count);
  for (const [label, indices] of classes.entries()) {
    const chosen = shuffle(indices, seed + label).subarray(0, quotas[label]);
    for (const index of chosen) isHeldOut[index] = 1;
  }
  const flagged = (flag: number) =>
    subset(
      source,
      Uint32Array.from(isHeldOut.keys()).filter((index) => isHeldOut[index] === flag),
    );
  return { kept: flagged(0), heldOut: flagged(1) };
}

/** For each label 0, 1, …, the positions at which it occurs. */
export function indicesByClass(labels: Uint8Array): Uint32Array<ArrayBuffer>[] {
  const counts = new Uint32Array(256);
  let classes = 0;
  for (const label of labels) {
    counts[label]!++;
    if (label >= classes) classes = label + 1;
  }
  const indices = Array.from({ length: classes }, (_, label) => new Uint32Array(counts[label]!));
  const filled = new Uint32Array(classes);
  for (const [index, label] of labels.entries()) indices[label]![filled[label]!++] = index;
  return indices;
}

/**
 * Shares `total` out over classes in proportion to their sizes, by largest remainder (ties to the lower
 * class). With total < Σ sizes no share exceeds its class.
 */
export function proportionalShares(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  // size · total / all in whole numbers, so that remainders compare exactly.
  const shares = sizes.map((size) => Math.floor((size * total) / all));
  const remainders = sizes.map((size, index) => size * total - shares[index]! * all);
  const missing = total - shares.reduce((sum, share) => sum + share, 0);
  const order = sizes.map((_, index) => index).sort((a, b) => remainders[b]! - remainders[a]! || a - b);
  for (const index of order.slice(0, missing)) shares[index]!++;
  return shares;
}
