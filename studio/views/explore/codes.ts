/** The codes of many samples, computed in the page piece by piece, and what is measured over them. */
import type { PageModel, Told } from 'hourglass/web';
import type { SampleSet } from '../../../src/studio/protocol.ts';
import { widthOfSample } from '../../parts/samples.ts';
import { inSlices } from '../../parts/slices.ts';
import { ownClasses } from '../../parts/told.ts';

export interface Codes {
  readonly units: number;
  /** Samples that have a code here: the first ones, as many as fit. */
  readonly count: number;
  /** [count, units]. */
  readonly values: Float32Array;
}

/** Samples to a call: as many as take about so long, because what is decoded for the pointer waits behind them. */
const PIECE_TIME = 30;
const FIRST_PIECE = 128;
const SMALLEST_PIECE = 128;
const LARGEST_PIECE = 500;

/** Calls `work` on consecutive pieces of `count` rows, each sized by the time that the last one took. */
async function inPieces(
  count: number,
  work: (from: number, to: number) => Promise<void>,
  { signal, onProgress }: Following,
): Promise<void> {
  let size = FIRST_PIECE;
  for (let from = 0; from < count; ) {
    onProgress(from, count);
    const to = Math.min(count, from + Math.round(size));
    const began = performance.now();
    await work(from, to);
    signal.throwIfAborted();
    const fitting = (size * PIECE_TIME) / Math.max(1, performance.now() - began);
    size = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.min(2 * size, fitting)));
    from = to;
  }
  onProgress(count, count);
}
/** Bytes of codes that are kept: 70,000 codes of 450 units, 20,000 of a code larger than its image. */
const MOST_BYTES = 128e6;

export const most = (units: number, count: number): number =>
  Math.min(count, Math.floor(MOST_BYTES / 4 / units));

export interface Following {
  signal: AbortSignal;
  onProgress(done: number, of: number): void;
}

/** @param onPart is given what there is so far: from `FIRST_PART` samples on, each time that there are four times as many. */
export async function encodeAll(
  model: Pick<PageModel, 'encode' | 'info'>,
  set: SampleSet,
  following: Following & { onPart?(part: Codes): void },
): Promise<Codes> {
  const units = model.info.codeUnits;
  const count = most(units, set.count);
  const width = widthOfSample(set);
  const values = new Float32Array(count * units);
  let next = FIRST_PART;
  await inPieces(
    count,
    async (from, to) => {
      const told = ownClasses(model, set, from, to);
      const { data } = await model.encode(set.values.subarray(from * width, to * width), told);
      values.set(data, from * units);
      if (to < next || to === count || following.signal.aborted) return;
      following.onPart?.({ units, count: to, values: values.slice(0, to * units) });
      next = 4 * to;
    },
    following,
  );
  return { units, count, values };
}

const FIRST_PART = 1500;

export const codeOf = ({ values, units }: Codes, i: number): Float32Array =>
  values.slice(i * units, (i + 1) * units);

/** What measures each sample against its reconstruction. */
interface Measured {
  readonly model: Pick<PageModel, 'decode'>;
  readonly codes: Codes;
  /** The values of one sample. */
  readonly width: number;
  errorOf(index: number, reconstruction: Float32Array): number;
  /** Their classes, for a conditional model. */
  told?(from: number, to: number): Told;
}

/** The error of each sample's reconstruction. */
export async function errorsOf(measured: Measured, following: Following): Promise<Float32Array> {
  const { model, width } = measured;
  const { values, units, count } = measured.codes;
  const errors = new Float32Array(count);
  await inPieces(
    count,
    async (from, to) => {
      const { data } = await model.decode(
        finite(values.slice(from * units, to * units)),
        measured.told?.(from, to),
      );
      for (let i = from; i < to; i++) {
        const code = values.subarray(i * units, (i + 1) * units);
        errors[i] = code.every(Number.isFinite)
          ? measured.errorOf(i, data.subarray((i - from) * width, (i - from + 1) * width))
          : Number.NaN;
      }
    },
    following,
  );
  return errors;
}

/** Zeros in place of what a decoder refuses. */
export function finite(code: Float32Array): Float32Array {
  for (let i = 0; i < code.length; i++) if (!Number.isFinite(code[i]!)) code[i] = 0;
  return code;
}

/** How the values of one unit lie over the samples. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** The same for every sample: a dead unit. */
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

/** The samples whose codes are nearest to one of them by Euclidean distance, nearest first, without itself. */
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
