/**
 * A worker: takes trials from a queue and trains each in a process of its own, so that nothing holds up the renewal of its
 * leases. It knows no sweeps: what it is to do is in the job.
 */
import { HourglassError } from '../../errors.ts';
import {
  connect,
  jobSchema,
  openStore,
  queueAddress,
  type RunStore,
  storeAddress,
  type Taken,
  TRIALS_QUEUE,
} from '../../queue/index.ts';
import { TrialProcesses } from '../sweep/trial.ts';
import { isWorkersFault, MOST_FAILURES, type TrialEnd } from '../sweep/workplace.ts';
import type { WorkerEvent, WorkerResult } from './events.ts';
import { RunningJob } from './one-job.ts';
import { WorkerPlace } from './place.ts';

/** Seconds after which the trials of a worker that is silent go to others: longer than a queue is usually cut off. */
const DEFAULT_LEASE = 150;

/** Mebibytes of a run's files. */
const DEFAULT_LARGEST = 1024;

export interface WorkerOptions {
  /** The queue's address; by default HOURGLASS_QUEUE. */
  queue?: string | undefined;
  /** The store of runs, s3://bucket/prefix; by default HOURGLASS_STORE, and none where that is not set. */
  store?: string | undefined;
  /** Trials at the same time; by default 1. */
  parallel?: number | undefined;
  /** What it is called; by default the host's name. */
  name?: string | undefined;
  /** The folder of its runs; by default `worker`. */
  dir?: string | undefined;
  /** Where named data sets are looked for. */
  dataDir?: string | undefined;
  /** Folders in which jobs may name data by their path. */
  allowData?: readonly string[] | undefined;
  /** Hosts from which data that jobs name by an address may be downloaded, with a port unless it is the usual one. */
  allowHost?: readonly string[] | undefined;
  /** Seconds, 30 or more. */
  lease?: number | undefined;
  /** Mebibytes of a run's files, at most. */
  largest?: number | undefined;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/**
 * Works until `signal`, which hands running trials back with their checkpoints.
 * @throws HourglassError (environment) if the queue or the store cannot be used.
 */
export async function work(options: WorkerOptions): Promise<WorkerResult> {
  const { parallel = 1, lease = DEFAULT_LEASE, onEvent = () => {} } = options;
  const address = queueAddress(options.queue);
  const wanted = options.store ?? (process.env.HOURGLASS_STORE || undefined);
  const storePlace = wanted === undefined ? null : storeAddress(wanted || undefined);
  const place = await WorkerPlace.open(options.dir ?? 'worker', options.name);
  const changes = (what: string) => (isAway: boolean, why: string) =>
    onEvent({ type: 'server', what, isAway, why });
  let store: RunStore | null = null;
  try {
    if (storePlace !== null) store = await openStore(storePlace, changes(`the store ${storePlace.shown}`));
    const server = await connect(address, changes('the queue'));
    try {
      const box = server.box(TRIALS_QUEUE);
      for (const { name, token } of place.taken) {
        await box.handBack(name, token);
        await place.giveBack(name);
      }
      const at = { queue: address.shown, store: store?.shown ?? null, folder: place.folder };
      onEvent({ type: 'start', name: place.name, ...at, parallel });
      return await working(options, { server, store, place, parallel, lease: lease * 1000 });
    } finally {
      await server.close();
    }
  } finally {
    store?.close();
    await place.close();
  }
}

interface Working {
  server: Awaited<ReturnType<typeof connect>>;
  store: RunStore | null;
  place: WorkerPlace;
  parallel: number;
  lease: number;
}

async function working(
  {
    signal,
    onEvent = () => {},
    dataDir,
    allowData = [],
    allowHost = [],
    largest = DEFAULT_LARGEST,
  }: WorkerOptions,
  { server, store, place, parallel, lease }: Working,
): Promise<WorkerResult> {
  const box = server.box(TRIALS_QUEUE);
  const running = new Map<string, RunningJob>();
  let [failures, trials] = [0, 0];
  let close: (reason: WorkerResult['reason']) => void = () => {};
  const closed = new Promise<WorkerResult['reason']>((resolve) => {
    close = resolve;
  });
  const context = {
    ...{
      server,
      store,
      place,
      processes: new TrialProcesses(),
      data: { dataDir, allowed: allowData, hosts: allowHost },
      largest: largest * 2 ** 20,
    },
    judge: (end: TrialEnd) => {
      failures = isWorkersFault(end) ? failures + 1 : 0;
      return failures >= MOST_FAILURES;
    },
  };
  const handle = async ({ name, token, data }: Taken) => {
    const parsed = jobSchema.safeParse(data);
    if (!parsed.success) {
      const message = `a job is not one of hourglass's, and is refused: ${parsed.error.issues[0]!.message}`;
      onEvent({ type: 'warning', message });
      throw new Error(message);
    }
    const { sweep, trial } = parsed.data;
    const job = new RunningJob(parsed.data, name, box, context);
    running.set(name, job);
    if (signal?.aborted) job.stop();
    await place.take({ name, token });
    const began = performance.now();
    const what = parsed.data.format === 'hourglass-trial' ? 'trial' : 'shard';
    const isResumed = what === 'trial' && parsed.data.parcel !== null;
    onEvent({ type: 'begin', what, sweep, trial, isResumed });
    try {
      const end = await job.carryOut();
      const seconds = (performance.now() - began) / 1000;
      const reason = end !== null && 'message' in end ? end.message : null;
      onEvent({ type: 'end', what, sweep, trial, how: end?.type ?? 'lost', reason, seconds });
      if (end === null) throw new HourglassError('interrupted', { subject: name, rule: 'was taken away' });
      trials++;
      if (failures >= MOST_FAILURES) close('set aside');
    } finally {
      running.delete(name);
      await place.giveBack(name);
    }
  };
  const worker = server.work(TRIALS_QUEUE, handle, {
    ...{ parallel, lease },
    onLost: (name) => running.get(name)?.lose(),
  });
  const stop = () => close('stopped');
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const reason = await closed;
  signal?.removeEventListener('abort', stop);
  const closing = worker.close();
  for (const job of running.values()) job.stop();
  await closing;
  context.processes.close();
  return { trials, reason };
}
