/** What a reader of samples is started with: plain data, which crosses to its thread. */
import type { NpyType } from '../../codecs/npy.ts';
import type { NumberFormat } from '../../codecs/npy-numbers.ts';
import type { Storage } from '../../samples/index.ts';
import type { WholePreprocessing } from '../images/preprocessing.ts';

/** Encoded pictures, each a part of a file or all of it. */
export interface PicturesStart {
  type: 'pictures';
  /** The files, by path. */
  files: readonly string[];
  /** For each picture its file, and where in it the picture begins and how many bytes it has; null for whole files. */
  parts: { file: Uint32Array; offset: Float64Array; size: Float64Array } | null;
  /** The name of each picture, for errors. */
  names: readonly string[];
  want: WholePreprocessing;
  /** The first picture of each block of pictures that are read together; null for whole files. */
  blocks: Uint32Array | null;
}

/** Rows of a Parquet file that are stored together. */
export interface RowGroup {
  /** The position of the file. */
  file: number;
  /** Its first row in the file. */
  first: number;
  rows: number;
}

/** Pictures in a column of Parquet files. */
export interface ParquetStart {
  type: 'parquet';
  /** The files, by path. */
  files: readonly string[];
  column: string;
  groups: readonly RowGroup[];
  want: WholePreprocessing;
  names: readonly string[];
  /** The first picture of each row group. */
  blocks: Uint32Array;
}

/** Values of images, as an array has them. */
export interface ValuesStart {
  type: 'values';
  file: string;
  /** Where the values begin, in bytes. */
  offset: number;
  /** How a value is written. */
  from: NpyType;
  littleEndian: boolean;
  storage: Storage;
  /** The shape of an image: [channels, height, width], or with its channels last. */
  shape: readonly [channels: number, height: number, width: number];
  channelsLast: boolean;
  /** Images of a block. */
  rows: number;
  count: number;
}

/** Rows of numbers in files, one after the other. */
export interface RowsStart {
  type: 'rows';
  files: readonly {
    path: string;
    format: NumberFormat;
    /** Where the first row begins, in bytes. */
    offset: number;
    /** The position of the first row among all rows. */
    first: number;
  }[];
  /** Numbers of a row in a file. */
  columns: number;
  /** The columns that are read. */
  used: Uint32Array;
  /** The first row of each block; a block is within one file. */
  blocks: Uint32Array;
  count: number;
}

export type StreamStart = PicturesStart | ParquetStart | ValuesStart | RowsStart;
