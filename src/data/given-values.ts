/** Numbers that a caller has in a typed array or in nested lists: their shape, and a copy as they are stored. */
import { HourglassError } from '../errors.ts';
import type { Storage, StoredValues } from '../samples/index.ts';
import { sizeOf } from '../size.ts';

/** Lists of numbers in lists: the first list has a list or an array for each sample. */
export type NestedNumbers = readonly (number | NestedNumbers | Float32Array | Float64Array | Uint8Array)[];

/** Samples one after the other in a typed array, or as nested lists of numbers. */
export type GivenValues =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | NestedNumbers;

interface GivenNumbers {
  /** The shape of one sample as it was given. */
  readonly shape: readonly number[];
  readonly values: Exclude<GivenValues, NestedNumbers>;
  /** How images of them are stored. */
  readonly storage: Storage;
  /** A copy as rows of floats. */
  rows(columns: readonly string[] | undefined): Float32Array;
  /** A copy as images, [n, channels, height, width]. */
  images(layout: 'planes' | 'pixels', sample: readonly number[]): StoredValues;
}

const TYPES = ['Float32Array', 'Float64Array', 'Uint8Array', 'Uint8ClampedArray', 'Uint16Array'];

/** For example 'Float32Array', for arrays of any realm. */
const typeOf = (given: unknown): string => Object.prototype.toString.call(given).slice(8, -1);

/**
 * @param subject names them in errors.
 * @param shape of one sample; nested lists have their own.
 * @throws HourglassError (usage) for anything but whole samples of one shape.
 */
export function givenNumbers(
  subject: string,
  given: unknown,
  shape: readonly number[] | undefined,
): GivenNumbers {
  const refuse = (rule: string, got: unknown, hint?: string) =>
    new HourglassError('usage', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
  const flat = Array.isArray(given) ? flattened(subject, given) : null;
  const values = (flat?.values ?? given) as GivenNumbers['values'];
  const type = typeOf(values);
  if (flat === null && !(ArrayBuffer.isView(given) && TYPES.includes(type))) {
    throw refuse(`must be a ${TYPES.join(', ')} or nested lists of numbers`, type);
  }
  if (shape !== undefined && !Array.isArray(shape)) {
    throw new HourglassError('usage', {
      subject: 'data.shape',
      rule: 'must be a list of numbers',
      got: typeOf(shape),
    });
  }
  // A flat list of numbers is like a typed array.
  const own = flat !== null && flat.shape.length > 1 ? flat.shape.slice(1) : null;
  const used = shape ?? own;
  if (used === null) {
    throw new HourglassError('usage', {
      subject: 'data.shape',
      rule: 'must be the shape of one sample: [columns] for rows, [height, width] or [height, width, channels] for images',
      got: 'none',
    });
  }
  if (own !== null && sizeOf(own) !== sizeOf(used)) {
    throw refuse(`must have samples of the shape [${used.join(', ')}]`, `[${own.join(', ')}]`);
  }
  const size = sizeOf(used);
  const count = values.length / size;
  if (size > 0 && values.length === 0) throw refuse('must have at least one sample', 'none');
  if (size > 0 && !Number.isInteger(count)) {
    throw refuse(
      `must have ${size} values for each sample of the shape [${used.join(', ')}]`,
      `${values.length} values`,
    );
  }
  const isWhole = type === 'Uint8Array' || type === 'Uint8ClampedArray';
  const storage: Storage = isWhole ? 'uint8' : type === 'Uint16Array' ? 'uint16' : 'float32';
  return {
    ...{ shape: used, values, storage },
    rows(columns) {
      const copy = new Float32Array(values);
      const wrong = copy.findIndex((value) => !Number.isFinite(value));
      if (wrong < 0) return copy;
      const column = wrong % size;
      throw refuse(
        `must have finite numbers: row ${Math.floor(wrong / size)}, column ${columns?.[column] ?? column + 1} has not`,
        String(values[wrong]),
        'leave such rows out, or put a number in their place',
      );
    },
    images(layout, sample) {
      const copy = new { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }[storage](values);
      if (copy instanceof Float32Array) {
        const wrong = copy.findIndex((value) => !(value >= 0 && value <= 1));
        if (wrong >= 0) {
          throw refuse(
            `must have values from 0 to 1 if they are floats: value ${wrong % size} of image ${Math.floor(wrong / size)} is not`,
            String(values[wrong]),
            'divide by the largest possible value, for example 255, or pass a Uint8Array',
          );
        }
      }
      return layout === 'planes' ? copy : inPlanes(copy, sample);
    },
  };
}

/** From [n, height, width, channels] to [n, channels, height, width]. */
function inPlanes(pixels: StoredValues, [channels, height, width]: readonly number[]): StoredValues {
  if (channels === 1) return pixels;
  const plane = height! * width!;
  const size = channels! * plane;
  const planes = pixels.slice();
  for (let i = 0; i < pixels.length; i++) {
    const within = i % size;
    const start = i - within;
    planes[start + (within % channels!) * plane + Math.floor(within / channels!)] = pixels[i]!;
  }
  return planes;
}

/** The numbers of nested lists one after the other, and their shape. */
function flattened(subject: string, lists: readonly unknown[]): { values: Float64Array; shape: number[] } {
  const shape: number[] = [];
  for (let first: unknown = lists; isList(first); first = first[0]) shape.push(first.length);
  const values = new Float64Array(sizeOf(shape));
  let at = 0;
  const take = (list: ArrayLike<unknown>, depth: number, place: readonly number[]): void => {
    const refuse = (rule: string, got: unknown) =>
      new HourglassError('usage', { subject: `${subject}${place.map((i) => `[${i}]`).join('')}`, rule, got });
    if (list.length !== shape[depth])
      throw refuse(`must have ${shape[depth]} values, as the first has`, list.length);
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      const isLast = depth === shape.length - 1;
      if (isLast && typeof value === 'number') values[at++] = value;
      else if (!isLast && isList(value)) take(value, depth + 1, [...place, i]);
      else throw refuse(`must be lists of numbers, all of one shape: value ${i} is not`, typeOf(value));
    }
  };
  take(lists, 0, []);
  return { values, shape };
}

const isList = (given: unknown): given is ArrayLike<unknown> =>
  Array.isArray(given) || (ArrayBuffer.isView(given) && TYPES.includes(typeOf(given)));
