/**
 * Joins waiting requests into one run of the engine. While an engine is busy, requests queue up; when it is free, it
 * takes as many rows of one operation as a batch holds. So a single request never waits for others, and under load
 * batches grow automatically.
 *
 * A request with many images is split into pieces, and queues again after each: it delays a small request by one
 * batch, not by all of its images.
 */
import { HourglassError } from '../../errors.ts';
import type { Call, CallResults, Operation } from './protocol.ts';
import { type Engine, isObjection } from './worker.ts';

/** The queue is full: the request was not accepted and may be sent again. */
export class QueueFull extends Error {}
/** The model's thread failed, or the service ends. */
export class EngineLost extends Error {}

interface Job {
  operation: Operation | Call['verb'];
  /** The rows of a batch; a call brings its own. */
  rows: Float32Array;
  /** The class of each row, for a conditional model. */
  labels: Uint8Array | null;
  call: Call | null;
  /** Rows in all, taken up, finished. */
  count: number;
  begun: number;
  done: number;
  /** Values of a row that goes in. */
  width: number;
  result: Float32Array | null;
  ended: boolean;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** JSON has no NaN or infinity, and a picture would show them as black or white. */
function areFinite(values: Float32Array): boolean {
  // x − x is 0 for a number, NaN for infinity and NaN: the sum says it of all, without a branch.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0;
}

const NO_ROWS = new Float32Array(0);

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
  /** Called after every run. */
  onBatch?: (operation: Operation | Call['verb'], rows: number, seconds: number) => void;
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
   * @param labels the class of each, for a conditional model.
   * @throws QueueFull, EngineLost, the signal's reason, or a HourglassError for results that are not finite.
   */
  run(
    operation: Operation,
    rows: Float32Array,
    count: number,
    signal: AbortSignal,
    labels: Uint8Array | null = null,
  ): Promise<Float32Array> {
    return this.take({ operation, rows, labels, call: null, count, width: rows.length / count }, signal);
  }

  /**
   * Runs a call with this many images on its own.
   * @throws also the model's own objection, as a HourglassError.
   */
  call<C extends Call>(call: C, count: number, signal: AbortSignal): Promise<CallResults[C['verb']]> {
    const work = { operation: call.verb, rows: NO_ROWS, labels: null, call, count, width: 0 };
    return this.take(work, signal);
  }

  private take<T>(
    work: Pick<Job, 'operation' | 'rows' | 'labels' | 'call' | 'count' | 'width'>,
    signal: AbortSignal,
  ): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.lost !== null) return Promise.reject(this.lost);
    // A request larger than the queue is let in where nothing else waits: it could never be, otherwise.
    if (this.rowsWaiting > 0 && this.rowsWaiting + work.count > this.options.waiting) {
      return Promise.reject(new QueueFull());
    }
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.jobs = this.jobs.filter((other) => other !== job);
        this.end(job, signal.reason);
      };
      const settled = () => signal.removeEventListener('abort', leave);
      const job: Job = {
        ...work,
        begun: 0,
        done: 0,
        result: null,
        ended: false,
        resolve(result) {
          settled();
          resolve(result as T);
        },
        reject(error) {
          settled();
          reject(error);
        },
      };
      this.jobs.push(job);
      this.rowsWaiting += job.count;
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
      while (this.idle.length > 0 && this.jobs.length > 0) void this.work(this.idle.shift()!);
    });
  }

  private work(engine: Engine): Promise<void> {
    const first = this.jobs[0]!;
    return first.call === null ? this.runBatch(engine, first) : this.runCall(engine, first, first.call);
  }

  private async runCall(engine: Engine, job: Job, call: Call): Promise<void> {
    this.jobs.shift();
    job.begun = job.count;
    this.rowsWaiting -= job.count;
    const start = performance.now();
    try {
      const result = await engine.call(call);
      this.options.onBatch?.(job.operation, job.count, (performance.now() - start) / 1000);
      if (!job.ended) {
        job.ended = true;
        job.resolve(result);
      }
      this.add(engine);
    } catch (error) {
      const refused = isObjection(error);
      this.end(job, refused ? error : new EngineLost('the model failed', { cause: error }));
      if (refused) this.add(engine);
    }
  }

  private async runBatch(engine: Engine, first: Job): Promise<void> {
    const { width } = first;
    const operation = first.operation as Operation;
    const pieces = this.piecesOf(operation);
    const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
    const rows = new Float32Array(count * width);
    // All requests to a conditional model have classes.
    const labels = first.labels === null ? null : new Uint8Array(count);
    let at = 0;
    for (const { job, from, count } of pieces) {
      rows.set(job.rows.subarray(from * width, (from + count) * width), at * width);
      labels?.set(job.labels!.subarray(from, from + count), at);
      at += count;
    }
    const start = performance.now();
    try {
      const results = await engine.run(operation, rows, labels);
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
  private piecesOf(operation: Operation): Piece[] {
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
      const values = results.subarray(at, at + count * width);
      at += count * width;
      if (!areFinite(values)) {
        this.jobs = this.jobs.filter((other) => other !== job);
        const rule = 'is not finite: the values sent are too large for this model';
        this.end(job, new HourglassError('data', { subject: `the result of ${job.operation}`, rule }));
        continue;
      }
      job.result ??= new Float32Array(job.count * width);
      job.result.set(values, from * width);
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
