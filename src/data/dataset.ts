/**
 * A data set under the name that every result carries: as sources of samples, which the program works on, and with byte
 * images in memory, as a caller gets it. Types only; the other files in this folder provide the bytes.
 */
import type { ColumnScaling, LabelledSource } from '../samples/index.ts';
import type { TableEncoding, TableSettings } from '../tables/index.ts';
import type { FolderSettings } from './images/folder-settings.ts';
import type { WholePreprocessing } from './images/preprocessing.ts';

/** Images of one split, with their classes. */
export interface LabelledImages {
  /** [count, channels, height, width], bytes 0 (background) to 255, row by row. May be a view of a larger buffer. */
  images: Uint8Array;
  /** [count], each an index into the data set's `classes`. */
  labels: Uint8Array;
  /** The number of images. */
  count: number;
  /** [count], the path of each relative to the folder it came from; sets of IDX files have no names. */
  names?: readonly string[];
  /** Which pixels are defective, if the data say so. */
  masks?: PixelMasks;
}

/** Which pixels of some images are defective. Only images that have a mask take up memory. */
export interface PixelMasks {
  /** [count], the position of each image's mask in `values`; −1 for an image without a mask. */
  places: Int32Array;
  /** [masks, height, width], 1 where a pixel is defective, otherwise 0; fitted as the images are. */
  values: Uint8Array;
}

/**
 * A data set as sources of samples, which are read when they are needed: images in memory, files that are decoded one by
 * one, rows of a table. Trainings, evaluations and pictures work on it. {@link sampleSet} makes one.
 */
export interface SampleSet {
  /** The name that every result carries. */
  name: string;
  /** One line for people: where the samples came from. */
  source: string;
  /** Pixels; 1 for rows. */
  height: number;
  /** Pixels; the number of columns of rows. */
  width: number;
  /** 1: grey, and rows; 3: red, green, blue. */
  channels: 1 | 3;
  /** The names of the classes; a label is a position in this list. */
  classes: string[];
  /** The samples to train on. */
  train: LabelledSource;
  /** The set's own validation split; null if it has none, and a training takes some of the training samples. */
  validation: LabelledSource | null;
  /** The samples to measure on. */
  test: LabelledSource;
  /** For a folder of your own images. */
  folder?: ImageFolder;
  /** For rows: learns the scaling of their columns from the training split. By default they have the scaling of their spec. */
  learnScaling?: (train: LabelledSource) => Promise<ColumnScaling>;
  /** Whether a caller gave the samples in arrays: nothing else can open them again. */
  isGiven?: boolean;
  /** For a table of your own. */
  table?: OpenedTable;
}

/** A table that was opened as a data set. */
export interface OpenedTable {
  /** The absolute path of the file or folder. */
  path: string;
  /** How a row becomes the values of a sample. */
  encoding: TableEncoding;
  /** The encoding in one line, for people. */
  about: string;
  /** How the rows were divided, in words. */
  splits: string;
  /** Notes to read before training on it. */
  notes: string[];
}

/** A data set in memory: byte images with labels, in splits. */
export interface Dataset {
  /** The name that every result carries. It is `mnist-10k` if `mnist` was requested but not available. */
  name: string;
  /** One line for people: the source of the images, and whether they are the official ones. */
  source: string;
  /** Pixels. */
  height: number;
  /** Pixels. */
  width: number;
  /** 1: grey; 3: red, green, blue. */
  channels: 1 | 3;
  /** The names of the classes; a label is a position in this list. */
  classes: string[];
  /** The images to train on. */
  train: LabelledImages;
  /** The set's own validation split; null if it has none, and a training takes some of the training images. */
  validation: LabelledImages | null;
  /** The images to measure on. */
  test: LabelledImages;
  /** For a folder of your own images. */
  folder?: ImageFolder;
}

/** A folder of images, or a file that lists or has some, that was opened as a data set. */
export interface ImageFolder {
  /** Its absolute path, or that of a list of pictures, of an archive or of an array. */
  path: string;
  /** The folder to which the names of its images are relative. */
  filesIn: string;
  /** How its images were converted. */
  preprocessing: WholePreprocessing;
  /** What its sub-folders were recognised as, in words; null if they are classes, or there are none. */
  layout: string | null;
  /**
   * The only class in the training split if the test split has others, such as `good` among defects (MVTec AD);
   * otherwise null. `classes` has all of them.
   */
  normal: string | null;
  /** Notes to read before training on them. */
  notes: string[];
  /** The files that could not be read and were skipped, with the reason. */
  skipped: {
    /** The path, relative to the folder. */
    file: string;
    /** Why it could not be read. */
    reason: string;
  }[];
}

/** Where a data set is looked for, and how it is read. */
export interface DataOptions {
  /** For a folder of images: size, colours, splits. */
  images?: FolderSettings;
  /** For a table: label, types of columns, missing values, splits. */
  table?: TableSettings;
  /** Called while a folder of images or a table is read; `total` is what is known so far. */
  onRead?: (event: { read: number; total: number }) => void;
  /** A folder with the set's IDX files, directly or in a sub-folder with the set's name; overrides HOURGLASS_DATA. */
  dataDir?: string;
  /** Never use the network; also HOURGLASS_OFFLINE=1. */
  offline?: boolean;
  /** Where downloads are kept; also HOURGLASS_CACHE. Default: the platform's cache folder. */
  cacheDir?: string;
  /** Called during a download; sizes in bytes, `total` null if the server does not give it. */
  onProgress?: (event: DownloadProgress) => void;
  /** Ends a download at once; the error is of kind `interrupted`. */
  signal?: AbortSignal;
  /** Base URLs to download from, instead of the set's own; each must hold the set's four .gz files. */
  mirrors?: string[];
  /** The longest silence of a server, in milliseconds. Default 10,000, shared by all mirrors for the first answer. */
  timeoutMs?: number;
  /** The environment to read; default `process.env`. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** How much of a file has been downloaded. */
export interface DownloadProgress {
  /** The file's name. */
  file: string;
  /** Bytes received. */
  received: number;
  /** Bytes of the whole file; null if the server does not give it. */
  total: number | null;
}

/** The role of each of a set's four files. */
export type FileRole = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';
export const FILE_ROLES: readonly FileRole[] = ['testLabels', 'trainLabels', 'testImages', 'trainImages'];
