/**
 * Joins requests that wait into one run of the engine. While an engine is busy, what comes queues up; when it is free,
 * it takes as many rows of one operation as a batch holds. So a lone request never waits for company, and under load
 * batches grow by themselves.
 *
 * A request of many images goes in pieces, and after each it stands behind the others: it delays a small one by a
 * batch, not by all of its images.
 */
import type { Operation } from './protocol.ts';
import type { Engine } from './worker.ts';

/** The queue is full: the request was not taken up and may come again. */
export class QueueFull extends Error {}
/** The model's thread failed, or the service ends. */
export class EngineLost extends Error {}

interface Job {
  operation: Operation;
  rows: Float32Array;
  /** Rows in all, taken up, finished. */
  count: number;
  begun: number;
  done: number;
  /** Values of a row that goes in. */
  width: number;
  result: Float32Array | null;
  ended: boolean;
  resolve(result: Float32Array): void;
  reject(error: unknown): void;
}

interface Piece {
  job: Job;
  from: number;
  count: number;
}

export interface QueueOptions {
  /** Rows of one run. */
  batch: number;
  /** Rows that may wait. */
  waiting: number;
  /** Told of every run. */
  onBatch?: (operation: Operation, rows: number, seconds: number) => void;
}

export class BatchQueue {
  private readonly options: QueueOptions;
  private readonly idle: Engine[] = [];
  private jobs: Job[] = [];
  private rowsWaiting = 0;
  private lost: EngineLost | null = null;
  private planned = false;

  constructor(options: QueueOptions) {
    this.options = options;
  }

  /** Rows that no engine has taken up yet. */
  get waiting(): number {
    return this.rowsWaiting;
  }

  /** An engine that is free from now on. */
  add(engine: Engine): void {
    this.idle.push(engine);
    this.plan();
  }

  /** An engine that takes no more work. */
  remove(engine: Engine): void {
    const at = this.idle.indexOf(engine);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** Ends all that waits; nothing is taken up any more. */
  fail(reason: string): void {
    this.lost = new EngineLost(reason);
    for (const job of this.jobs) this.end(job, this.lost);
    this.jobs = [];
  }

  /**
   * Runs `count` rows and gives theirs back, in order.
   * @throws QueueFull, EngineLost, or the signal's reason.
   */
  run(operation: Operation, rows: Float32Array, count: number, signal: AbortSignal): Promise<Float32Array> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.lost !== null) return Promise.reject(this.lost);
    // A request larger than the queue is let in where nothing else waits: it could never be, otherwise.
    if (this.rowsWaiting > 0 && this.rowsWaiting + count > this.options.waiting) {
      return Promise.reject(new QueueFull());
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.jobs = this.jobs.filter((other) => other !== job);
        this.end(job, signal.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', leave);
          settle(value);
        };
      const job: Job = {
        operation,
        rows,
        count,
        begun: 0,
        done: 0,
        width: rows.length / count,
        result: null,
        ended: false,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      this.jobs.push(job);
      this.rowsWaiting += count;
      signal.addEventListener('abort', leave, { once: true });
      this.plan();
    });
  }

  /** Batches are made once the requests that are here already have been read. */
  private plan(): void {
    if (this.planned || this.idle.length === 0 || this.jobs.length === 0) return;
    this.planned = true;
    setImmediate(() => {
      this.planned = false;
      while (this.idle.length > 0 && this.jobs.length > 0) void this.runBatch(this.idle.shift()!);
    });
  }

  private async runBatch(engine: Engine): Promise<void> {
    const { operation, width } = this.jobs[0]!;
    const pieces = this.take(operation);
    const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
    const rows = new Float32Array(count * width);
    let at = 0;
    for (const { job, from, count } of pieces) {
      rows.set(job.rows.subarray(from * width, (from + count) * width), at);
      at += count * width;
    }
    const start = performance.now();
    try {
      const results = await engine.run(operation, rows);
      this.options.onBatch?.(operation, count, (performance.now() - start) / 1000);
      this.give(pieces, results, results.length / count);
      this.add(engine);
    } catch (error) {
      // The engine is not put back: who started it says when there is another.
      for (const { job } of pieces) {
        this.jobs = this.jobs.filter((other) => other !== job);
        this.end(job, new EngineLost('the model failed', { cause: error }));
      }
    }
  }

  /** Pieces of waiting jobs that fill one batch, oldest first. */
  private take(operation: Operation): Piece[] {
    const pieces: Piece[] = [];
    const behind: Job[] = [];
    let room = this.options.batch;
    this.jobs = this.jobs.filter((job) => {
      if (room === 0 || job.operation !== operation) return true;
      const count = Math.min(room, job.count - job.begun);
      pieces.push({ job, from: job.begun, count });
      room -= count;
      job.begun += count;
      this.rowsWaiting -= count;
      if (job.begun < job.count) behind.push(job);
      return false;
    });
    this.jobs.push(...behind);
    return pieces;
  }

  private give(pieces: readonly Piece[], results: Float32Array, width: number): void {
    let at = 0;
    for (const { job, from, count } of pieces) {
      job.result ??= new Float32Array(job.count * width);
      job.result.set(results.subarray(at, at + count * width), from * width);
      at += count * width;
      job.done += count;
      if (job.done === job.count && !job.ended) {
        job.ended = true;
        job.resolve(job.result);
      }
    }
  }

  private end(job: Job, error: unknown): void {
    if (job.ended) return;
    job.ended = true;
    this.rowsWaiting -= job.count - job.begun;
    job.begun = job.count;
    job.reject(error);
  }
}
