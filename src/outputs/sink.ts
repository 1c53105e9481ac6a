/** What takes batches and ends as files. */
import type { Safetensor } from '../codecs/safetensors.ts';

/** What rows are of; whole numbers of codes that are quantised. */
export type Values = Float32Array | Uint8Array | Uint16Array;

export interface Batch<V extends Values = Float32Array> {
  names: readonly string[];
  /** The class of each, if known. */
  classes?: readonly (string | null)[];
  /** [n, …shape of one], row-major. */
  values: V;
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

export interface Sink<V extends Values = Float32Array> {
  write(batch: Batch<V>): Promise<void>;
  /** Null where the output cannot be continued from here. Absent where it never can. */
  save?(): Promise<Saved | null>;
  /** Completes the files and moves them to their place. */
  finish(): Promise<Written>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** The lists of numbers that a row is made of, one after the other: their names, and those of their columns in CSV (`z1`, `z2`, …). */
export const LISTS = {
  codes: [{ name: 'code', column: 'z' }],
  integers: [{ name: 'integers', column: 'i' }],
  /** The units of a code that are not 0, counted from 0, and their values: as many as the row has. */
  sparse: [
    { name: 'units', column: 'unit' },
    { name: 'values', column: 'value' },
  ],
  images: [{ name: 'pixels', column: 'x' }],
  posteriors: [
    { name: 'mean', column: 'mean' },
    { name: 'logVariance', column: 'logVariance' },
  ],
} as const;

export interface SinkOptions {
  /** The shape of one row: [units] for a code, that of {@link Quantised} for one as whole numbers, [2, units] for a posterior, [channels, height, width] for an image. */
  shape: readonly number[];
  kind: keyof typeof LISTS;
  /** NumPy's name of the type of whole numbers; absent for floats. */
  type?: 'u1' | 'u2';
  /** For sheets. */
  title: string;
  subtitle: string;
  /** Whether high values are light, as in a photograph; otherwise they are drawn as ink on paper. */
  light: boolean;
  /** Default `images`, one after the other. `walks`: each batch is a walk that begins where the one before ended. */
  sheet?: 'images' | 'walks';
}
