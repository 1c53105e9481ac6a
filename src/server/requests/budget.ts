/** Limits on what all requests together hold: bytes of bodies and answers, pixels in decoding. */
import { collectWhenQuiet } from '../collect.ts';
import { Problem, RETRY } from '../problem.ts';

export class Budget {
  readonly most: number;
  /** What is counted, as 'bytes'. */
  private readonly unit: string;
  private held = 0;
  /** Called when there is no room: frees some and returns true, or returns false. */
  private readonly makeRoom: () => boolean;

  constructor(most: number, unit: string, makeRoom: () => boolean = () => false) {
    this.most = most;
    this.unit = unit;
    this.makeRoom = makeRoom;
  }

  /** @throws Problem 503 if too much is held, 413 for more than there will ever be room for. */
  take(amount: number): void {
    this.checkWhole(amount);
    while (this.held + amount > this.most) {
      if (!this.makeRoom()) throw new Problem(503, 'Too many large requests at once; try again.', RETRY);
    }
    this.held += amount;
  }

  /**
   * Checks what one request holds in all.
   * @throws Problem 413 for more than all requests together may hold: no later try can succeed.
   */
  checkWhole(amount: number): void {
    if (amount <= this.most) return;
    throw new Problem(
      413,
      `A request may hold at most ${this.most} ${this.unit} with its answer; this one would hold ${amount}.`,
    );
  }

  give(amount: number): void {
    this.held -= amount;
  }
}

/** The part of a request that is not counted: small requests continue when large ones have taken everything. */
const FREE = 64 * 1024;

/** What one request holds, until it is closed. */
export class Account {
  private readonly budget: Budget;
  private readonly free: number;
  private sum = 0;
  private counted = 0;

  constructor(budget: Budget) {
    this.budget = budget;
    this.free = Math.min(FREE, Math.floor(budget.most / 4096));
  }

  /** @throws Problem 503 if too much is held by all, 413 if this request alone would hold too much. */
  take(bytes: number): void {
    this.budget.checkWhole(this.sum + bytes);
    const more = Math.max(0, this.sum + bytes - this.free) - this.counted;
    this.budget.take(more);
    this.sum += bytes;
    this.counted += more;
  }

  close(): void {
    this.budget.give(this.counted);
    collectWhenQuiet(this.sum);
    this.sum = 0;
    this.counted = 0;
  }
}
