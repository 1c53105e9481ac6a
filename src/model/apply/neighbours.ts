/** The images that are most alike to a model: those with the nearest codes. */
import { HourglassError } from '../../errors.ts';
import type { Told } from '../classes.ts';
import { type ImageValues, isImageArray } from '../given-arrays.ts';
import type { Model } from '../model.ts';
import { requireWhole } from './checks.ts';

/** `euclidean`: ‖a − b‖. `cosine`: 1 − a · b / (‖a‖ ‖b‖), 1 where a code is zero. */
export type CodeMetric = 'euclidean' | 'cosine';

/** The nearest references of each query. */
export interface Neighbours {
  /** The positions of each query's nearest references, nearest first; of equals, the earlier one. */
  places: number[][];
  /** Their distances. */
  distances: number[][];
  /** Their names if the references came with names, otherwise null. */
  names: (string | null)[][];
  /** The number of references that were searched. */
  references: number;
}

/** Images with a name each; a batch of {@link openImages} is one. */
export interface NamedImages {
  /** n images. */
  values: ImageValues;
  /** n names. */
  names: readonly string[];
  /** n classes, or null for an image without one: which a conditional model is told. */
  classes?: readonly (string | null)[];
}

/** How neighbours are found. */
export interface NeighbourOptions extends Told {
  /** Default `euclidean`. */
  metric?: CodeMetric;
}

/** References that come in pieces, with names or without. */
export type ReferencePiece = ImageValues | NamedImages;

/**
 * Finds the k references nearest to each query, by the distance of their codes; every distance is computed. References
 * may come in pieces: only the nearest are kept, while all codes of the queries are in memory.
 *
 * A conditional model is told the class of each query by `classes`, and of each reference by those that came with it; references
 * without classes are all of the class of the queries, if this is one for all.
 *
 * @throws HourglassError of kind `usage` if there are fewer than k references; `data` for incomplete images.
 *
 * @example
 * ```ts
 * import { loadModel, neighbours, openDataset, openImages } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const { test } = await openDataset('mnist-10k');
 * const references = openImages(['mnist-10k:validation'], model.info.preprocessing);
 * const { names, distances } = await neighbours(model, test.images.subarray(0, 784), references, 5);
 * console.log(names[0], distances[0]);
 * ```
 */
export async function neighbours(
  model: Model,
  queries: ImageValues,
  references: ImageValues | Iterable<ReferencePiece> | AsyncIterable<ReferencePiece>,
  k: number,
  { metric = 'euclidean', ...told }: NeighbourOptions = {},
): Promise<Neighbours> {
  requireWhole('neighbours', k, 1);
  if (metric !== 'euclidean' && metric !== 'cosine') {
    throw new HourglassError('usage', {
      subject: 'metric',
      rule: "must be 'euclidean' or 'cosine'",
      got: metric,
    });
  }
  const units = model.info.codeUnits;
  const ofOne = typeof told.classes === 'object' ? {} : told;
  const codesOf = async (images: ImageValues, as: Told) => {
    const { data } = await model.encode(images, as);
    return metric === 'cosine' ? unitLength(data, units) : data;
  };
  // Both are begun before the first wait: the model copies what it is given, and a caller may change it then.
  const [wanted, given] = await Promise.all([
    codesOf(queries, told),
    isImageArray(references) ? codesOf(references, ofOne) : null,
  ]);
  const best = Array.from({ length: wanted.length / units }, () => new Nearest(k));
  const apart = metric === 'cosine' ? cosine : squaredEuclidean;
  let seen = 0;
  const look = (codes: Float32Array, names: readonly string[] | null) => {
    for (const [q, nearest] of best.entries()) {
      const query = wanted.subarray(q * units, (q + 1) * units);
      nearest.offer(query, { codes, names, first: seen }, apart);
    }
    seen += codes.length / units;
  };
  if (given !== null) look(given, null);
  else {
    for await (const piece of references as Exclude<typeof references, ImageValues>) {
      const [images, names] = hasNames(piece) ? [piece.values, piece.names] : [piece, null];
      look(await codesOf(images, model.info.condition === null ? {} : ownClasses(piece, ofOne)), names);
    }
  }
  if (seen < k) {
    throw new HourglassError('usage', { subject: 'references', rule: `must be ${k} or more`, got: seen });
  }
  const distance = metric === 'cosine' ? (value: number) => Math.max(0, value) : Math.sqrt;
  return {
    places: best.map(({ places }) => places),
    distances: best.map(({ values }) => values.map(distance)),
    names: best.map(({ names }) => names),
    references: seen,
  };
}

/** An array has a method called `values`: the names tell the two apart. */
const hasNames = (piece: ReferencePiece): piece is NamedImages =>
  typeof piece === 'object' && piece !== null && 'names' in piece;

/** What tells a conditional model the classes of references: their own, or the class of all. */
function ownClasses(piece: ReferencePiece, otherwise: Told): Told {
  const own = hasNames(piece) ? piece.classes?.filter((name) => name !== null) : undefined;
  return own === undefined || own.length === 0 || own.length !== (piece as NamedImages).names.length
    ? otherwise
    : { classes: own };
}

/** Rows divided by their length; a zero row stays. */
function unitLength(rows: Float32Array, width: number): Float32Array {
  const result = rows.slice();
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let i = start; i < start + width; i++) square += rows[i]! ** 2;
    if (square === 0) continue;
    const factor = 1 / Math.sqrt(square);
    for (let i = start; i < start + width; i++) result[i] = rows[i]! * factor;
  }
  return result;
}

type Apart = (a: Float32Array, rows: Float32Array, start: number) => number;

/** ‖a − b‖², which orders as the distance does. */
const squaredEuclidean: Apart = (a, rows, start) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - rows[start + i]!;
    sum += difference * difference;
  }
  return sum;
};

/** 1 − a · b, of rows of length 1. */
const cosine: Apart = (a, rows, start) => {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * rows[start + i]!;
  return 1 - product;
};

/** The least values seen, the least first; of equals the one seen first. */
class Nearest {
  readonly places: number[] = [];
  readonly values: number[] = [];
  readonly names: (string | null)[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  offer(
    query: Float32Array,
    { codes, names, first }: { codes: Float32Array; names: readonly string[] | null; first: number },
    apart: Apart,
  ): void {
    const { places, values, most } = this;
    for (let start = 0, place = first; start < codes.length; start += query.length, place++) {
      const value = apart(query, codes, start);
      if (!(value < (values.length < most ? Number.POSITIVE_INFINITY : values[most - 1]!))) continue;
      let at = values.length;
      while (at > 0 && values[at - 1]! > value) at--;
      values.splice(at, 0, value);
      places.splice(at, 0, place);
      this.names.splice(at, 0, names?.[place - first] ?? null);
      if (values.length > most) {
        values.pop();
        places.pop();
        this.names.pop();
      }
    }
  }
}
