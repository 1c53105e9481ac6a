/** What is shown of a model in the middle of its training: plain data. */

/** Images of one size as bytes, [count, channels, height, width], 0 to 255. */
export interface SnapshotImages {
  /** How many. */
  readonly count: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** The images. */
  readonly images: Uint8Array;
}

/** A test row, and what the model makes of it. */
export interface SnapshotRow {
  /** Names the row: its number in the file. */
  readonly name: string;
  /** Its class; empty without a label. */
  readonly caption: string;
  /** The mean squared error over its scaled values. */
  readonly error: number;
  /** Some columns in the order of the file: those with the largest residuals. */
  readonly columns: readonly {
    /** The column's name. */
    readonly name: string;
    /** Its value; null if it is missing. */
    readonly value: number | string | null;
    /** What the model makes of it. */
    readonly reconstruction: number | string | null;
    /** The squared error of its scaled values, added up. */
    readonly error: number;
  }[];
}

/** A model in the middle of its training, as it sees some fixed test images or rows. */
export interface Snapshot {
  /** The epoch that the step is in, from 1. */
  readonly epoch: number;
  /** Steps since the run began; 0 before the first one. */
  readonly step: number;
  /** The codes of the first test images or rows: as many as there is time for. */
  readonly codes: {
    /** Numbers in a code. */
    readonly units: number;
    /** [count, units]. */
    readonly values: Float32Array;
    /** The class of each. */
    readonly labels: Uint8Array;
  };
  /** A few test images, the same every time; null for a model of rows. */
  readonly strip:
    | (Omit<SnapshotImages, 'images'> & {
        /** As the encoder got them: with noise, if the model removes noise. */
        readonly inputs: Uint8Array;
        /** What the model makes of them. */
        readonly reconstructions: Uint8Array;
        /** The class of each. */
        readonly captions: readonly string[];
      })
    | null;
  /** A few test rows, the same every time; null for a model of images. */
  readonly rows: readonly SnapshotRow[] | null;
  /** Decoded images of a grid of codes, row by row, for codes of two units; else null. */
  readonly manifold: {
    /** Images in a row, and rows. */
    readonly size: number;
    /** [size, size, channels, height, width], the second unit falling from row to row. */
    readonly images: Uint8Array;
    /** The values of the first unit, by columns. */
    readonly x: readonly number[];
    /** The values of the second unit, by rows from the top. */
    readonly y: readonly number[];
  } | null;
  /** Weights of the first layer as images, each on a scale of its own with 128 for zero; null where they are none. */
  readonly filters: SnapshotImages | null;
}
