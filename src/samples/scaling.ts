/** Stored values to floats. */
import { type ColumnScaling, type SampleSpec, type StoredValues, valuesOf } from './spec.ts';

/** byte / 255 for each byte: a look-up takes a third of the time of a division. */
export const SCALED_BYTES = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Bytes to [0, 1]: byte / 255. */
export function scaleBytes(bytes: Uint8Array | Uint8ClampedArray, out: Float32Array): void {
  for (let i = 0; i < bytes.length; i++) out[i] = SCALED_BYTES[bytes[i]!]!;
}

/** Scales whole samples into `out`, which has as many elements: the same bits as float32 arithmetic in a graph. */
export function scaleInto({ scaling, ...spec }: SampleSpec, stored: StoredValues, out: Float32Array): void {
  if (scaling.type === 'columns') {
    const { offset, scale } = scaling;
    const values = valuesOf(spec);
    for (let start = 0; start < stored.length; start += values) {
      for (let i = 0; i < values; i++) {
        // Rounded after each operation, as a graph of Sub and Div does it.
        out[start + i] = Math.fround(stored[start + i]! - offset[i]!) / scale[i]!;
      }
    }
    return;
  }
  const { divisor } = scaling;
  if (divisor === 1) out.set(stored);
  else if (divisor === 255 && stored instanceof Uint8Array) scaleBytes(stored, out);
  else {
    for (let i = 0; i < stored.length; i++) out[i] = stored[i]! / divisor;
  }
}

/** The inverse of {@link scaleInto} for columns: value · scale + offset, with the rounding of a graph of Mul and Add. */
export function unscaleInto({ offset, scale }: ColumnScaling, scaled: Float32Array, out: Float32Array): void {
  for (let start = 0; start < scaled.length; start += scale.length) {
    for (let i = 0; i < scale.length; i++) {
      out[start + i] = Math.fround(scaled[start + i]! * scale[i]!) + offset[i]!;
    }
  }
}

/** The scaled value of a number at place i of a sample, in double precision: for sums and means of stored values. */
export function scaledAt({ scaling }: SampleSpec, value: number, i: number): number {
  return scaling.type === 'columns'
    ? (value - scaling.offset[i]!) / scaling.scale[i]!
    : value / scaling.divisor;
}

/** What differences of stored values at place i are divided by. */
export const unitAt = ({ scaling }: SampleSpec, i: number): number =>
  scaling.type === 'columns' ? scaling.scale[i]! : scaling.divisor;
