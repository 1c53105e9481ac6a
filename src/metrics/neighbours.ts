/** Classes by the nearest neighbours: what a code's distances have kept of the classes, with nothing fitted. */
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { BATCH, gemm, input } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { type Features, type LabelledFeatures, requireFeatures, requireSameWidth } from './features.ts';

/** Accuracy of classification by the nearest training rows. */
export interface NeighboursResult {
  /** Part of the test rows whose class is that of most of their neighbours, 0 to 1. */
  accuracy: number;
  /** Neighbours that vote. */
  k: number;
  /** All of this in words. */
  definition: string;
}

/** Rows and references multiplied at once: their product stays in the processor's cache. */
const ROWS = 256;
const REFERENCES = 4096;
/** Candidates beyond k: room for the rounding of the product, see {@link classifyByNeighbours}. */
const SPARE = 16;
/** A place with no reference in it: no product is less. */
const NOTHING = -3e38;

/**
 * The part of `test` whose class is that of most of their k nearest rows of `train`, by Euclidean distance, exactly:
 * every distance is computed. ONNX Runtime multiplies blocks in single precision, after subtracting the training mean;
 * the k + 16 best of a row are then compared again in double precision. At equal distance the first reference counts;
 * of classes with as many votes the lowest, as in scikit-learn's KNeighborsClassifier.
 * @throws HourglassError of kind 'data' for features and labels that do not fit one another; of kind 'usage' unless k
 * is a whole number from 1 to the number of training rows.
 */
export async function classifyByNeighbours(
  engine: Engine,
  input: {
    train: LabelledFeatures;
    test: LabelledFeatures;
    classes: number;
    threads: number;
    /** Default 5. */
    k?: number;
  },
): Promise<NeighboursResult> {
  const { train, test, classes, threads, k = 5 } = input;
  requireFeatures('nearest neighbours, training features', train, classes);
  requireFeatures('nearest neighbours, test features', test, classes);
  requireSameWidth('nearest neighbours', input);
  if (!(Number.isInteger(k) && k >= 1 && k <= train.count)) {
    throw new HourglassError('usage', {
      subject: 'nearest neighbours, k',
      rule: `must be a whole number from 1 to the ${train.count} training rows`,
      got: k,
    });
  }
  let hits = 0;
  let row = 0;
  for await (const nearest of nearestRows(engine, { train, test, threads, k })) {
    const places = nearest.map(({ place }) => place);
    if (majority(places, train.labels, classes) === test.labels[row++]) hits++;
  }
  return {
    accuracy: hits / test.count,
    k,
    definition:
      `share of the held-out images whose class is the majority class of their ${k} nearest training codes by Euclidean ` +
      'distance; every distance is computed, and the lowest label wins a tie',
  };
}

/** A row that is near another. */
interface Near {
  /** Its place among the training rows. */
  place: number;
  /** The squared Euclidean distance. */
  sum: number;
}

/** The k training rows nearest to each test row, the nearest first; see {@link classifyByNeighbours}. */
async function* nearestRows(
  engine: Engine,
  { train, test, threads, k }: { train: Features; test: Features; threads: number; k: number },
): AsyncGenerator<Near[], void, undefined> {
  const { width } = train;
  const mean = meanOf(train);
  const [references, queries] = [less(train, mean), less(test, mean)];
  const blocks = blocksOf(references, width);
  const session = await engine.open(productModel(blocks[0]!.biases.length, width), { threads });
  const candidates = Math.min(train.count, k + SPARE);
  try {
    for (let start = 0; start < test.count; start += ROWS) {
      const count = Math.min(ROWS, test.count - start);
      const data = queries.subarray(start * width, (start + count) * width);
      const best = Array.from({ length: count }, () => new Best(candidates));
      for (const { rows, biases, first } of blocks) {
        const { scores } = await session.run({
          queries: { data, shape: [count, width] },
          references: { data: rows, shape: [biases.length, width] },
          biases: { data: biases, shape: [biases.length] },
        });
        for (let row = 0; row < count; row++) {
          const from = row * biases.length;
          best[row]!.offer(scores!.data.subarray(from, from + biases.length), first);
        }
      }
      for (const [row, { places }] of best.entries()) {
        const query = data.subarray(row * width, (row + 1) * width);
        yield nearestOf(query, references, places, k);
      }
    }
  } finally {
    await session.dispose();
  }
}

/** The squared Euclidean distance of each test row to the nearest training row, [test rows]; every distance is computed. */
export async function nearestDistances(
  engine: Engine,
  { train, test, threads }: { train: Features; test: Features; threads: number },
): Promise<Float64Array> {
  const distances = new Float64Array(test.count);
  let row = 0;
  for await (const [nearest] of nearestRows(engine, { train, test, threads, k: 1 }))
    distances[row++] = nearest!.sum;
  return distances;
}

/** q · r − ½ |r|², [N, references]: it orders references as the distance to q does, the other way round. */
function productModel(size: number, width: number): Uint8Array {
  const queries = input('queries', [BATCH, width]);
  const references = input('references', [size, width]);
  const biases = input('biases', [size]);
  const scores = gemm(queries, references, { transB: true, addend: biases });
  return encodeModel({ name: 'neighbours', inputs: { queries, references, biases }, outputs: { scores } });
}

/** References in blocks of one size, the last one filled up with what is never near; `biases` are −½ |r|². */
function blocksOf(references: Float32Array, width: number) {
  const count = references.length / width;
  const size = Math.min(REFERENCES, count);
  return Array.from({ length: Math.ceil(count / size) }, (_, block) => {
    const first = block * size;
    const part = references.subarray(first * width, (first + size) * width);
    const biases = new Float32Array(size).fill(NOTHING);
    for (let row = 0; row < part.length / width; row++) {
      let square = 0;
      for (let i = row * width; i < (row + 1) * width; i++) square += part[i]! * part[i]!;
      biases[row] = -square / 2;
    }
    const whole = part.length === size * width;
    const rows = whole ? part : new Float32Array(size * width);
    if (!whole) rows.set(part);
    return { rows, biases, first };
  });
}

/** The places of the highest scores seen, the highest first; of equals the one seen first. */
class Best {
  readonly places: number[] = [];
  private readonly scores: number[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  offer(scores: Float32Array, first: number): void {
    let least = this.scores.length < this.most ? -Infinity : this.scores[this.most - 1]!;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      if (score <= least || score === NOTHING_AS_FLOAT) continue;
      let at = this.scores.length;
      while (at > 0 && this.scores[at - 1]! < score) at--;
      this.scores.splice(at, 0, score);
      this.places.splice(at, 0, first + i);
      if (this.scores.length > this.most) {
        this.scores.pop();
        this.places.pop();
      }
      if (this.scores.length === this.most) least = this.scores[this.most - 1]!;
    }
  }
}

const NOTHING_AS_FLOAT = Math.fround(NOTHING);

/** The k places of references that are nearest to the query, distances in double precision. */
function nearestOf(
  query: Float32Array,
  references: Float32Array,
  places: readonly number[],
  k: number,
): Near[] {
  const width = query.length;
  const distances = places.map((place) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (query[i]! - references[place * width + i]!) ** 2;
    return { place, sum };
  });
  distances.sort((a, b) => a.sum - b.sum || a.place - b.place);
  return distances.slice(0, k);
}

function majority(places: readonly number[], labels: Uint8Array, classes: number): number {
  const votes = new Uint32Array(classes);
  for (const place of places) votes[labels[place]!]!++;
  return votes.indexOf(votes.reduce((a, b) => Math.max(a, b)));
}

function meanOf({ features, count, width }: Features): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < features.length; i++) mean[i % width]! += features[i]!;
  return mean.map((sum) => sum / count);
}

function less({ features, width }: Features, mean: Float64Array): Float32Array {
  const rows = new Float32Array(features.length);
  for (let i = 0; i < rows.length; i++) rows[i] = features[i]! - mean[i % width]!;
  return rows;
}
