/** Data sets as sources of samples. */
import {
  imageSpec,
  type LabelledSource,
  memoryMasks,
  memorySource,
  type SampleSpec,
  type Source,
  valuesOf,
} from '../samples/index.ts';
import { NO_CLASS } from './classes.ts';
import type { Dataset, LabelledImages, SampleSet } from './dataset.ts';

/** A data set whose images are in memory, as sources; no image is copied. */
export function samplesOf(dataset: Dataset): SampleSet {
  const { train, validation, test } = dataset;
  const size = dataset.height * dataset.width;
  const split = ({ images, labels, names, masks }: LabelledImages): LabelledSource => ({
    ...memorySource(imageSpec(dataset), images, {
      ...(names === undefined ? {} : { names }),
      ...(masks === undefined ? {} : { masks: memoryMasks(masks.places, masks.values, size) }),
    }),
    labels,
  });
  return { ...dataset, train: split(train), validation: validation && split(validation), test: split(test) };
}

/** What {@link sampleSet} makes a data set of. */
export interface SampleSetInput {
  /** The name that every result carries. */
  name: string;
  /** One line for people: where the samples came from. By default the name. */
  source?: string;
  /** The names of the classes. By default one class without a name, to which all samples belong. */
  classes?: readonly string[];
  /** The samples to train on. */
  train: Source;
  /** Validation samples; by default some of the training samples. */
  validation?: Source | null;
  /** The samples to measure on. */
  test: Source;
}

/**
 * A data set of sources: of images, or of rows, whose values are the columns of an image of one line.
 * @throws RangeError if the splits have samples of different kinds.
 */
export function sampleSet(input: SampleSetInput): SampleSet {
  const { name, source = name, classes = [NO_CLASS], train, validation = null, test } = input;
  for (const split of [validation, test]) {
    if (split !== null && JSON.stringify(kindOf(split.spec)) !== JSON.stringify(kindOf(train.spec))) {
      throw new RangeError(`${name}: all splits must have samples of one kind`);
    }
  }
  const labelled = (split: Source): LabelledSource =>
    hasLabels(split)
      ? split
      : { ...split, labels: new Uint8Array(split.count), read: split.read.bind(split) };
  return {
    ...{ name, source, classes: [...classes] },
    ...shapeOf(train.spec),
    train: labelled(train),
    validation: validation && labelled(validation),
    test: labelled(test),
  };
}

const hasLabels = (source: Source): source is LabelledSource => source.labels !== undefined;

const kindOf = ({ kind, shape, storage }: SampleSpec) => ({ kind, shape, storage });

/** The size of images that hold the samples: a row is one line. */
function shapeOf(spec: SampleSpec): Pick<SampleSet, 'height' | 'width' | 'channels'> {
  if (spec.kind === 'row') return { height: 1, width: valuesOf(spec), channels: 1 };
  const [channels, height, width] = spec.shape as [number, number, number];
  return { height, width, channels: channels === 3 ? 3 : 1 };
}
