import type { LAYOUTS } from '../../choices.ts';
import type { Tiles } from '../../samples/index.ts';
import type { Preprocessing } from './preprocessing.ts';

export type { Tiles };

/**
 * `auto`: splits or normal images and defects where sub-folders have their names, otherwise classes; `classes`: every
 * sub-folder is a class; `splits`: others are left out; `anomaly`: one folder of normal images, the others of defects.
 */
export type LayoutChoice = (typeof LAYOUTS)[number];

/** How a folder becomes a data set; settings that are not given follow from the images. */
export interface FolderSettings extends Partial<Omit<Preprocessing, 'height' | 'width'>> {
  /** The side of the square, or [height, width], in pixels: 4 to 1024. */
  size?: number | readonly [height: number, width: number];
  /**
   * Where `size` is not given: the longer side of larger pictures, which keep their proportions, 16 to 1024. Smaller ones are not
   * enlarged. Sides become multiples of 16, so that strides and poolings divide them. Without it there are other rules: see
   * docs/own-images.md.
   */
  longerSide?: number;
  /**
   * That a model sees the pictures through windows: they then keep their size, up to 1024, unless `size` or `longerSide` says
   * otherwise. The images of the data set are whole pictures still.
   */
  tiles?: Tiles;
  /** The share of the images that is kept for the test split; default 0.15. */
  test?: number;
  /** Decides which images those are; default 1. Not the run's seed, so that runs can be compared. */
  splitSeed?: number;
  /** Whether linked files and folders are read; default false. */
  followLinks?: boolean;
  /** What its sub-folders are; default `auto`, which goes by their names. */
  layout?: LayoutChoice;
  /** Whether a file that cannot be read is an error (default), or is skipped with a note. */
  onBad?: 'stop' | 'skip';
  /** Whether the converted images are kept in the cache, so that the folder opens faster the next time; default true. */
  cache?: boolean;
  /** Whether images are decoded whenever they are needed instead of held in memory; default: where they do not fit. */
  stream?: boolean;
}
