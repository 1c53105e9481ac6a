/**
 * Images and codes as a caller gives them: checked and copied, in one place for the library, the command line and the
 * service. A copy is made before a call returns its promise, so that a caller may change the array at once.
 */
import { HourglassError } from '../errors.ts';

/**
 * Images, n · channels · height · width values, image after image: bytes from 0 to 255, or floats in [0, 1]. A Buffer is
 * bytes, too; memory may be shared, and the array may come from another realm.
 */
export type ImageValues = Uint8Array | Uint8ClampedArray | Float32Array;

/** Codes farther from 0 than this make a decoder overflow. */
export const FARTHEST_CODE = 1e30;

/** For example 'Float32Array', for arrays of any realm; the type of anything else. */
export function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  if (ArrayBuffer.isView(given) || Array.isArray(given)) {
    return Object.prototype.toString.call(given).slice(8, -1);
  }
  return typeof given === 'object' ? Object.prototype.toString.call(given).slice(8, -1) : typeof given;
}

/** Whether it is an array that can hold images. */
export const isImageArray = (given: unknown): given is ImageValues =>
  ArrayBuffer.isView(given) && ['Uint8Array', 'Uint8ClampedArray', 'Float32Array'].includes(kindOf(given));

/**
 * A copy of images.
 * @param shape of one image.
 * @throws HourglassError for anything but whole images of bytes or of floats in [0, 1].
 */
export function imagesOf(given: unknown, shape: readonly number[]): Uint8Array | Float32Array {
  if (!isImageArray(given)) {
    throw new HourglassError('usage', {
      subject: 'images',
      rule: 'must be a Uint8Array with values from 0 to 255 or a Float32Array with values from 0 to 1',
      got: kindOf(given),
      ...(Array.isArray(given) || ArrayBuffer.isView(given)
        ? { hint: 'convert it: Float32Array.from(values), or Uint8Array.from(bytes)' }
        : {}),
    });
  }
  requireWhole('images', given.length, shape);
  if (kindOf(given) !== 'Float32Array') return new Uint8Array(given);
  const values = new Float32Array(given);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= 0 && value <= 1) continue;
    const size = values.length / countOf(values.length, shape);
    throw new HourglassError('usage', {
      subject: 'images',
      rule: `must have values from 0 to 1 if they are floats: value ${i % size} of image ${Math.floor(i / size)} is not`,
      got: String(value),
      hint: 'divide by the largest possible value, for example 255, or pass a Uint8Array',
    });
  }
  return values;
}

/** A copy of codes. @throws HourglassError for anything but a Float32Array of complete codes with finite numbers. */
export function codesOf(given: unknown, units: number): Float32Array {
  if (!ArrayBuffer.isView(given) || kindOf(given) !== 'Float32Array') {
    throw new HourglassError('usage', {
      subject: 'codes',
      rule: 'must be a Float32Array',
      got: kindOf(given),
      ...(Array.isArray(given) || ArrayBuffer.isView(given)
        ? { hint: 'convert it: Float32Array.from(codes)' }
        : {}),
    });
  }
  const values = new Float32Array(given as Float32Array);
  requireWhole('codes', values.length, [units]);
  const wrong = values.findIndex((value) => !(Math.abs(value) <= FARTHEST_CODE));
  if (wrong >= 0) {
    throw new HourglassError('usage', {
      subject: 'codes',
      rule: `must be finite numbers between −1e30 and 1e30: value ${wrong % units} of code ${Math.floor(wrong / units)} is not`,
      got: String(values[wrong]),
    });
  }
  return values;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
const countOf = (length: number, shape: readonly number[]): number => length / sizeOf(shape);

export function requireWhole(subject: string, length: number, shape: readonly number[]): void {
  if (length > 0 && Number.isInteger(countOf(length, shape))) return;
  throw new HourglassError('data', {
    subject,
    rule: `must have ${shape.length > 1 ? `${shape.join(' × ')} = ` : ''}${sizeOf(shape)} values each`,
    got: `${length} values`,
  });
}
