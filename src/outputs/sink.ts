/** What takes batches and ends as files. */
import type { Safetensor } from '../codecs/safetensors.ts';

export interface Batch {
  names: readonly string[];
  /** The class of each, if known. */
  classes?: readonly (string | null)[];
  /** [n, …shape of one], row-major. */
  values: Float32Array;
  /** The model's input, of the same shape: a sheet shows it with the output. */
  inputs?: Uint8Array | Float32Array;
  /** The images that a walk leads from and to, in the model's form: a sheet of walks shows them. */
  ends?: { from: Uint8Array | Float32Array; to: Uint8Array | Float32Array };
}

/** The files that were written; null stands for standard output. */
export interface Written {
  files: string[];
  /** For example "float32 [10000, 4]". */
  what: string;
  /** What a reader should know, for example that a sheet does not show all. */
  notes: string[];
}

/** What an output needs to be continued later. What it counts is on the disk. */
export interface Saved {
  /** Values that JSON can hold. */
  values: Readonly<Record<string, unknown>>;
  tensors?: ReadonlyMap<string, Safetensor>;
}

export interface Sink {
  write(batch: Batch): Promise<void>;
  /** Null where the output cannot be continued from here. Absent where it never can. */
  save?(): Promise<Saved | null>;
  /** Completes the files and moves them to their place. */
  finish(): Promise<Written>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface SinkOptions {
  /** The shape of one row: [units] for a code, [channels, height, width] for an image. */
  shape: readonly number[];
  /** A name for each of a code's units, or none for images: their values are `x1`, `x2`, … */
  kind: 'codes' | 'images';
  /** For sheets. */
  title: string;
  subtitle: string;
  /** Whether high values are light, as in a photograph; otherwise they are drawn as ink on paper. */
  light: boolean;
  /** Default `images`, one after the other. `walks`: each batch is a walk that begins where the one before ended. */
  sheet?: 'images' | 'walks';
}
