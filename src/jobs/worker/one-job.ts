/** One job of a worker: its trial trained in a process of its own, what is said of it told in order, its run sent back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HourglassError } from '../../errors.ts';
import { loadRecipe } from '../../node/recipes.ts';
import {
  type Box,
  type Depot,
  GIVEN_FOLDER,
  type Job,
  jobSchema,
  MADE_FOLDER,
  type Parcel,
  parcelOf,
  parcelsQueue,
  pieceOf,
  piecesOf,
  queueDepot,
  type Reply,
  type RunStore,
  repliesQueue,
  type ShardJob,
  type TrialJob,
} from '../../queue/index.ts';
import { MANIFEST_FILE } from '../../record/index.ts';
import { extensionUrls } from '../../session/index.ts';
import { packFolder, unpackFolder } from '../../store/index.ts';
import type { TrialProcess } from '../sweep/trial.ts';
import type { TrialEnd, TrialProgress } from '../sweep/workplace.ts';
import type { JobContext } from './context.ts';
import { fetchData, NotAllowed, placeOfData } from './data-places.ts';
import { modelOf, OUTPUT, requireInput, startShard } from './one-shard.ts';

/** Milliseconds between looks at whether the asker wants a trial to stop. */
const LOOK = 1000;
/** Milliseconds between reports of steps. */
const STEPS = 1000;
/** Pieces on the queue that nobody has fetched, at most. */
const MOST_PIECES = 64;
/** Pieces that are put there one after the other before it is asked again how many there are. */
const AT_ONCE = 8;
/** Milliseconds that an asker is waited for who fetches nothing. */
const LONGEST_WAIT = 3_600_000;

/** A job whose trial is being trained. */
export class RunningJob {
  readonly job: Job;
  private readonly context: JobContext;
  private readonly name: string;
  private readonly box: Box;
  private readonly replies: Box;
  private trial: Pick<TrialProcess, 'stop'> | null = null;
  private isStopped = false;
  private readonly stopping = new AbortController();
  /** Another worker may have it: nothing more is said of it. */
  private isLost = false;
  private said = 0;
  private last: Promise<unknown> = Promise.resolve();
  private stepsAt = 0;

  constructor(job: Job, name: string, box: Box, context: JobContext) {
    [this.job, this.context, this.name, this.box] = [job, context, name, box];
    this.replies = context.server.box(repliesQueue(job.sweep));
  }

  stop(): void {
    this.isStopped = true;
    this.stopping.abort();
    this.trial?.stop();
  }

  lose(): void {
    this.isLost = true;
    this.stop();
  }

  /** How it ended; null if it was lost. */
  async carryOut(): Promise<TrialEnd | null> {
    const { job, context } = this;
    const out = context.place.runOf(job.sweep, job.trial);
    const result = job.format === 'hourglass-shard' ? join(out, OUTPUT) : out;
    this.say({ type: 'taken', pid: process.pid });
    const watching = this.watch();
    let end: TrialEnd;
    let isRefused = false;
    let store: RunStore | null = null;
    try {
      store = this.requireStore();
      end = job.format === 'hourglass-shard' ? await this.shard(job, out) : await this.train(job, out);
    } catch (error) {
      end = failureOf(error);
      isRefused = error instanceof NotAllowed;
    }
    // A run on other images is useless.
    if (end.type === 'failed' && end.kind === 'data') await context.place.removeRun(job.sweep, job.trial);
    let parcel: Parcel | null = null;
    const isSent =
      job.format === 'hourglass-shard' ? end.type === 'finished' : existsSync(join(out, MANIFEST_FILE));
    const isLacking = job.store !== null && store === null;
    if (!this.isLost && isSent && !isLacking) {
      try {
        const bytes = await packFolder(result, context.largest);
        parcel = store === null ? await this.send(bytes) : await this.leave(store, bytes);
      } catch (error) {
        end = failureOf(error);
      }
    }
    const ended = { type: 'ended', end, parcel, store: parcel === null ? null : job.store } as const;
    if (!this.isLost) this.say({ ...ended, isSetAside: !isRefused && context.judge(end) });
    await this.last;
    watching.abort();
    if (this.isLost) return null;
    // What did not end may come again, and is continued.
    if (end.type === 'finished' || job.format === 'hourglass-shard')
      await context.place.removeRun(job.sweep, job.trial);
    return end;
  }

  /** The store that archives go by; a job does not say where that is, but which it must be. */
  private requireStore(): RunStore | null {
    const { job, context } = this;
    if (job.store === null) return null;
    if (context.store?.shown === job.store) return context.store;
    throw new HourglassError('environment', {
      subject: job.store,
      rule: `the sweep's runs go to this store, and the worker ${context.store === null ? 'has none' : `has ${context.store.shown}`}`,
      hint: `start the worker with --store ${job.store}`,
    });
  }

  /** What came along with the job. */
  private get given(): Depot {
    const { job, context } = this;
    return (
      this.requireStore()?.depot(job.sweep, GIVEN_FOLDER) ??
      queueDepot(context.server.box(parcelsQueue(job.sweep)))
    );
  }

  private async shard(job: ShardJob, out: string): Promise<TrialEnd> {
    await this.context.place.removeRun(job.sweep, job.trial);
    const model = await modelOf(job, this.given, this.context);
    requireInput(job, this.context.data);
    if (this.isStopped) return { type: 'stopped' };
    const running = await startShard(job, { model, out: join(out, OUTPUT) });
    this.trial = running;
    if (this.isStopped) running.stop();
    return running.ended;
  }

  private async train(job: TrialJob, out: string): Promise<TrialEnd> {
    const { context } = this;
    const recipe = loadRecipe(job.recipe, job.set);
    const dataDir = placeOfData(recipe.data.set, job.dataDir, context.data);
    if (job.parcel !== null && !existsSync(join(out, MANIFEST_FILE))) {
      const bytes = await this.given.fetch(job.parcel, context.largest);
      await unpackFolder(bytes, out, context.largest);
    }
    const { offline } = job;
    try {
      await fetchData(recipe.data.set, context.data, { offline, signal: this.stopping.signal });
    } catch (error) {
      if (!this.isStopped) throw error;
    }
    if (this.isStopped) return { type: 'stopped' };
    const { set, threads, measure, test, fingerprint } = job;
    const start = {
      extensions: extensionUrls(),
      ...{ recipe: job.recipe, set, out, threads, dataDir, offline, measure, test, fingerprint },
    };
    const running = context.processes.start(start, (message) => this.forward(message));
    this.trial = running;
    if (this.isStopped) running.stop();
    return running.ended;
  }

  private forward(message: TrialProgress): void {
    switch (message.type) {
      case 'begun': {
        const { type, epochs, epochsBefore } = message;
        this.say({ type, epochs, epochsBefore });
        break;
      }
      case 'step':
        if (performance.now() - this.stepsAt < STEPS) break;
        this.stepsAt = performance.now();
        this.say(message);
        break;
      case 'epoch':
        // A loss that is not finite ends the training, with its reason.
        if (Number.isFinite(message.loss)) this.say(message);
        break;
      case 'measuring':
        this.say(message);
    }
  }

  /** After what was said before. */
  private say(said: Reply['said']): void {
    const { job, context } = this;
    const { trial, attempt } = job;
    const reply: Reply = { version: 1, trial, attempt, worker: context.place.name, said };
    // Its name makes sure that it is there once, whatever becomes of the connection.
    const name = `${trial}-${attempt}-${context.place.name}-${process.pid}-${this.said++}`;
    this.last = this.last
      .then(() => (this.isLost ? undefined : this.replies.put(said.type, reply, name)))
      .catch(() => this.lose());
  }

  private get made(): string {
    const { trial, attempt } = this.job;
    return `${trial}-${attempt}`;
  }

  private leave(store: RunStore, bytes: Uint8Array): Promise<Parcel> {
    return store.depot(this.job.sweep, MADE_FOLDER).put(this.made, bytes);
  }

  private async send(bytes: Uint8Array): Promise<Parcel> {
    const parcel = parcelOf(this.made, bytes);
    const count = piecesOf(parcel);
    for (let index = 0; index < count && !this.isLost; index++) {
      if (index % AT_ONCE === 0) {
        await this.last;
        await this.untilRoom();
      }
      this.say({ type: 'piece', parcel: parcel.id, index, data: pieceOf(bytes, index) });
    }
    return parcel;
  }

  private async untilRoom(): Promise<void> {
    for (const since = performance.now(); !this.isLost; await wait(200)) {
      if ((await this.replies.waiting()) < MOST_PIECES) return;
      if (performance.now() - since < LONGEST_WAIT) continue;
      throw new HourglassError('run', { subject: 'the asker', rule: 'has fetched nothing for an hour' });
    }
  }

  /** Follows what the asker wants; a job that is gone is wanted no more. */
  private watch(): AbortController {
    const ended = new AbortController();
    const look = async () => {
      while (!ended.signal.aborted) {
        await wait(LOOK, undefined, { signal: ended.signal });
        const data = await this.box.look(this.name);
        if (ended.signal.aborted) return;
        if (data === null) this.lose();
        else if (jobSchema.safeParse(data).data?.stop === true) this.stop();
      }
    };
    void look().catch(() => {});
    return ended;
  }
}

function failureOf(error: unknown): TrialEnd {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', kind: error instanceof HourglassError ? error.kind : null, message };
}
