/**
 * A few workers (threads or processes) for everything that must not block the event loop. Each does one job at a time
 * and can be killed in the middle of it, so that every job ends at its deadline.
 *
 * The order is fair: waiting owners take turns, one job each, however many each has; and the first worker takes only small
 * jobs, so that these never wait for large ones.
 */

/** What does the work. */
export interface Worker<J, R> {
  run(job: J): Promise<R>;
  /** Ends it at once; a run in progress rejects. */
  kill(): Promise<void>;
}

/** When and for whom a job runs. */
export interface Turn {
  /** Jobs of one owner, as a request, share one turn. */
  owner: object;
  /** Whether it may take long. */
  large: boolean;
  /** Its deadline. */
  signal: AbortSignal;
}

export interface Runner<J, R> {
  /** @throws the signal's reason, {@link WorkerLost}, or what the job itself throws. */
  run(job: J, turn: Turn): Promise<R>;
  close(): Promise<void>;
}

/** A worker ended in the middle of its job, and the job may be why: a file that crashes its decoder. */
export class WorkerLost extends Error {}
/** A worker did not start, had no memory left, or the service ends: the job is not the reason. */
export class WorkerMissing extends WorkerLost {}

/** How long a worker may continue a job that nobody waits for any more, in milliseconds: starting another takes time, too. */
const GRACE = 500;

/**
 * A worker that did large jobs ends when it has had none for this long, in milliseconds: what it needed for them would
 * otherwise stay with it.
 */
const REST = 5000;

interface Queued<J, R> {
  job: J;
  turn: Turn;
  settle(result: Promise<R>): void;
}

interface Slot<J, R> {
  worker: Promise<Worker<J, R>> | null;
  busy: boolean;
  /** Runs while it rests after large jobs. */
  rest: NodeJS.Timeout | undefined;
}

export class Pool<J, R> implements Runner<J, R> {
  private readonly start: () => Promise<Worker<J, R>>;
  private readonly slots: Slot<J, R>[];
  private readonly small = new Map<object, Queued<J, R>[]>();
  private readonly large = new Map<object, Queued<J, R>[]>();
  private closed = false;

  /** @param size two or more: the first worker is for small jobs. Workers start when they are needed. */
  constructor(size: number, start: () => Promise<Worker<J, R>>) {
    this.start = start;
    this.slots = Array.from({ length: size }, () => ({
      worker: null,
      busy: false,
      rest: undefined,
    }));
  }

  /** Starts the first worker, so that the first job does not wait for it. */
  async warm(): Promise<void> {
    const slot = this.slots[0]!;
    slot.worker ??= this.start();
    await slot.worker;
  }

  run(job: J, turn: Turn): Promise<R> {
    const { signal, owner } = turn;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.closed) return Promise.reject(new WorkerMissing('the service is closing'));
    return new Promise<R>((resolve, reject) => {
      const lane = turn.large ? this.large : this.small;
      const leave = () => {
        const jobs = lane.get(owner)?.filter((other) => other !== queued) ?? [];
        if (jobs.length > 0) lane.set(owner, jobs);
        else lane.delete(owner);
        reject(signal.reason);
      };
      const queued: Queued<J, R> = {
        job,
        turn,
        settle(result) {
          signal.removeEventListener('abort', leave);
          resolve(result);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      lane.set(owner, [...(lane.get(owner) ?? []), queued]);
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const lost = () => Promise.reject(new WorkerMissing('the service is closing'));
    for (const lane of [this.small, this.large]) {
      for (const jobs of lane.values()) for (const { settle } of jobs) settle(lost());
      lane.clear();
    }
    await Promise.all(
      this.slots.map(async ({ worker, rest }) => {
        clearTimeout(rest);
        const started = await worker?.catch(() => null);
        await started?.kill();
      }),
    );
  }

  private dispatch(): void {
    for (const [i, slot] of this.slots.entries()) {
      if (slot.busy) continue;
      const queued = (i === 0 ? undefined : next(this.large)) ?? next(this.small);
      if (queued !== undefined) void this.work(slot, queued);
    }
  }

  private async work(slot: Slot<J, R>, { job, turn, settle }: Queued<J, R>): Promise<void> {
    slot.busy = true;
    const hadLarge = slot.rest !== undefined || turn.large;
    clearTimeout(slot.rest);
    const { signal } = turn;
    let end = () => {};
    const aborted = new Promise<never>((_, reject) => {
      end = () => reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
    });
    const running = this.runOn(slot, job);
    settle(Promise.race([running, aborted]));
    let timer: NodeJS.Timeout | undefined;
    const over = aborted.catch(
      () =>
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, GRACE);
        }),
    );
    const finished = running.then(
      () => true,
      (error) => !(error instanceof WorkerLost),
    );
    if ((await Promise.race([finished, over])) !== true) this.end(slot);
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
    slot.busy = false;
    slot.rest = hadLarge ? setTimeout(() => this.end(slot), REST).unref() : undefined;
    if (!this.closed) this.dispatch();
  }

  /** Ends a slot's worker; the next job starts another. */
  private end(slot: Slot<J, R>): void {
    const { worker } = slot;
    slot.worker = null;
    slot.rest = undefined;
    // Not waited for: what is stuck inside may take a while to be gone.
    void worker?.then((started) => started.kill()).catch(() => {});
  }

  private async runOn(slot: Slot<J, R>, job: J): Promise<R> {
    let worker: Worker<J, R>;
    try {
      slot.worker ??= this.start();
      worker = await slot.worker;
    } catch (cause) {
      throw new WorkerMissing('a worker did not start', { cause });
    }
    return worker.run(job);
  }
}

/** The first job of the owner whose turn it is, who then stands behind the others. */
function next<J, R>(lane: Map<object, Queued<J, R>[]>): Queued<J, R> | undefined {
  for (const [owner, [first, ...rest]] of lane) {
    lane.delete(owner);
    if (rest.length > 0) lane.set(owner, rest);
    return first;
  }
  return undefined;
}
