/**
 * {@link Snapshot}s, and the observer that takes them: at once after the first step, whenever the training waits, and at its
 * end; else so rarely that they take a small share of its time.
 */
import { normalQuantile } from '../model/normal.ts';
import { codeTraits } from '../models/index.ts';
import { readScaled, rowsWithin, scaleBytes, valuesOf } from '../samples/index.ts';
import { taskExamples } from '../views/pictures/examples.ts';
import { firstBytes, pixelsOf } from '../views/pictures/input.ts';
import { firstLayerImages } from '../views/pictures/weights.ts';
import type { Look, Looked, Observer } from './observer.ts';
import type { Snapshot, SnapshotImages } from './snapshot.ts';
import { rowExamples } from './snapshot-rows.ts';
import type { Session } from './state.ts';

/** The share of the training's time that snapshots may take; by default. */
const SHARE = 0.012;
/** Milliseconds from one to the next, at least. */
const INTERVAL = 250;
/** Milliseconds of encoding: while it trains, and while it waits. */
export const ENCODING = { training: 20, waiting: 40, end: 300 };
/** Test images whose codes are shown: at least, at most, and the bytes that the most may take. */
const CODES_SHOWN = { least: 100, first: 300, most: 2000, bytes: 2 ** 25 };
/** Images in a row of the manifold. */
const GRID = 11;
/** The probability between the outermost points of the manifold of a standard normal code. */
const COVERED = 0.98;
/** Filters shown at most. */
const FILTERS = 64;
/** Shorter waits than this, in milliseconds, are not used. */
const SHORT_WAIT = 60;

/** What is shown of a run whatever its weights are. */
type Shown = Pick<Session, 'engine' | 'dataset' | 'definition' | 'recipe' | 'manifest'>;

/** Takes a snapshot of a model as it is now, in about so many milliseconds of encoding. */
export type TakeSnapshot = (
  place: { readonly epoch: number; readonly step: number },
  model: Looked,
  time: number,
) => Promise<Snapshot>;

export async function snapshotTaker(run: Shown): Promise<TakeSnapshot> {
  const { dataset, definition, recipe } = run;
  const { height, width, channels } = dataset;
  const size = { height, width, channels };
  const isOfRows = dataset.test.spec.kind === 'row';
  const first = isOfRows ? await firstRows(dataset) : await firstImages(dataset);
  const { count } = first;
  const labels = dataset.test.labels.slice(0, count);
  const strip = isOfRows ? null : await taskExamples(run);
  const rowsOf = isOfRows ? await rowExamples(dataset) : null;
  const { codeUnits } = definition;
  // A conditional model shows the plane of its first class.
  const label = Math.min(...dataset.train.labels);
  const hasNormalPrior = codeTraits(recipe.model.code).prior?.isStandardNormal === true;

  /** Milliseconds that an image took to encode; null before the first one. */
  let each: number | null = null;
  return async ({ epoch, step }, model, time) => {
    const samples = Math.min(count, each === null ? CODES_SHOWN.first : fitting(time / each));
    const encoding = performance.now();
    const codes = await model.encode(first.scaled(samples), labels.slice(0, samples));
    each = (performance.now() - encoding) / samples;
    return {
      ...{ epoch, step },
      codes: { units: codeUnits, values: codes, labels: labels.slice(0, samples) },
      strip: strip && {
        ...{ count: strip.count, ...size, captions: strip.captions },
        inputs: bytesOf(strip.inputs),
        reconstructions: bytesOf(
          await model.decode(await model.encode(strip.inputs, strip.labels), strip.labels),
        ),
      },
      rows: rowsOf && (await rowsOf(model)),
      manifold: !isOfRows && codeUnits === 2 ? await plane(model, codes, { hasNormalPrior, label }) : null,
      filters: isOfRows ? null : filtersOf(model, size, definition.conditionUnits),
    };
  };
}

/** The first test samples, of which the first few are given as floats when they are encoded. */
interface First {
  readonly count: number;
  scaled(count: number): Float32Array;
}

/** Images are held as bytes. */
async function firstImages(dataset: Shown['dataset']): Promise<First> {
  const values = pixelsOf(dataset);
  const most = rowsWithin(CODES_SHOWN.bytes, values, CODES_SHOWN.most);
  const { images, count } = await firstBytes(dataset.test, most);
  return { count, scaled: (some) => scaled(images.subarray(0, some * values)) };
}

async function firstRows({ test }: Shown['dataset']): Promise<First> {
  const values = valuesOf(test.spec);
  const count = Math.min(test.count, rowsWithin(CODES_SHOWN.bytes, 4 * values, CODES_SHOWN.most));
  const rows = await readScaled(
    test,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  return { count, scaled: (some) => rows.subarray(0, some * values) };
}

export async function snapshots(
  session: Shown,
  emit: (snapshot: Snapshot) => void,
  share = SHARE,
): Promise<Observer> {
  const snapshotOf = await snapshotTaker(session);
  const begun = { at: 0, isFirst: true };
  /** Milliseconds that snapshots took while it trained, what the last one took, and when it was. */
  let [spent, last, at] = [0, 0, 0];
  let shown = -1;

  const take = async (place: { epoch: number; step: number }, look: Look, time: number): Promise<void> => {
    const start = performance.now();
    emit(await snapshotOf(place, await look(), time));
    shown = place.step;
    at = performance.now();
    last = at - start;
  };

  return {
    async step({ epoch, step }, look) {
      const now = performance.now();
      if (begun.isFirst) {
        // What is compiled at the first one is not counted.
        await take({ epoch, step }, look, ENCODING.training);
        begun.isFirst = false;
        begun.at = performance.now();
        last = 0;
        return;
      }
      if (now - at < INTERVAL || spent + last > share * (now - begun.at)) return;
      await take({ epoch, step }, look, ENCODING.training);
      spent += last;
    },
    async wait({ epoch, step, milliseconds }, look) {
      if (milliseconds < SHORT_WAIT || shown === step) return;
      const start = performance.now();
      await take({ epoch, step }, look, Math.min(ENCODING.waiting, milliseconds / 2));
      if (begun.isFirst) return;
      // Waiting is no time of the training.
      begun.at += performance.now() - start;
    },
    async end({ position: { epoch, step } }, look) {
      await take({ epoch: Math.max(1, epoch), step }, look, ENCODING.end);
    },
  };
}

const fitting = (images: number): number => Math.round(Math.max(CODES_SHOWN.least, images));

function scaled(bytes: Uint8Array): Float32Array {
  const floats = new Float32Array(bytes.length);
  scaleBytes(bytes, floats);
  return floats;
}

/** Floats in [0, 1] as bytes. */
function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (const [i, value] of values.entries()) bytes[i] = Math.round(255 * Math.min(1, Math.max(0, value)));
  return bytes;
}

/** The plane of one class in a conditional model. Steps of equal probability under a standard normal code; else steps over the range of the codes. */
async function plane(
  model: Looked,
  codes: Float32Array,
  { hasNormalPrior, label }: { hasNormalPrior: boolean; label: number },
): Promise<Snapshot['manifold']> {
  const steps = Array.from({ length: GRID }, (_, i) => i / (GRID - 1));
  const axis = (unit: number): number[] => {
    if (hasNormalPrior) return steps.map((p) => normalQuantile((1 - COVERED) / 2 + COVERED * p));
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = unit; i < codes.length; i += 2) {
      least = Math.min(least, codes[i]!);
      most = Math.max(most, codes[i]!);
    }
    return steps.map((share) => least + share * (most - least));
  };
  const [x, y] = [axis(0), axis(1).reverse()];
  const points = Float32Array.from(y.flatMap((second) => x.flatMap((first) => [first, second])));
  return {
    size: GRID,
    images: bytesOf(await model.decode(points, new Uint8Array(GRID * GRID).fill(label))),
    x,
    y,
  };
}

/** The first layer's weights, in the order of its units, so that each keeps its place. */
function filtersOf(
  { weights }: Looked,
  size: Omit<SnapshotImages, 'count' | 'images'>,
  told: number,
): Snapshot['filters'] {
  const found = firstLayerImages(weights, size, told);
  if (found === null) return null;
  const pixels = found.height * found.width;
  const count = Math.min(FILTERS, found.images.length / pixels);
  const images = new Uint8Array(count * pixels);
  for (let k = 0; k < count; k++) {
    const own = found.images.subarray(k * pixels, (k + 1) * pixels);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    for (const [i, value] of own.entries())
      images[k * pixels + i] = Math.round(127.5 + (127.5 * value) / largest);
  }
  return { count, height: found.height, width: found.width, channels: 1, images };
}
