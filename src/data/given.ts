/**
 * Samples that a caller has in arrays, on Node and in a page: checked and copied at once, and the data set that is made of
 * the copy. The copy is plain data, so that it can cross to the thread or the worker that trains.
 */
import type { SCALINGS } from '../choices.ts';
import { HourglassError } from '../errors.ts';
import {
  imageSpec,
  type LabelledSource,
  learnScaling,
  memorySource,
  rowSpec,
  type SampleSpec,
  type StoredValues,
  unscaled,
} from '../samples/index.ts';
import { sizeOf } from '../size.ts';
import type { SampleSet } from './dataset.ts';
import { type GivenValues, givenNumbers } from './given-values.ts';
import { columnName } from './rows.ts';
import { sampleSet } from './source.ts';
import { holdOut } from './splits.ts';

export type { GivenValues, NestedNumbers } from './given-values.ts';

/** The class of each sample: its position in `classes`, or its name. */
export type GivenLabels = Uint8Array | readonly number[] | readonly string[];

/** Samples of one split, if they have labels. */
export interface GivenSplit {
  /** The samples, one after the other. */
  values: GivenValues;
  /** The class of each. By default all are of one class. */
  labels?: GivenLabels;
}

/**
 * Images or rows in arrays. Everything is copied before the call returns its promise: the arrays may be changed right after.
 *
 * Images are bytes (0 to 255), 16-bit numbers (0 to 65,535), or floats from 0 to 1. Rows are any finite numbers; each column is
 * scaled with statistics of the training split, and the model takes and gives numbers in the columns' own units.
 */
export interface GivenData {
  /** The samples to train on, one after the other: a typed array, or nested lists of numbers. */
  train: GivenValues;
  /**
   * The shape of one sample. `[columns]`: rows. `[height, width]`: grey images. Three numbers are images with channels, which
   * are the last number if that is 1 or 3 (`[height, width, channels]`), otherwise the first (`[channels, height, width]`).
   * Nested lists have their own shape.
   */
  shape?: readonly number[];
  /** The class of each training sample. By default all are of one class. */
  labels?: GivenLabels;
  /** The names of the classes. By default those that occur in the labels. */
  classes?: readonly string[];
  /** Samples to validate on. By default a twelfth of the training samples is held out. */
  validation?: GivenValues | GivenSplit;
  /** Samples to measure on. By default 15 % of the samples are kept for it. */
  test?: GivenValues | GivenSplit;
  /** The names of the columns of rows. By default numbers from 1. */
  columns?: readonly string[];
  /**
   * How columns are scaled: `standard` (default) by mean and standard deviation, `robust` by median and quartiles, `min-max`
   * to 0 to 1, or `none`.
   */
  scaling?: (typeof SCALINGS)[number];
  /** The name that every result carries. Default `arrays`. */
  name?: string;
}

interface CopiedSplit {
  readonly values: StoredValues;
  readonly labels: Uint8Array;
}

/** A copy of what a caller gave, as plain data. */
export interface GivenSet {
  readonly name: string;
  /** Stored values without their scaling. */
  readonly spec: SampleSpec;
  readonly scaling: (typeof SCALINGS)[number];
  readonly classes: readonly string[] | null;
  readonly train: CopiedSplit;
  readonly validation: CopiedSplit | null;
  readonly test: CopiedSplit | null;
}

const refuse = (subject: string, rule: string, got?: unknown, hint?: string) =>
  new HourglassError('usage', {
    ...{ subject, rule },
    ...(got === undefined ? {} : { got }),
    ...(hint === undefined ? {} : { hint }),
  });

/** Far more than has been of use: the first layer has a weight for each column and unit. */
const MOST_COLUMNS = 65_536;
const KINDS = ['standard', 'robust', 'min-max', 'none'];

/** @throws HourglassError (usage) that names the split, and of a value its place. */
export function givenSet(data: GivenData): GivenSet {
  if (typeof data !== 'object' || data === null || !('train' in data))
    throw refuse('data', 'must have train: the samples to train on', kindOf(data));
  const { name = 'arrays', scaling = 'standard', columns } = data;
  if (!KINDS.includes(scaling)) throw refuse('data.scaling', `must be ${KINDS.join(', ')}`, scaling);
  const split = (subject: string, { values, labels }: GivenSplit, shape?: readonly number[]) => {
    const numbers = givenNumbers(subject, values, shape);
    return { subject, ...numbers, labels };
  };
  const first = split('data.train', { values: data.train, ...labelled(data.labels) }, data.shape);
  const { shape } = first;
  const other = (subject: string, given: GivenValues | GivenSplit | undefined) =>
    given === undefined ? null : split(subject, asSplit(given), shape);
  const parts = {
    train: first,
    validation: other('data.validation', data.validation),
    test: other('data.test', data.test),
  };
  const { sample, layout } = sampleShape(shape);
  const isRow = sample.length === 1;
  const storage = isRow ? 'float32' : first.storage;
  const given = [parts.train, parts.validation, parts.test].filter((part) => part !== null);
  const odd = given.find((part) => !isRow && part.storage !== storage);
  if (odd !== undefined)
    throw refuse(odd.subject, `must be of the same type as data.train, ${storage}`, odd.storage);
  const classes = classNames(data.classes, given);
  const copy = (part: (typeof given)[number] | null): CopiedSplit | null =>
    part && {
      values: isRow ? part.rows(columns) : part.images(layout, sample),
      labels: positions(part.subject, part.labels, part.values.length / sizeOf(sample), classes),
    };
  const set: GivenSet = {
    ...{ name, scaling, classes },
    spec: isRow ? rowsOf(sample[0]!, columns) : imagesOf(sample, storage),
    train: copy(parts.train)!,
    validation: copy(parts.validation),
    test: copy(parts.test),
  };
  requireEnough(set);
  return set;
}

const labelled = (labels: GivenLabels | undefined) => (labels === undefined ? {} : { labels });

const asSplit = (given: GivenValues | GivenSplit): GivenSplit =>
  typeof given === 'object' &&
  given !== null &&
  'values' in given &&
  !Array.isArray(given) &&
  !ArrayBuffer.isView(given)
    ? (given as GivenSplit)
    : { values: given as GivenValues };

const kindOf = (given: unknown): string =>
  given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given;

/** [columns], or [channels, height, width] and where the channels are in memory. */
function sampleShape(shape: readonly number[]): { sample: number[]; layout: 'planes' | 'pixels' } {
  const sides = shape.every((side) => Number.isSafeInteger(side) && side > 0);
  const refused = (rule: string) =>
    refuse(
      'data.shape',
      rule,
      `[${shape.join(', ')}]`,
      'the shape is of one sample: [columns] for rows, [height, width] or [height, width, channels] for images',
    );
  if (!sides || shape.length < 1 || shape.length > 3)
    throw refused('must be one to three whole numbers above 0');
  const [a, b, c] = shape as [number, number, number];
  if (shape.length === 1) {
    if (a > MOST_COLUMNS) throw refused(`must have at most ${MOST_COLUMNS.toLocaleString('en')} columns`);
    return { sample: [a], layout: 'planes' };
  }
  if (shape.length === 2) return { sample: [1, a, b], layout: 'planes' };
  if (c === 1 || c === 3) return { sample: [c, a, b], layout: 'pixels' };
  if (a === 1 || a === 3) return { sample: [a, b, c], layout: 'planes' };
  throw refused('must have 1 or 3 channels, as its last number or its first');
}

function rowsOf(columns: number, names: readonly string[] | undefined): SampleSpec {
  const given = names ?? Array.from({ length: columns }, (_, i) => columnName(i));
  if (!Array.isArray(given) || !given.every((name) => typeof name === 'string'))
    throw refuse('data.columns', 'must be a list of names', kindOf(given));
  if (given.length !== columns)
    throw refuse('data.columns', `must have a name for each of the ${columns} columns`, given.length);
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  if (twice !== undefined) throw refuse('data.columns', 'must have different names', twice);
  return rowSpec([...given], unscaled(columns));
}

function imagesOf(sample: readonly number[], storage: SampleSpec['storage']): SampleSpec {
  const [channels, height, width] = sample as [number, number, number];
  const divisor = { uint8: 255, uint16: 65_535, float32: 1 }[storage];
  return { ...imageSpec({ channels, height, width }), storage, scaling: { type: 'divisor', divisor } };
}

/** Names of classes; null where all are of one class without a name. */
function classNames(
  given: readonly string[] | undefined,
  parts: readonly { subject: string; labels: GivenLabels | undefined }[],
): readonly string[] | null {
  if (given !== undefined) return [...given];
  const found = new Set<string>();
  let most = -1;
  for (const { labels } of parts) {
    for (const label of labels ?? []) {
      if (typeof label === 'string') found.add(label);
      else if (label > most) most = label;
    }
  }
  if (found.size > 0) return [...found].sort();
  return most < 0 ? null : Array.from({ length: Math.min(256, most + 1) }, (_, i) => String(i));
}

/** Labels as positions in the list of classes. */
function positions(
  subject: string,
  labels: GivenLabels | undefined,
  count: number,
  classes: readonly string[] | null,
): Uint8Array {
  const copy = new Uint8Array(count);
  if (labels === undefined) return copy;
  const whose = subject === 'data.train' ? 'data.labels' : `${subject}.labels`;
  if (labels.length !== count)
    throw refuse(whose, `must have one label for each of the ${count} samples`, labels.length);
  const names = classes ?? [];
  if (names.length > 256) throw refuse(whose, 'must have at most 256 classes', names.length);
  for (const [i, label] of labels.entries()) {
    const position = typeof label === 'string' ? names.indexOf(label) : label;
    if (!(Number.isInteger(position) && position >= 0 && position < names.length)) {
      throw refuse(
        whose,
        `must be classes: names, or positions from 0 to ${names.length - 1}; label ${i} is not`,
        label,
      );
    }
    copy[i] = position;
  }
  return copy;
}

/** @throws HourglassError of kind 'data' where a split would be empty. */
function requireEnough({ spec, train, validation, test }: GivenSet): void {
  const count = train.labels.length;
  const taken = [...(validation === null ? ['validation'] : []), ...(test === null ? ['test'] : [])];
  if (count > taken.length) return;
  throw new HourglassError('data', {
    subject: 'data.train',
    rule: `must have at least ${taken.length + 1} ${spec.kind}s: one each for ${['training', ...taken].join(', ')}`,
    got: count,
  });
}

/** The share that is kept for the test where there is no test split, and the seed that chooses it. */
const TEST_SHARE = 0.15;
const TEST_SEED = 1;

/** The data set of a copy. */
export function samplesOfGiven({ name, spec, scaling, classes, ...splits }: GivenSet): SampleSet {
  const sourceOf = ({ values, labels }: CopiedSplit): LabelledSource => ({
    ...memorySource(spec, values),
    labels,
  });
  const all = sourceOf(splits.train);
  const { kept, heldOut } =
    splits.test === null
      ? holdOut(all, Math.max(1, Math.round(TEST_SHARE * all.count)), TEST_SEED)
      : { kept: all, heldOut: sourceOf(splits.test) };
  const set = sampleSet({
    ...{ name, source: `${spec.kind}s in arrays`, train: kept, test: heldOut },
    ...(classes === null ? {} : { classes }),
    validation: splits.validation && sourceOf(splits.validation),
  });
  return {
    ...set,
    isGiven: true,
    ...(spec.kind === 'row' ? { learnScaling: (train) => learnScaling(train, scaling) } : {}),
  };
}

/** The memory of a copy, so that it is handed over and not copied again. */
export const buffersOf = ({ train, validation, test }: GivenSet): ArrayBuffer[] =>
  [train, validation, test].flatMap((split) =>
    split === null ? [] : [split.values.buffer as ArrayBuffer, split.labels.buffer as ArrayBuffer],
  );
