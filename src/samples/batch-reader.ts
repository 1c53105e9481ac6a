/** Reads a batch while the one before it is used. */
import type { Source } from './source.ts';
import { isStoredAs, type StoredValues, valuesOf } from './spec.ts';

/** Reads into two places in turn. One reader serves one user at a time, on one thread. */
export class BatchReader {
  private readonly places: readonly [StoredValues, StoredValues];
  private readonly labels: readonly [Uint8Array, Uint8Array] | undefined;
  private current = 0;
  private ahead: { source: Source; indices: Uint32Array; done: Promise<void> } | null = null;

  /**
   * @param places two arrays of the source's storage type, each as long as the longest batch.
   * @param labels where the labels of the samples go, if they are needed: then the source must have them.
   */
  constructor(places: readonly [StoredValues, StoredValues], labels?: readonly [Uint8Array, Uint8Array]) {
    this.places = places;
    this.labels = labels;
  }

  /**
   * Which of the two places has the stored values of some samples, unchanged until the next call. With `next`, it
   * then begins to read those samples into the other place, for the next call.
   * @throws whatever the source throws; a failed read of `next` is thrown by the call that asks for these samples.
   */
  async read(source: Source, indices: Uint32Array, next?: Uint32Array): Promise<0 | 1> {
    const { ahead } = this;
    if (ahead !== null && ahead.source === source && same(ahead.indices, indices)) {
      this.ahead = null;
      await ahead.done;
    } else {
      await this.settled();
      await this.begin(source, indices);
    }
    this.current = 1 - this.current;
    if (next !== undefined) {
      const done = this.begin(source, next);
      // Not unhandled if nobody asks for these samples any more.
      done.catch(() => {});
      this.ahead = { source, indices: next, done };
    }
    return this.current as 0 | 1;
  }

  /**
   * Reads a source's samples in order, `rows` at a time: of each group the position of the first, their number, and
   * which place they are in until the next group. With `count` and `indexOf`, only `count` samples: `indexOf` says
   * which sample is at a position.
   */
  async *inOrder(
    source: Source,
    rows: number,
    { count = source.count, indexOf = (position: number) => position } = {},
  ): AsyncGenerator<{ first: number; count: number; place: 0 | 1 }, void, undefined> {
    const indicesFrom = (first: number) =>
      Uint32Array.from({ length: Math.min(rows, count - first) }, (_, i) => indexOf(first + i));
    let indices = indicesFrom(0);
    try {
      for (let first = 0; first < count; first += rows) {
        const next = indicesFrom(Math.min(count, first + rows));
        const place = await this.read(source, indices, next.length > 0 ? next : undefined);
        yield { first, count: indices.length, place };
        indices = next;
      }
    } finally {
      await this.settled();
    }
  }

  /** Waits until no source writes into the two places. */
  async settled(): Promise<void> {
    const { ahead } = this;
    this.ahead = null;
    await ahead?.done.catch(() => {});
  }

  /** Reads into the place that is not in use. */
  private async begin(source: Source, indices: Uint32Array): Promise<void> {
    const place = this.places[1 - this.current]!;
    const length = indices.length * valuesOf(source.spec);
    if (length > place.length || !isStoredAs(place, source.spec.storage)) {
      throw new RangeError(
        `a batch of ${indices.length} samples, ${length} ${source.spec.storage} values, does not fit ${place.length} values in a ${place.constructor.name}`,
      );
    }
    const labels = this.labels?.[1 - this.current];
    if (labels !== undefined) {
      if (source.labels === undefined)
        throw new RangeError('the samples have no labels, and a batch needs them');
      for (const [i, index] of indices.entries()) labels[i] = source.labels[index]!;
    }
    await source.read(indices, place.subarray(0, length));
  }
}

const same = (a: Uint32Array, b: Uint32Array): boolean =>
  a === b || (a.length === b.length && a.every((index, i) => index === b[i]));
