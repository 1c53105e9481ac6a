/** Codes of few values as whole numbers: which vector of the codebook each position has, or which level each unit. */
import { HourglassError } from '../errors.ts';
import type { Symbols } from '../models/index.ts';
import { sizeOf } from '../size.ts';
import { refuse } from './content.ts';

/** Whole numbers, row-major; of the smallest type that holds them. */
export interface IntegerArray {
  /** The values, the last dimension contiguous. */
  data: Uint8Array | Uint16Array;
  /** The dimensions; their product is the length of `data`. */
  shape: readonly number[];
}

/** What whole numbers a quantised code is. */
export interface Quantised {
  /**
   * The shape of one code as whole numbers: [positions] of a code of vectors, [units] of one of levels; of maps
   * [height, width], followed by the positions or units of a place where there are several, and by the stages of residual
   * vector quantisation.
   */
  readonly shape: readonly number[];
  /** Each number is from 0 to `count` − 1. */
  readonly count: number;
  /** log₂ count, times the numbers of a code. */
  readonly bitsPerCode: number;
  /** How vectors and numbers lie in codes. */
  readonly layout: {
    /** What one number stands for. */
    readonly each: Symbols['each'];
    /** Numbers of a vector; 1 of levels. */
    readonly width: number;
    /** Numbers of one position, each of a codebook of its own; 1 unless it is residual vector quantisation. */
    readonly stages: number;
    /** Places of maps; 1 otherwise. */
    readonly places: number;
    /** Vectors or levels of a place. */
    readonly perPlace: number;
  };
  /** The codebook of each stage, [count, width]; none for levels. Null where the model's files lack them. */
  readonly codebooks: readonly Float32Array[] | null;
}

/** The weights that are codebooks, from their names: `encoder.code.codebook`, `encoder.code.stage2.codebook`, … */
const CODEBOOK = /^encoder\.code\.(?:stage(\d+)\.)?codebook$/;

/**
 * The whole numbers of a model's codes; null where it does not say the shape of a code, as one of an older hourglass.
 * @param codeShape from its metadata: [units], or [channels, height, width].
 * @throws HourglassError of kind 'data' if they do not fit its codes.
 */
export function quantisedOf(
  { each, count, width = 1, stages = 1 }: Symbols,
  codeShape: string | undefined,
  model: { codeUnits: number; tensors: ReadonlyMap<string, Float32Array>; source: string },
): Quantised | null {
  if (codeShape === undefined) return null;
  const [numbers, ...sides] = sidesIn(codeShape) ?? [];
  const places = sizeOf(sides);
  const perPlace = (numbers ?? 0) / (width * stages);
  if (numbers === undefined || numbers * places !== model.codeUnits || !Number.isInteger(perPlace)) {
    throw refuse(model.source, `says that a code has the shape ${codeShape}, which does not fit its codes`);
  }
  const isMaps = sides.length > 0;
  const shape = [...sides, ...(isMaps && perPlace === 1 ? [] : [perPlace]), ...(stages > 1 ? [stages] : [])];
  return {
    shape,
    count,
    bitsPerCode: Math.log2(count) * sizeOf(shape),
    layout: { each, width, stages, places, perPlace },
    codebooks: each === 'unit' ? [] : codebooksIn(model.tensors, { size: count * width, stages }),
  };
}

function sidesIn(text: string): number[] | null {
  try {
    const sides: unknown = JSON.parse(text);
    const fits = Array.isArray(sides) && (sides.length === 1 || sides.length === 3);
    return fits && sides.every((side) => Number.isSafeInteger(side) && side > 0) ? sides : null;
  } catch {
    return null;
  }
}

function codebooksIn(
  tensors: ReadonlyMap<string, Float32Array>,
  { size, stages }: { size: number; stages: number },
): Float32Array[] | null {
  const books: Float32Array[] = [];
  for (const [name, values] of tensors) {
    const found = CODEBOOK.exec(name);
    if (found !== null && values.length === size) books[Number(found[1] ?? 1) - 1] = values;
  }
  return books.length === stages && books.every((book) => book !== undefined) ? books : null;
}

/** Each whole number's place in a code: the index of its first value, and the distance to the next ones. */
function* placesIn({ layout: { width, stages, places, perPlace } }: Quantised) {
  for (let place = 0; place < places; place++) {
    for (let k = 0; k < perPlace; k++) {
      for (let stage = 0; stage < stages; stage++) {
        yield { stage, at: (stage * perPlace + k) * width * places + place, step: places };
      }
    }
  }
}

/** @throws HourglassError of kind 'usage' for a model without its codebook. */
export function requireCodebooks({ codebooks }: Quantised, recipe: string): readonly Float32Array[] {
  if (codebooks !== null) return codebooks;
  throw new HourglassError('usage', {
    subject: `model of ${recipe}`,
    rule: 'lacks its codebook, which says which whole number stands for which vector',
    hint: 'add encoder.onnx, autoencoder.onnx or weights.safetensors of the same model',
  });
}

/** An empty array for `length` whole numbers. */
export const integersFor = (count: number, length: number): Uint8Array | Uint16Array =>
  count <= 256 ? new Uint8Array(length) : new Uint16Array(length);

/** Codes [n, units] as whole numbers [n, …shape]; vectors that are not of the codebook as the nearest ones. */
export function integersOfCodes(quantised: Quantised, codes: Float32Array, recipe: string): IntegerArray {
  const books = requireCodebooks(quantised, recipe).map((book) => finder(book, quantised.layout.width));
  const places = [...placesIn(quantised)];
  const { width, stages, places: sides, perPlace } = quantised.layout;
  const units = width * stages * sides * perPlace;
  const n = codes.length / units;
  const data = integersFor(quantised.count, n * places.length);
  const vector = new Float32Array(width);
  const most = quantised.count - 1;
  for (let row = 0, to = 0; row < n; row++) {
    for (const { stage, at, step } of places) {
      for (let i = 0; i < width; i++) vector[i] = codes[row * units + at + i * step]!;
      const find = books[stage];
      data[to++] = find === undefined ? Math.min(most, Math.max(0, Math.round(vector[0]!))) : find(vector);
    }
  }
  return { data, shape: [n, ...quantised.shape] };
}

/** Finds a vector's entry: at once where it is one, otherwise the nearest. Of equal entries the first one. */
function finder(book: Float32Array, width: number): (vector: Float32Array) => number {
  const entries = book.length / width;
  const byFirst = new Map<number, number[]>();
  for (let entry = 0; entry < entries; entry++) {
    const first = book[entry * width]!;
    const same = byFirst.get(first);
    if (same === undefined) byFirst.set(first, [entry]);
    else same.push(entry);
  }
  const isEntry = (entry: number, vector: Float32Array) => {
    for (let i = 0; i < width; i++) if (book[entry * width + i] !== vector[i]) return false;
    return true;
  };
  return (vector) => {
    const exact = byFirst.get(vector[0]!)?.find((entry) => isEntry(entry, vector));
    if (exact !== undefined) return exact;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let entry = 0; entry < entries; entry++) {
      let distance = 0;
      for (let i = 0; i < width; i++) distance += (book[entry * width + i]! - vector[i]!) ** 2;
      if (distance < least) [best, least] = [entry, distance];
    }
    return best;
  };
}

/**
 * Whole numbers as codes [n, units].
 * @throws HourglassError of kind 'data' for incomplete codes; 'usage' for what is no whole number from 0 to count − 1.
 */
export function codesOfIntegers(
  quantised: Quantised,
  integers: ArrayLike<number>,
  recipe: string,
): Float32Array<ArrayBuffer> {
  requireIntegers(quantised, integers);
  const books = requireCodebooks(quantised, recipe);
  const places = [...placesIn(quantised)];
  const { width, stages, places: sides, perPlace } = quantised.layout;
  const units = width * stages * sides * perPlace;
  const n = integers.length / places.length;
  const codes = new Float32Array(n * units);
  for (let row = 0, from = 0; row < n; row++) {
    for (const { stage, at, step } of places) {
      const [integer, book] = [integers[from++]!, books[stage]];
      for (let i = 0; i < width; i++)
        codes[row * units + at + i * step] = book === undefined ? integer : book[integer * width + i]!;
    }
  }
  return codes;
}

function requireIntegers({ shape, count }: Quantised, integers: ArrayLike<number>): void {
  const each = sizeOf(shape);
  if (integers.length === 0 || integers.length % each !== 0) {
    throw new HourglassError('data', {
      subject: 'codes as whole numbers',
      rule: `must have ${shape.length > 1 ? `${shape.join(' × ')} = ` : ''}${each} numbers each`,
      got: `${integers.length} numbers`,
    });
  }
  for (let i = 0; i < integers.length; i++) {
    const value = integers[i]!;
    if (Number.isInteger(value) && value >= 0 && value < count) continue;
    throw new HourglassError('usage', {
      subject: 'codes as whole numbers',
      rule: `must be whole numbers from 0 to ${count - 1}: number ${i % each} of code ${Math.floor(i / each)} is not`,
      got: String(value),
    });
  }
}
