/**
 * The server of a queue by BullMQ, which is loaded here and nowhere else. A server that goes away is waited for: what is
 * asked meanwhile is asked again, and a name makes sure that nothing is put twice.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { BackendFactory, IQueueBackend, Job, Queue, Worker } from 'bullmq';
import { HourglassError } from '../errors.ts';
import type { QueueAddress } from './address.ts';

/** Milliseconds in which a server must answer at first. */
const FIRST_ANSWER = 10_000;
/** Milliseconds without an answer after which a connection is made again. */
const SILENCE = 20_000;
const LONGEST_PAUSE = 3_000;
/** Key prefix on Redis, schema on PostgreSQL. */
const NAMESPACE = 'hourglass';

/** Jobs of one queue, as far as they are needed here. */
export interface Box {
  /** Adds one; where one of this name is there, nothing. */
  put(kind: string, data: object, name: string): Promise<void>;
  /** The data of one; null if it is gone. */
  look(name: string): Promise<unknown>;
  /** What has become of one. */
  state(name: string): Promise<'waiting' | 'active' | 'failed' | 'gone'>;
  change(name: string, data: object): Promise<void>;
  /** Whether it was removed; not where a worker has it, or it is gone. */
  remove(name: string): Promise<boolean>;
  /** The data of all that wait or are being worked on. */
  all(): Promise<unknown[]>;
  waiting(): Promise<number>;
  /** Returns a job of a worker that is gone to the queue. */
  handBack(name: string, token: string): Promise<void>;
  /** Removes the queue. */
  clear(): Promise<void>;
}

/** A job that a worker has taken. */
export interface Taken {
  readonly name: string;
  readonly token: string;
  readonly data: unknown;
}

/** Thrown by who handles a job that it cannot carry out now: the job waits again, as if it had not been taken. */
export class HandBack extends Error {}

export interface WorkOptions {
  readonly parallel: number;
  /** Milliseconds after which a worker that is silent has lost its jobs. */
  readonly lease: number;
  /** Its lease on a job ran out: another may have it. */
  readonly onLost?: (name: string) => void;
}

export interface QueueServer {
  readonly shown: string;
  box(name: string): Box;
  /** Takes jobs until the result's `close`, which waits for those that are taken. */
  work(name: string, handle: (job: Taken) => Promise<void>, options: WorkOptions): { close(): Promise<void> };
  close(): Promise<void>;
}

type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/**
 * @param onState called when the server goes away, and when it is back.
 * @throws HourglassError (environment) if it does not answer.
 */
export async function connect(
  address: QueueAddress,
  onState: (isAway: boolean, why: string) => void = () => {},
): Promise<QueueServer> {
  const { default: bullmq } = await import('bullmq');
  const isRedis = address.kind === 'redis';
  const factory = (isRedis ? bullmq.createRedisBackend : bullmq.createPostgresBackend) as BackendFactory<
    IQueueBackend,
    object
  >;
  const options = {
    connection: isRedis ? redisOptions(address) : postgresOptions(address),
    ...(isRedis ? { prefix: NAMESPACE } : {}),
  };
  const closing = new AbortController();
  let awaySince: number | null = null;
  const away = (error: unknown) => {
    if (closing.signal.aborted || !isAway(error)) return;
    if (awaySince === null) {
      awaySince = performance.now();
      onState(true, clean(error, address));
    }
  };
  const back = () => {
    if (awaySince === null) return;
    awaySince = null;
    onState(false, '');
  };
  /** Asks until the server answers. */
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let pause = 100; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const answer = await ask();
        back();
        return answer;
      } catch (error) {
        closing.signal.throwIfAborted();
        if (isEmptied(error) && (await prepared())) continue;
        if (!isAway(error)) throw new Error(clean(error, address), { cause: error });
        away(error);
        await wait(pause, undefined, { signal: closing.signal });
      }
    }
  };
  /** A database that lost everything is prepared as at first. */
  const prepared = async (): Promise<boolean> => {
    const queue = new bullmq.Queue('hourglass-trials', options, factory) as unknown as AnyQueue;
    queue.on('error', () => {});
    try {
      await queue.waitUntilReady();
      return true;
    } catch {
      return false;
    } finally {
      await queue.close().catch(() => {});
    }
  };
  const queues = new Map<string, AnyQueue>();
  const workers: Worker[] = [];
  const queueOf = (name: string): AnyQueue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new bullmq.Queue(name, options, factory) as unknown as AnyQueue;
    queue.on('error', away);
    queues.set(name, queue);
    return queue;
  };
  const first = queueOf('hourglass-trials');
  const late = AbortSignal.timeout(FIRST_ANSWER);
  let problem: unknown;
  first.on('error', (error: unknown) => {
    problem = error;
  });
  try {
    await Promise.race([
      first.waitUntilReady(),
      new Promise((_, reject) => late.addEventListener('abort', () => reject(problem ?? late.reason))),
    ]);
  } catch (error) {
    closing.abort();
    await Promise.race([first.close().catch(() => {}), wait(500)]);
    void first.disconnect().catch(() => {});
    throw new HourglassError('environment', {
      subject: address.shown,
      rule: `the queue cannot be used (${clean(error, address)})`,
      hint: 'check that the server runs, its address, and HOURGLASS_QUEUE_USER and HOURGLASS_QUEUE_PASSWORD',
    });
  }
  return {
    shown: address.shown,
    box: (name) => boxOf(queueOf(name), patiently),
    work(name, handle, { parallel, lease, onLost }) {
      const worker = new bullmq.Worker(
        name,
        async (job: Job, token?: string) => {
          try {
            await handle({ name: job.id!, token: token ?? '', data: job.data });
          } catch (error) {
            if (!(error instanceof HandBack)) throw error;
            await job.moveToWait(token);
            throw new bullmq.WaitingError();
          }
        },
        {
          ...options,
          ...{ concurrency: parallel, lockDuration: lease, stalledInterval: Math.min(15_000, lease) },
          // A worker that is gone says nothing about its trial: the sweep counts what failed.
          ...{ maxStalledCount: 1000, drainDelay: 2, runRetryDelay: 2000 },
        },
        factory,
      ) as unknown as Worker;
      worker.on('error', away);
      worker.on('ready', back);
      worker.on('locksRenewed', back);
      worker.on('lockRenewalFailed', (names) => {
        for (const one of names) onLost?.(one);
      });
      workers.push(worker);
      return { close: () => worker.close() };
    },
    async close() {
      closing.abort();
      const all = [...workers, ...queues.values()];
      await Promise.race([Promise.allSettled(all.map((one) => one.close())), wait(3000)]);
      await Promise.race([Promise.allSettled(all.map((one) => one.disconnect())), wait(1000)]);
    },
  };
}

function boxOf(queue: AnyQueue, patiently: <T>(ask: () => Promise<T>) => Promise<T>): Box {
  const jobOf = (name: string) => patiently(() => queue.getJob(name)) as Promise<Job | undefined>;
  return {
    async put(kind, data, name) {
      const keep = { removeOnComplete: true, removeOnFail: { count: 1000 } };
      await patiently(() => queue.add(kind, data, { jobId: name, ...keep }));
    },
    async look(name) {
      return (await jobOf(name))?.data ?? null;
    },
    async state(name) {
      const job = await jobOf(name);
      const state = job === undefined ? 'unknown' : await patiently(() => job.getState());
      if (state === 'active' || state === 'failed') return state;
      return state === 'unknown' || state === 'completed' ? 'gone' : 'waiting';
    },
    async change(name, data) {
      const job = await jobOf(name);
      // It may end at any time.
      await patiently(async () => job?.updateData(data)).catch(() => {});
    },
    async remove(name) {
      const job = await jobOf(name);
      if (job === undefined) return false;
      return patiently(() => job.remove()).then(
        () => true,
        () => false,
      );
    },
    async all() {
      const jobs = await patiently(() => queue.getJobs(['waiting', 'active', 'delayed', 'prioritized']));
      return jobs.flatMap((job) => (job === undefined || job === null ? [] : [job.data]));
    },
    waiting: () => patiently(() => queue.getWaitingCount()),
    async handBack(name, token) {
      const job = await jobOf(name);
      // Its lease may have ended before.
      await patiently(async () => job?.moveToWait(token)).catch(() => {});
    },
    clear: () => patiently(() => queue.obliterate({ force: true })),
  };
}

function redisOptions({ url }: QueueAddress): object {
  return {
    url,
    keepAlive: 10_000,
    connectTimeout: FIRST_ANSWER,
    // A connection that was cut off silently is found out.
    socketTimeout: SILENCE,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(200 * times, LONGEST_PAUSE),
  };
}

function postgresOptions({ url }: QueueAddress): object {
  return {
    connectionString: url,
    schema: NAMESPACE,
    migrate: true,
    max: 4,
    keepAlive: true,
    connectionTimeoutMillis: FIRST_ANSWER,
    query_timeout: SILENCE,
    application_name: 'hourglass',
  };
}

const AWAY_CODES = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST|ENET|57P0[123]$|08|53300$|NR_CLOSED)/;
const AWAY_WORDS =
  /connection (is|terminated|ended|closed|timeout)|timeout|timed out|isn't writeable|max retries|LOADING|MASTERDOWN|READONLY|database system is|not queryable|terminating connection|socket/i;

/** Whether an error says that the server does not answer now, as a restart or a cut cable does. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  const { code } = error as NodeJS.ErrnoException;
  return (typeof code === 'string' && AWAY_CODES.test(code)) || AWAY_WORDS.test(error.message);
}

/** PostgreSQL has no function, table or schema of this name. */
const isEmptied = (error: unknown): boolean =>
  ['42883', '42P01', '3F000'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');

/** Its message in one line, without secrets. */
function clean(error: unknown, { secrets }: QueueAddress): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const message = first instanceof Error ? first.message : String(first);
  const line = message.replace(/\s+/g, ' ').trim() || 'no answer';
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
}
