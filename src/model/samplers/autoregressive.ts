/**
 * `model/autoregressive.onnx`: a prior over the whole numbers of a quantised code, fitted after the training, and codes drawn from
 * it. Its graph is models/fitted/autoregressive.ts; here the same is computed one number after the other in plain arithmetic, with
 * what earlier numbers left kept, so that a page draws as Node does and nothing is computed twice.
 */
import * as z from 'zod/mini';
import type { ModelEngine } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { verifyModel } from '../../onnx/index.ts';
import { sizeOf } from '../../size.ts';
import { integersFor, type Quantised } from '../quantised.ts';
import { uniformNumbers } from './uniform.ts';

const whole = z.int().check(z.minimum(1), z.maximum(65_536));
const shapeSchema = z.object({
  length: whole,
  count: whole,
  tables: whole,
  width: whole,
  heads: whole,
  layers: z.int().check(z.minimum(1), z.maximum(16)),
});
const figuresSchema = z.object({
  codes: z.int(),
  split: z.string(),
  nats: z.number(),
  independentNats: z.number(),
});

/** A prior over the whole numbers of a quantised code, as stored in `model/autoregressive.onnx`. */
export interface Autoregressive {
  /** What it was fitted to, in words. */
  readonly note: string;
  /** How well it predicts codes that it was not fitted to. */
  readonly heldOut: {
    /** Codes that were measured. */
    readonly codes: number;
    /** The split that they are of. */
    readonly split: string;
    /** −ln p in nats, a mean over these codes. */
    readonly nats: number;
    /** The same where every number is drawn by how often it occurs at its place, whatever the others are. */
    readonly independentNats: number;
  };
  /** Its sizes. */
  readonly shape: {
    /** Whole numbers of a code. */
    readonly length: number;
    /** Each is from 0 to `count` − 1. */
    readonly count: number;
    /** How many meanings they have in turn: those of stages, or of units. */
    readonly tables: number;
    /** Numbers that stand for a position in its layers. */
    readonly width: number;
    /** Heads of its attention. */
    readonly heads: number;
    /** Its layers. */
    readonly layers: number;
  };
  /** Its weights by name. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** How well it predicts held-out codes, as a sentence without a capital. */
export const heldOutText = ({ split, nats, independentNats }: Autoregressive['heldOut']): string =>
  `${nats.toFixed(1)} nats a ${split} code, ${independentNats.toFixed(1)} if its numbers were independent`;

/** The metadata of its file. @param weights the digest of the model's weights. */
export const autoregressiveMetadata = (
  { note, heldOut, shape }: Omit<Autoregressive, 'weights'>,
  weights: string,
): Record<string, string> => ({
  part: 'autoregressive',
  weights,
  note,
  heldOut: JSON.stringify(heldOut),
  shape: JSON.stringify(shape),
});

/**
 * Reads the file of a model.
 * @param owner the model's own: the file must be of it.
 * @throws HourglassError of kind `run` if it is damaged or of another model.
 */
export function parseAutoregressive(
  bytes: Uint8Array,
  owner: { weights: string | undefined; quantised: Quantised | null },
  file: string,
): Autoregressive {
  const refused = (rule: string, cause?: unknown) =>
    new HourglassError(
      'run',
      { subject: file, rule, hint: 'delete it: sample --prior autoregressive on the run fits it again' },
      { cause },
    );
  const { metadata, weights } = verifyModel(bytes, file);
  if (metadata.part !== 'autoregressive') throw refused('is no autoregressive prior');
  const { quantised } = owner;
  if (quantised === null || (owner.weights !== undefined && metadata.weights !== owner.weights))
    throw refused('was fitted to the codes of another model');
  try {
    const shape = shapeSchema.parse(JSON.parse(metadata.shape ?? ''));
    const heldOut = figuresSchema.parse(JSON.parse(metadata.heldOut ?? ''));
    if (shape.length !== sizeOf(quantised.shape) || shape.count !== quantised.count)
      throw new RangeError('other codes');
    if (shape.length % shape.tables !== 0 || shape.width % shape.heads !== 0) throw new RangeError('sizes');
    const found = new Map([...weights].map(([name, { values }]) => [name, values]));
    for (const [name, size] of sizesOf(shape)) {
      if (found.get(name)?.length !== size) throw new RangeError(`weights ${name}`);
    }
    return { note: metadata.note ?? '', heldOut, shape, weights: found };
  } catch (cause) {
    throw refused('is damaged: its metadata do not fit its weights', cause);
  }
}

/** The elements of each of its weights. */
function sizesOf({ length, count, tables, width, layers }: Autoregressive['shape']): [string, number][] {
  const sizes: [string, number][] = [
    ['prior.table', tables * count * width],
    ['prior.positions', length * width],
    ['prior.end.factor', width],
    ['prior.scores.weight', tables * width * count],
    ['prior.scores.bias', tables * count],
  ];
  for (let layer = 1; layer <= layers; layer++) {
    const within = `prior.layer${layer}`;
    for (const name of ['query', 'key', 'value', 'out'])
      sizes.push([`${within}.attention.${name}.weight`, width * width]);
    sizes.push([`${within}.attention.factor`, width], [`${within}.attention.out.bias`, width]);
    sizes.push([`${within}.single.hidden.factor`, width]);
    sizes.push(
      [`${within}.single.hidden.weight`, 2 * width * width],
      [`${within}.single.hidden.bias`, 2 * width],
    );
    sizes.push([`${within}.single.out.weight`, 2 * width * width], [`${within}.single.out.bias`, width]);
  }
  return sizes;
}

/** A stream of random numbers of its own, apart from those of other draws. */
const STREAM = 2;

/**
 * Codes as whole numbers, `count` of them, one after the other: the same for the same seed; `first` is the position of the first
 * one in its sequence.
 */
export function drawIntegers(
  engine: ModelEngine,
  prior: Autoregressive,
  count: number,
  seed: number,
  first = 0,
): Uint8Array | Uint16Array {
  const { length, count: values } = prior.shape;
  const chances = uniformNumbers(engine, {
    count: count * length,
    seed,
    stream: STREAM,
    first: first * length,
  });
  const drawn = integersFor(values, count * length);
  const reader = new Reader(prior);
  for (let code = 0; code < count; code++) {
    reader.begin();
    for (let t = 0; t < length; t++) {
      const at = code * length + t;
      drawn[at] = chosen(reader.next(), chances[at]!);
      reader.read(drawn[at]!);
    }
  }
  return drawn;
}

/** The value whose part of [0, 1) a number falls into, where the parts are in proportion to exp(score). */
function chosen(scores: Float64Array, at: number): number {
  let total = 0;
  for (const score of scores) total += Math.exp(score);
  let left = at * total;
  for (let value = 0; value < scores.length; value++) {
    left -= Math.exp(scores[value]!);
    if (left < 0) return value;
  }
  return scores.length - 1;
}

const FARTHEST_SCORE = 30;
const LEAST_SQUARE = 1e-5;
const within = (x: number): number => Math.min(FARTHEST_SCORE, Math.max(-FARTHEST_SCORE, x));

/** Reads one code number by number, and gives the scores of the next one. */
export class Reader {
  private readonly shape: Autoregressive['shape'];
  private readonly weights: Autoregressive['weights'];
  /** The keys and the values of the numbers so far, [length, width], layer by layer. */
  private readonly keys: Float64Array[];
  private readonly values: Float64Array[];
  private at = 0;
  private before: number | null = null;

  constructor({ shape, weights }: Autoregressive) {
    this.shape = shape;
    this.weights = weights;
    const kept = () =>
      Array.from({ length: shape.layers }, () => new Float64Array(shape.length * shape.width));
    this.keys = kept();
    this.values = kept();
  }

  /** The beginning of a code. */
  begin(): void {
    this.at = 0;
    this.before = null;
  }

  /** The number at the place whose scores `next` gave. */
  read(integer: number): void {
    this.before = integer;
    this.at++;
  }

  /** ln p of each value of the next number, but for a constant. */
  next(): Float64Array {
    const { at, before, weights } = this;
    const { width, count, tables, layers } = this.shape;
    const x = new Float64Array(width);
    const positions = this.weight('positions');
    for (let i = 0; i < width; i++) x[i] = positions[at * width + i]!;
    if (before !== null) {
      const row = (((at - 1) % tables) * count + before) * width;
      const table = this.weight('table');
      for (let i = 0; i < width; i++) x[i]! += table[row + i]!;
    }
    for (let layer = 1; layer <= layers; layer++) {
      this.attend(x, layer);
      const from = `layer${layer}.single`;
      const hidden = this.dense(
        normalised(x, this.weight(`${from}.hidden.factor`)),
        `${from}.hidden`,
        2 * width,
      );
      for (let i = 0; i < hidden.length; i++) if (hidden[i]! < 0) hidden[i] = 0;
      addTo(x, this.dense(hidden, `${from}.out`, width));
    }
    const table = at % tables;
    const weight = this.weight('scores.weight').subarray(table * width * count, (table + 1) * width * count);
    const bias = this.weight('scores.bias').subarray(table * count, (table + 1) * count);
    const scores = product(normalised(x, weights.get('prior.end.factor')!), weight, bias, count);
    for (let value = 0; value < count; value++) scores[value] = within(scores[value]!);
    return scores;
  }

  private weight(name: string): Float32Array {
    return this.weights.get(`prior.${name}`)!;
  }

  private dense(x: Float64Array, name: string, units: number, hasBias = true): Float64Array {
    return product(x, this.weight(`${name}.weight`), hasBias ? this.weight(`${name}.bias`) : null, units);
  }

  /** Adds to x what it takes from itself and from the numbers before it. */
  private attend(x: Float64Array, layer: number): void {
    const { width, heads } = this.shape;
    const { at } = this;
    const name = `layer${layer}.attention`;
    const from = normalised(x, this.weight(`${name}.factor`));
    const query = this.dense(from, `${name}.query`, width, false);
    const [keys, values] = [this.keys[layer - 1]!, this.values[layer - 1]!];
    keys.set(this.dense(from, `${name}.key`, width, false), at * width);
    values.set(this.dense(from, `${name}.value`, width, false), at * width);
    const size = width / heads;
    const seen = new Float64Array(width);
    for (let head = 0; head < heads; head++) {
      const start = head * size;
      let total = 0;
      for (let t = 0; t <= at; t++) {
        let alike = 0;
        for (let i = start; i < start + size; i++) alike += query[i]! * keys[t * width + i]!;
        const weight = Math.exp(within(alike / Math.sqrt(size)));
        total += weight;
        for (let i = start; i < start + size; i++) seen[i]! += weight * values[t * width + i]!;
      }
      for (let i = start; i < start + size; i++) seen[i]! /= total;
    }
    addTo(x, this.dense(seen, `${name}.out`, width));
  }
}

function addTo(x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i]! += y[i]!;
}

function normalised(x: Float64Array, factor: Float32Array): Float64Array {
  let squares = 0;
  for (const value of x) squares += value * value;
  const root = Math.sqrt(squares / x.length + LEAST_SQUARE);
  return x.map((value, i) => (value / root) * factor[i]!);
}

/** x W + b, W [x's length, units]. */
function product(
  x: Float64Array,
  weight: Float32Array,
  bias: Float32Array | null,
  units: number,
): Float64Array {
  const made = bias === null ? new Float64Array(units) : Float64Array.from(bias);
  for (let i = 0, at = 0; i < x.length; i++, at += units) {
    const value = x[i]!;
    for (let j = 0; j < units; j++) made[j]! += value * weight[at + j]!;
  }
  return made;
}
