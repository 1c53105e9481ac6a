/** What one sample is: its shape, how its values are stored, and how stored values become a model's input. */
import { sizeOf } from '../size.ts';

/** The values of samples as a source stores them, one sample after the other. */
export type StoredValues = Uint8Array | Uint16Array | Float32Array;

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array } as const;

export type Storage = keyof typeof ARRAYS;

/**
 * From a stored value to a model's input. `divisor`: value / divisor, for all values alike. `columns`:
 * (value − offset[i]) / scale[i] for the value at place i of a sample; both have as many numbers as a sample has values.
 */
export type Scaling =
  | { readonly type: 'divisor'; readonly divisor: number }
  | { readonly type: 'columns'; readonly offset: Float32Array; readonly scale: Float32Array };

export interface SampleSpec {
  /** An image has places next to each other and values of one range; a row has columns of different meaning. */
  readonly kind: 'image' | 'row';
  /** The shape of one sample: [channels, height, width] of an image, [columns] of a row. */
  readonly shape: readonly number[];
  readonly storage: Storage;
  readonly scaling: Scaling;
  /** The least and the greatest value after scaling; null if there are no such limits. */
  readonly range: readonly [least: number, greatest: number] | null;
  /** The name of each value of a row. */
  readonly columns?: readonly string[];
}

/** The number of values of one sample. */
export const valuesOf = ({ shape }: Pick<SampleSpec, 'shape'>): number => sizeOf(shape);

/** Images as bytes, 0 to 255, which a model takes as byte / 255. */
export function imageSpec(image: { channels: number; height: number; width: number }): SampleSpec {
  const { channels, height, width } = image;
  return {
    kind: 'image',
    shape: [channels, height, width],
    storage: 'uint8',
    scaling: { type: 'divisor', divisor: 255 },
    range: [0, 1],
  };
}

/** How rows are scaled before a model takes them, and back again. */
export type ColumnScaling = Extract<Scaling, { type: 'columns' }>;

/** Columns of numbers, each with an offset and a scale of its own. */
export const rowSpec = (columns: readonly string[], scaling: ColumnScaling): SampleSpec => ({
  kind: 'row',
  shape: [columns.length],
  storage: 'float32',
  scaling,
  range: null,
  columns,
});

/** Columns as they are. */
export const unscaled = (columns: number): ColumnScaling => ({
  type: 'columns',
  offset: new Float32Array(columns),
  scale: new Float32Array(columns).fill(1),
});

/** Images with 16 bits a channel, 0 to 65,535, which a model takes as value / 65535. */
export const deepImageSpec = (image: { channels: number; height: number; width: number }): SampleSpec => ({
  ...imageSpec(image),
  storage: 'uint16',
  scaling: { type: 'divisor', divisor: 65535 },
});

/** The bytes that one stored value takes. */
export const bytesPerValue = (storage: Storage): number => ARRAYS[storage].BYTES_PER_ELEMENT;

/** An array for so many samples. */
export const storedArray = (spec: SampleSpec, count: number): StoredValues =>
  new ARRAYS[spec.storage](count * valuesOf(spec));

/** A view of memory as stored values: `length` of them from a byte offset on. */
export const storedView = (
  storage: Storage,
  memory: ArrayBufferLike,
  byteOffset: number,
  length: number,
): StoredValues => new ARRAYS[storage](memory as ArrayBuffer, byteOffset, length);

/** Whether stored values are of a storage type. */
export const isStoredAs = (values: StoredValues, storage: Storage): boolean =>
  values instanceof ARRAYS[storage];
