/**
 * Sends answers to clients. A large answer is made piece by piece as its client reads it, so that a connection holds
 * a piece or two. Clients that do not read are dropped: after a while, or at once if others need the room.
 */
import { setImmediate as turn } from 'node:timers/promises';

interface Answer {
  started: number;
  /** When the client last took a piece. */
  moved: number;
  drop(): void;
}

export interface SendingLimits {
  /** An answer must be read within this. */
  answerTime: number;
  /** A client must take something within this. */
  stallTime: number;
}

/** A client that has taken nothing for this many milliseconds makes room for others. */
const STALLED = 1000;

export class Sending {
  private readonly limits: SendingLimits;
  private readonly answers = new Set<Answer>();
  private timer: NodeJS.Timeout | null = null;

  constructor(limits: SendingLimits) {
    this.limits = limits;
  }

  /**
   * @param drop closes the client's connection.
   * @param done called once, when the answer was sent or will not be.
   */
  stream(
    pieces: Iterator<string | Uint8Array>,
    drop: () => void,
    done: () => void,
  ): ReadableStream<Uint8Array> {
    const text = new TextEncoder();
    const now = performance.now();
    const answer = { started: now, moved: now, drop };
    this.answers.add(answer);
    this.timer ??= setInterval(() => this.sweep(), Math.min(1000, this.limits.stallTime)).unref();
    const end = () => {
      if (!this.answers.delete(answer)) return;
      if (this.answers.size === 0 && this.timer !== null) {
        clearInterval(this.timer);
        this.timer = null;
      }
      done();
    };
    return new ReadableStream(
      {
        async pull(controller) {
          // Other requests have their turn between two pieces, however fast the client reads.
          await turn();
          answer.moved = performance.now();
          const { done: over, value } = pieces.next();
          if (over === true) {
            controller.close();
            end();
          } else controller.enqueue(typeof value === 'string' ? text.encode(value) : value);
        },
        cancel: end,
      },
      { highWaterMark: 0 },
    );
  }

  /** Drops the client that has taken nothing for the longest time; false if every client reads. */
  makeRoom(): boolean {
    const now = performance.now();
    let worst: Answer | null = null;
    for (const answer of this.answers) {
      if (now - answer.moved > STALLED && answer.moved < (worst?.moved ?? now)) worst = answer;
    }
    if (worst === null) return false;
    const before = this.answers.size;
    worst.drop();
    return this.answers.size < before;
  }

  private sweep(): void {
    const now = performance.now();
    for (const { started, moved, drop } of [...this.answers]) {
      if (now - moved > this.limits.stallTime || now - started > this.limits.answerTime) drop();
    }
  }
}

/** Bytes in pieces. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  const step = 64 * 1024;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
