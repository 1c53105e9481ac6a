/** What takes batches and ends as files. */

export interface Batch {
  names: readonly string[];
  /** The class of each, where it is known. */
  classes?: readonly (string | null)[];
  /** [n, …shape of one], row-major. */
  values: Float32Array;
  /** What the model was given, of the same shape: a sheet shows it beside what came out. */
  inputs?: Uint8Array | Float32Array;
}

/** The files that were written; null stands for standard output. */
export interface Written {
  files: string[];
  /** As "float32 [10000, 4]". */
  what: string;
  /** What a reader should know, as that a sheet does not show all. */
  notes: string[];
}

export interface Sink {
  write(batch: Batch): Promise<void>;
  /** Completes the files and puts them in their place. */
  finish(): Promise<Written>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface SinkOptions {
  /** Of one row, [units] of a code or [channels, height, width] of an image. */
  shape: readonly number[];
  /** A name for each of a code's units, or none for images: their values are `x1`, `x2`, … */
  kind: 'codes' | 'images';
  /** Of sheets. */
  title: string;
  subtitle: string;
  /** Whether high values are light, as in a photograph; else they are drawn as ink on paper. */
  light: boolean;
  /** How many images a sheet has in a row and rows at most. Default ten in ten. */
  sheet?: { columns: number; rows: number };
}
