/**
 * The memory that a trainer and its replicas share: for each replica its orders and its results. The side that reads
 * has waited for a number that the writer raised after writing.
 */
import { bytesPerValue, type Storage, type StoredValues, storedView } from '../samples/index.ts';
import type { BatchPlace } from './batch-gradients.ts';
import type { Share } from './division.ts';

export interface ExchangeSizes {
  /** Elements of all parameters, as they lie in the groups of a workspace. */
  parameters: number;
  losses: number;
  /** How the samples are stored, and the stored values of the largest share. */
  storage: Storage;
  values: number;
}

/** What is shared with one replica, as it is sent to its thread. */
export interface Exchange extends ExchangeSizes {
  memory: SharedArrayBuffer;
}

export interface Order extends BatchPlace, Share {}

const ASKED = 0;
const ANSWERED = 1;
const ORDER = 8;
const HEAD = ORDER + 5 * 8;

export function makeExchange(sizes: ExchangeSizes): Exchange {
  const { parameters, losses, storage, values } = sizes;
  const bytes = HEAD + 8 * losses + 8 * parameters + bytesPerValue(storage) * values;
  return { ...sizes, memory: new SharedArrayBuffer(bytes) };
}

/** One replica's part of the shared memory, seen from either side. */
export class ExchangeView {
  /** Sums of the losses, in their order. */
  readonly losses: Float64Array;
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  /** The samples of its share. */
  readonly stored: StoredValues;
  private readonly turns: Int32Array;
  private readonly order: Float64Array;

  constructor({ memory, parameters, losses, storage, values }: Exchange) {
    this.turns = new Int32Array(memory, 0, 2);
    this.order = new Float64Array(memory, ORDER, 5);
    this.losses = new Float64Array(memory, HEAD, losses);
    const floats = HEAD + 8 * losses;
    this.weights = new Float32Array(memory, floats, parameters);
    this.gradients = new Float32Array(memory, floats + 4 * parameters, parameters);
    this.stored = storedView(storage, memory, floats + 8 * parameters, values);
  }

  ask({ first, count, total, step, epochs }: Order): void {
    this.order.set([first, count, total, step, epochs]);
    this.raise(ASKED);
  }

  answer(): void {
    this.raise(ANSWERED);
  }

  /** The next order, when there is one. */
  awaitOrder(): Order {
    const turn = Atomics.load(this.turns, ANSWERED);
    while (Atomics.load(this.turns, ASKED) === turn) Atomics.wait(this.turns, ASKED, turn);
    const [first, count, total, step, epochs] = this.order;
    return { first: first!, count: count!, total: total!, step: step!, epochs: epochs! };
  }

  /** Whether the order is carried out, after waiting for that for a while. */
  awaitAnswer(milliseconds: number): boolean {
    const turn = Atomics.load(this.turns, ASKED);
    const answered = Atomics.load(this.turns, ANSWERED);
    if (answered !== turn) Atomics.wait(this.turns, ANSWERED, answered, milliseconds);
    return Atomics.load(this.turns, ANSWERED) === turn;
  }

  private raise(index: number): void {
    Atomics.add(this.turns, index, 1);
    Atomics.notify(this.turns, index);
  }
}
