/** Data sets of pictures that a model sees through tiles. */
import { HourglassError } from '../errors.ts';
import {
  fixedTiles,
  gridOf,
  type LabelledSource,
  requireWithin,
  type Tiles,
  trainingTiles,
  windowsInEpoch,
} from '../samples/index.ts';
import type { SampleSet } from './dataset.ts';
import type { TrainingSplits } from './splits.ts';

/**
 * A set and its splits with tiles for samples, each of which says of which pictures it is; the splits were made of pictures, so
 * no picture is on both sides. As they are without `tiles`.
 * @throws HourglassError (usage) for samples that are no pictures from files, and for tiles that are larger than they.
 */
export function inTiles<S extends { dataset: SampleSet; splits: TrainingSplits }>(
  given: S,
  tiles: Tiles | undefined,
): S {
  const { dataset, splits } = given;
  if (tiles === undefined) return given;
  if (dataset.folder === undefined) {
    throw new HourglassError('usage', {
      subject: 'data.tiles',
      rule: `are windows of pictures from files, and ${dataset.name} has none`,
      hint: 'leave it out',
    });
  }
  requireWithin(tiles, dataset);
  const made = new Map<LabelledSource, LabelledSource>();
  // The same source stays the same: a test split that serves as validation is known by that.
  const fixed = (source: LabelledSource): LabelledSource => {
    const found = made.get(source) ?? fixedTiles(source, tiles);
    made.set(source, found);
    return found;
  };
  const { side } = tiles;
  return {
    ...given,
    dataset: {
      ...dataset,
      source: `${dataset.source}, ${inWords(tiles, dataset, splits.train)}`,
      height: side,
      width: side,
      train: fixed(dataset.train),
      validation: dataset.validation && fixed(dataset.validation),
      test: fixed(dataset.test),
    },
    splits: {
      ...splits,
      train: trainingTiles(splits.train, tiles),
      validation: fixed(splits.validation),
      test: fixed(splits.test),
    },
  };
}

/** The splits of the pictures that tiles were cut from; others are as they are. */
export function inPictures(splits: TrainingSplits): TrainingSplits {
  const { train, validation, test } = splits;
  const whole = (source: LabelledSource) => source.pictures ?? source;
  return { ...splits, train: whole(train), validation: whole(validation), test: whole(test) };
}

function inWords(tiles: Tiles, size: Pick<SampleSet, 'height' | 'width'>, train: LabelledSource): string {
  const { side, overlap } = tiles;
  const scored = gridOf(size, tiles).length;
  const drawn = windowsInEpoch(train, tiles);
  const blended = scored === 1 ? '' : `, which overlap by ${Math.round(100 * overlap)} % or more, blended`;
  return `in tiles of ${side} × ${side}: ${drawn} of each training picture in an epoch, ${scored} to score a picture${blended}`;
}
