/**
 * The memory that a trainer and one of its helpers share: orders and results. The side that reads has waited for a
 * number that the writer raised after writing.
 */
import type { HelperArrays, HelperOrder, HelperSizes } from '../../engine/index.ts';

/** What is shared with one helper, as it is sent to its thread. */
export interface Exchange extends HelperSizes {
  readonly memory: SharedArrayBuffer;
}

const ASKED = 0;
const ANSWERED = 1;
const ORDER = 8;
const HEAD = ORDER + 5 * 8;

export function makeExchange({ parameters, losses, stored }: HelperSizes): Exchange {
  const memory = new SharedArrayBuffer(HEAD + 8 * losses + 8 * parameters + stored);
  return { parameters, losses, stored, memory };
}

/** The shared memory, seen from either side. */
export class ExchangeView implements HelperArrays {
  readonly losses: Float64Array;
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly stored: Uint8Array;
  private readonly turns: Int32Array;
  private readonly order: Float64Array;

  constructor({ memory, parameters, losses, stored }: Exchange) {
    this.turns = new Int32Array(memory, 0, 2);
    this.order = new Float64Array(memory, ORDER, 5);
    this.losses = new Float64Array(memory, HEAD, losses);
    const floats = HEAD + 8 * losses;
    this.weights = new Float32Array(memory, floats, parameters);
    this.gradients = new Float32Array(memory, floats + 4 * parameters, parameters);
    this.stored = new Uint8Array(memory, floats + 8 * parameters, stored);
  }

  ask({ first, count, total, step, epochs }: HelperOrder): void {
    this.order.set([first, count, total, step, epochs]);
    this.raise(ASKED);
  }

  /** Says that the order is carried out. */
  reply(): void {
    this.raise(ANSWERED);
  }

  /** The next order, when there is one. */
  awaitOrder(): HelperOrder {
    const turn = Atomics.load(this.turns, ANSWERED);
    while (Atomics.load(this.turns, ASKED) === turn) Atomics.wait(this.turns, ASKED, turn);
    const [first, count, total, step, epochs] = this.order;
    return { first: first!, count: count!, total: total!, step: step!, epochs: epochs! };
  }

  /** Whether the order is carried out, after waiting for that for a while. */
  awaitReply(milliseconds: number): boolean {
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
