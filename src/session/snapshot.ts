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

/** A model in the middle of its training, as it sees some fixed test images. */
export interface Snapshot {
  /** The epoch that the step is in, from 1. */
  readonly epoch: number;
  /** Steps since the run began; 0 before the first one. */
  readonly step: number;
  /** The codes of the first test images: as many as there is time for. */
  readonly codes: {
    /** Numbers in a code. */
    readonly units: number;
    /** [count, units]. */
    readonly values: Float32Array;
    /** The class of each image. */
    readonly labels: Uint8Array;
  };
  /** A few test images, the same every time. */
  readonly strip: Omit<SnapshotImages, 'images'> & {
    /** As the encoder got them: with noise, if the model removes noise. */
    readonly inputs: Uint8Array;
    /** What the model makes of them. */
    readonly reconstructions: Uint8Array;
    /** The class of each. */
    readonly captions: readonly string[];
  };
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
