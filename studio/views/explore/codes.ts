/** The codes of many images, computed in the page piece by piece, and what is measured over them. */
import type { PageModel } from 'hourglass/web';
import type { ImageSet } from '../../../src/studio/protocol.ts';
import { imageAt, lookOf, squaredError } from '../../parts/images/pixels.ts';
import { inSlices } from '../../parts/slices.ts';

export interface Codes {
  readonly units: number;
  /** Images that have a code here: the first ones, as many as fit. */
  readonly count: number;
  /** [count, units]. */
  readonly values: Float32Array;
}

/** Images to a call: a decoded picture for the pointer waits no longer than this takes. */
const PIECE = 250;
/** Bytes of codes that are kept: 70,000 codes of 450 units, 20,000 of a code larger than its image. */
const MOST_BYTES = 128e6;

export const most = (units: number, count: number): number =>
  Math.min(count, Math.floor(MOST_BYTES / 4 / units));

export interface Following {
  signal: AbortSignal;
  onProgress(done: number, of: number): void;
}

export async function encodeAll(
  model: Pick<PageModel, 'encode' | 'info'>,
  set: ImageSet,
  { signal, onProgress }: Following,
): Promise<Codes> {
  const units = model.info.codeUnits;
  const count = most(units, set.count);
  const size = set.height * set.width * set.channels;
  const values = new Float32Array(count * units);
  for (let from = 0; from < count; from += PIECE) {
    onProgress(from, count);
    const to = Math.min(count, from + PIECE);
    values.set((await model.encode(set.values.subarray(from * size, to * size))).data, from * units);
    signal.throwIfAborted();
  }
  onProgress(count, count);
  return { units, count, values };
}

export const codeOf = ({ values, units }: Codes, i: number): Float32Array =>
  values.slice(i * units, (i + 1) * units);

/** The mean squared error of each image and its reconstruction. */
export async function errorsOf(
  model: Pick<PageModel, 'decode'>,
  set: ImageSet,
  { values, units, count }: Codes,
  { signal, onProgress }: Following,
): Promise<Float32Array> {
  const errors = new Float32Array(count);
  const look = lookOf(set);
  for (let from = 0; from < count; from += PIECE) {
    onProgress(from, count);
    const to = Math.min(count, from + PIECE);
    const { data } = await model.decode(finite(values.slice(from * units, to * units)));
    for (let i = from; i < to; i++) {
      const code = values.subarray(i * units, (i + 1) * units);
      errors[i] = code.every(Number.isFinite)
        ? squaredError(imageAt(set.values, i, look), imageAt(data, i - from, look))
        : Number.NaN;
    }
    signal.throwIfAborted();
  }
  onProgress(count, count);
  return errors;
}

/** Zeros in place of what a decoder refuses. */
export function finite(code: Float32Array): Float32Array {
  for (let i = 0; i < code.length; i++) if (!Number.isFinite(code[i]!)) code[i] = 0;
  return code;
}

/** How the values of one unit lie over the images. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** The same for every image: a dead unit. */
  readonly constant: boolean;
}

/** Rows that are looked at for the ranges. */
const LOOKED_AT = 20e6;

export function rangesOf({ values, units, count }: Codes): UnitRange[] {
  const step = Math.max(1, Math.ceil((count * units) / LOOKED_AT));
  return Array.from({ length: units }, (_, unit) => {
    let [min, max, sum, squares, seen] = [Infinity, -Infinity, 0, 0, 0];
    for (let i = 0; i < count; i += step) {
      const value = values[i * units + unit]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      squares += value * value;
      seen++;
    }
    if (seen === 0) return { min: 0, max: 0, mean: 0, std: 0, constant: true };
    const mean = sum / seen;
    const std = Math.sqrt(Math.max(0, squares / seen - mean * mean));
    return { min, max, mean, std, constant: max - min <= 1e-6 * Math.max(1, Math.abs(min), Math.abs(max)) };
  });
}

/** The images whose codes are nearest to one of them by Euclidean distance, nearest first, without itself. */
export async function nearestTo(
  { values, units, count }: Codes,
  index: number,
  wanted: number,
  signal?: AbortSignal,
): Promise<{ index: number; distance: number }[]> {
  const own = values.subarray(index * units, (index + 1) * units);
  const found: { index: number; distance: number }[] = [];
  let worst = Infinity;
  await inSlices(
    count,
    (i) => {
      if (i === index) return;
      let sum = 0;
      for (let u = 0; u < units && sum < worst; u++) sum += (values[i * units + u]! - own[u]!) ** 2;
      if (!(sum < worst)) return;
      const at = found.findIndex(({ distance }) => distance > sum);
      found.splice(at === -1 ? found.length : at, 0, { index: i, distance: sum });
      if (found.length > wanted) found.pop();
      if (found.length === wanted) worst = found.at(-1)!.distance;
    },
    { signal },
  );
  return found.map((each) => ({ index: each.index, distance: Math.sqrt(each.distance) }));
}
