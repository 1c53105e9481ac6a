/** Sets of rows: the scaling of their columns is put in once the training split is known. */
import {
  type ColumnScaling,
  type LabelledSource,
  respecified,
  type SampleSpec,
  type Tiles,
} from '../samples/index.ts';
import { type ClassChoice, onlyClasses } from './classes.ts';
import type { SampleSet } from './dataset.ts';
import { type TrainingSplits, trainingSplits, type ValidationChoice } from './splits.ts';
import { inTiles } from './tiles.ts';

/** The columns of rows and their scaling, as a run and its model record them. */
export interface RowFacts {
  /** The name of each column. */
  columns: string[];
  /** Subtracted from the values of each column. */
  offset: number[];
  /** What they are then divided by. */
  scale: number[];
}

/** A column's name where it has none. */
export const columnName = (i: number): string => `column ${i + 1}`;

/** Null for images. */
export function rowFacts({ kind, shape, scaling, columns }: SampleSpec): RowFacts | null {
  if (kind !== 'row') return null;
  const names = columns ?? Array.from({ length: shape[0]! }, (_, i) => columnName(i));
  const all = (value: number) => names.map(() => value);
  const { offset, scale } =
    scaling.type === 'columns' ? scaling : { offset: all(0), scale: all(Math.fround(scaling.divisor)) };
  return { columns: [...names], offset: [...offset], scale: [...scale] };
}

/** What a recipe says of the samples of its data set. */
interface RecordedChoices {
  classes?: readonly ClassChoice[] | undefined;
  validation: ValidationChoice;
  tiles?: Tiles | undefined;
}

/** The classes and the splits that a run was trained on, with the scaling that it recorded. */
export async function recordedSplits(
  whole: SampleSet,
  { data }: { data: RecordedChoices },
  known: RowFacts | null,
) {
  const dataset = onlyClasses(whole, data.classes);
  const scaled = await scaledRows(dataset, trainingSplits(dataset, data.validation), known);
  if (dataset === scaled.dataset) return inTiles({ whole, ...scaled }, data.tiles);
  const all = await scaledRows(whole, scaled.splits, known);
  return { ...scaled, whole: dataset === whole ? scaled.dataset : all.dataset };
}

/** The set and its splits with their scaling: learned from the training split, or one that is known. */
export async function scaledRows(
  dataset: SampleSet,
  splits: TrainingSplits,
  known: Pick<RowFacts, 'offset' | 'scale'> | null = null,
): Promise<{ dataset: SampleSet; splits: TrainingSplits }> {
  const { learnScaling, train, validation, test } = dataset;
  if (learnScaling === undefined) return { dataset, splits };
  const scaling: ColumnScaling =
    known === null
      ? await learnScaling(splits.train)
      : { type: 'columns', offset: Float32Array.from(known.offset), scale: Float32Array.from(known.scale) };
  const made = new Map<LabelledSource, LabelledSource>();
  // The same source stays the same: a test split that serves as validation is known by that.
  const scaled = (source: LabelledSource): LabelledSource => {
    const found = made.get(source) ?? respecified(source, { ...source.spec, scaling });
    made.set(source, found);
    return found;
  };
  const { learnScaling: _, ...set } = dataset;
  return {
    dataset: {
      ...set,
      train: scaled(train),
      validation: validation && scaled(validation),
      test: scaled(test),
    },
    splits: {
      ...splits,
      train: scaled(splits.train),
      validation: scaled(splits.validation),
      test: scaled(splits.test),
    },
  };
}
