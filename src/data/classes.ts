/** Some of a data set's classes: for models of one class, or of all but one. */
import { HourglassError } from '../errors.ts';
import { type LabelledSource, subset } from '../samples/index.ts';
import type { SampleSet } from './dataset.ts';

/** The one class of images that lie in no class's folder. */
export const NO_CLASS = 'all';

/** A class by its name, or by its position in the set's list of classes, from 0. */
export type ClassChoice = string | number;

/**
 * The labels of the given classes, in order. Text that is not a name is read as a position.
 * @throws HourglassError (usage) for a class that the set does not have.
 */
export function labelsOf(
  { name, classes }: Pick<SampleSet, 'name' | 'classes'>,
  chosen: readonly ClassChoice[],
): number[] {
  const labels = chosen.map((choice) => {
    const named = typeof choice === 'string' ? classes.indexOf(choice) : -1;
    const label = named >= 0 || choice === '' ? named : Number(choice);
    if (Number.isInteger(label) && label >= 0 && label < classes.length) return label;
    throw new HourglassError('usage', {
      subject: `classes of ${name}`,
      rule: `must be among ${classes.join(', ')}, or positions from 0 to ${classes.length - 1}`,
      got: choice,
    });
  });
  return [...new Set(labels)].sort((a, b) => a - b);
}

/** How many images of a class each split has. */
export interface ClassCounts {
  /** The class. */
  name: string;
  /** Images in the training split. */
  training: number;
  /** Images in the validation split. */
  validation: number;
  /** Images in the test split. */
  test: number;
}

/** How many images of each class each split has; empty if there is one class without a name. */
export function classCounts(
  classes: readonly string[],
  splits: Readonly<Record<'train' | 'validation' | 'test', { labels: Uint8Array }>>,
): ClassCounts[] {
  if (classes.length === 1 && classes[0] === NO_CLASS) return [];
  const of = ({ labels }: { labels: Uint8Array }) => {
    const counts = new Array<number>(classes.length).fill(0);
    for (const label of labels) counts[label]!++;
    return counts;
  };
  const [training, validation, test] = [of(splits.train), of(splits.validation), of(splits.test)];
  return classes
    .map((name, i) => ({ name, training: training[i]!, validation: validation[i]!, test: test[i]! }))
    .filter((counts) => counts.training + counts.validation + counts.test > 0);
}

/**
 * The set with only the samples of some classes, in all its splits, not copied; labels and names of classes stay as they are.
 * Without `chosen` it is the set itself.
 * @throws HourglassError (usage) for a class that it does not have; (data) if a split has no images left.
 */
export function onlyClasses(dataset: SampleSet, chosen: readonly ClassChoice[] | undefined): SampleSet {
  if (chosen === undefined) return dataset;
  const labels = labelsOf(dataset, chosen);
  const names = labels.map((label) => dataset.classes[label]).join(', ');
  const keep = (split: string, samples: LabelledSource) => {
    const places = [...samples.labels.keys()].filter((place) => labels.includes(samples.labels[place]!));
    const kept = subset(samples, Uint32Array.from(places));
    if (kept.count > 0) return kept;
    throw new HourglassError('data', {
      subject: dataset.name,
      rule: `has no ${split} images of the requested classes`,
      got: names,
    });
  };
  const { train, validation, test, source } = dataset;
  return {
    ...dataset,
    source: `${source}; only the class${labels.length === 1 ? '' : 'es'} ${names}`,
    train: keep('training', train),
    validation: validation && keep('validation', validation),
    test: keep('test', test),
  };
}
