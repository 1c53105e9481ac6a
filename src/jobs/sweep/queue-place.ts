/**
 * Workers behind a queue as a workplace. A trial is a job; what its worker says comes back on a queue of the sweep's own, in
 * order, with the files of its run. Each job has an attempt: what is said of an earlier one is ignored, so that a trial
 * whose lease ended is never counted twice.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError } from '../../errors.ts';
import {
  type Box,
  type Depot,
  GIVEN_FOLDER,
  HandBack,
  type Job,
  jobSchema,
  MADE_FOLDER,
  type Parcel,
  PIECE,
  parcelsQueue,
  type QueueServer,
  queueDepot,
  type Reply,
  type RunStore,
  repliesQueue,
  replySchema,
  requireWhole,
  type Taken,
  TRIALS_QUEUE,
} from '../../queue/index.ts';
import { removeFile, writePiece } from '../../store/index.ts';
import { type QueueTask, trialTask } from './queue-task.ts';
import type { TrialStart } from './trial-messages.ts';
import type { EndedTrial, RunningTrial, TrialEnd, TrialProgress, Workplace } from './workplace.ts';

/** Trials that wait on the queue beyond those that are taken, so that a worker never waits for the next. */
const AHEAD = 2;
/** Milliseconds between looks at what the server has of our jobs. */
const WATCH = 5_000;
/** Milliseconds after which workers that are told to stop are no longer waited for. */
const LONGEST_STOP = 120_000;
/** Milliseconds without a worker after which it is said. */
const LONELY = 10_000;

export interface QueuePlaceOptions {
  readonly folder: string;
  /** The sweep on the queue: 16 hexadecimal digits. */
  readonly id: string;
  readonly server: QueueServer;
  /** Where archives go by; null if they go over the queue. */
  readonly store: RunStore | null;
  /** Trials at the same time, at most. */
  readonly most: number;
  /** Bytes of a run's files, at most. */
  readonly largest: number;
  readonly warn: (message: string) => void;
}

interface OpenTrial {
  readonly number: number;
  readonly task: QueueTask;
  readonly onProgress: (message: TrialProgress) => void;
  readonly end: (ended: EndedTrial) => void;
  /** Ends the sweep: this machine cannot go on. */
  readonly give: (error: Error) => void;
  attempt: number;
  /** Whether its job is on the queue. */
  isPut: boolean;
  isTaken: boolean;
  isStopped: boolean;
  /** Looks in a row at which the server had no job of it. */
  missed: number;
}

export class QueuePlace implements Workplace {
  private readonly options: QueuePlaceOptions;
  private readonly trials: Box;
  private readonly replies: Box;
  private readonly parcels: Box;
  /** What goes along with jobs. */
  readonly given: Depot;
  /** What is in it, to be removed at the end. */
  private readonly givenNames = new Set<string>();
  private readonly made: Depot | null;
  private readonly open = new Map<number, OpenTrial>();
  /** Attempts that an earlier session left on the queue, by trial. */
  private readonly left = new Map<number, number>();
  private lastAttempt = 0;
  private wake: (() => void)[] = [];
  private listening: { close(): Promise<void> } | null = null;
  private watching: NodeJS.Timeout | undefined;
  private takenAt = performance.now();
  private isLonely = false;
  private hasGivenUp = false;
  private endHearing: () => void = () => {};
  private readonly heardEnough = new Promise<void>((resolve) => {
    this.endHearing = resolve;
  });

  constructor(options: QueuePlaceOptions) {
    this.options = options;
    const { server, id, store } = options;
    this.trials = server.box(TRIALS_QUEUE);
    this.replies = server.box(repliesQueue(id));
    this.parcels = server.box(parcelsQueue(id));
    this.made = store?.depot(id, MADE_FOLDER) ?? null;
    const given = store?.depot(id, GIVEN_FOLDER) ?? queueDepot(this.parcels);
    this.given = {
      ...given,
      put: (name, bytes) => {
        this.givenNames.add(name);
        return given.put(name, bytes);
      },
    };
  }

  private get storeShown(): string | null {
    return this.options.store?.shown ?? null;
  }

  /**
   * Finds what an earlier session of the sweep left on the queue: its workers may still train.
   * @param isDone whether a trial needs no more: what is left of it is ignored, as nothing will ask for it.
   * @throws HourglassError (usage) if what is left goes by another store.
   */
  async begin(isDone: (trial: number) => boolean): Promise<void> {
    const remember = (trial: number, attempt: number) => {
      this.lastAttempt = Math.max(attempt, this.lastAttempt);
      if (!isDone(trial)) this.left.set(trial, Math.max(attempt, this.left.get(trial) ?? 0));
    };
    for (const data of await this.trials.all()) {
      const job = jobSchema.safeParse(data);
      if (!job.success || job.data.sweep !== this.options.id) continue;
      if (job.data.store !== this.storeShown && !isDone(job.data.trial)) throw otherStore(job.data.store);
      if (job.data.parcel !== null) this.givenNames.add(job.data.parcel.id);
      remember(job.data.trial, job.data.attempt);
    }
    for (const data of await this.replies.all()) {
      const reply = replySchema.safeParse(data);
      if (!reply.success || reply.data.said.type !== 'ended') continue;
      const { parcel, store } = reply.data.said;
      if (parcel !== null && store !== this.storeShown && !isDone(reply.data.trial)) throw otherStore(store);
      remember(reply.data.trial, reply.data.attempt);
    }
    this.watching = setInterval(() => void this.watch().catch(() => {}), WATCH);
  }

  /** Whether an earlier session left it there: it must be started first, as what is said of it is waited for. */
  isLeft(trial: number): boolean {
    return this.left.has(trial);
  }

  get room(): number {
    const taken = [...this.open.values()].filter(({ isTaken }) => isTaken).length;
    return Math.min(this.options.most, Math.max(taken, this.left.size) + AHEAD);
  }

  moreRoom(): Promise<void> {
    return new Promise((resolve) => void this.wake.push(resolve));
  }

  start(number: number, start: TrialStart, onProgress: (message: TrialProgress) => void): RunningTrial {
    return this.carryOut(number, trialTask(start, this.given, this.options.largest), onProgress);
  }

  /** The same for anything that workers do. */
  carryOut(number: number, task: QueueTask, onProgress: (message: TrialProgress) => void): RunningTrial {
    let end: (ended: EndedTrial) => void = () => {};
    let give: (error: Error) => void = () => {};
    const ended = new Promise<EndedTrial>((resolve, reject) => {
      [end, give] = [resolve, reject];
    });
    const left = this.left.get(number);
    const trial: OpenTrial = {
      ...{ number, task, onProgress, end, give, attempt: left ?? this.nextAttempt() },
      ...{ isPut: left !== undefined, isTaken: false, isStopped: false, missed: 0 },
    };
    this.open.set(number, trial);
    this.left.delete(number);
    this.listening ??= this.options.server.work(repliesQueue(this.options.id), (job) => this.hear(job), {
      parallel: 1,
      lease: 60_000,
    });
    if (left === undefined) {
      void this.put(trial).catch((error: Error) => {
        if (isOurs(error)) this.giveUp(error);
        else this.finish(trial, { type: 'failed', kind: 'run', message: error.message }, false);
      });
    }
    return { ended, stop: () => void this.stop(trial).catch(() => {}) };
  }

  private nextAttempt(): number {
    this.lastAttempt = Math.max(Date.now(), this.lastAttempt + 1);
    return this.lastAttempt;
  }

  private nameOf({ number, attempt }: OpenTrial): string {
    return `${this.options.id}-${number}-${attempt}`;
  }

  private async put(trial: OpenTrial): Promise<void> {
    const { task, number, attempt } = trial;
    const about = await task.about(`${number}-${attempt}`);
    const place = { version: 1, sweep: this.options.id, trial: number, attempt, store: this.storeShown };
    const job = { ...about, ...place, stop: false } as Job;
    if (trial.isStopped) return this.finish(trial, { type: 'stopped' }, false);
    await this.trials.put(job.format, job, this.nameOf(trial));
    trial.isPut = true;
    if (trial.isStopped) await this.stop(trial);
  }

  /** One that no worker has is removed; another is told, and ends with its files. */
  private async stop(trial: OpenTrial): Promise<void> {
    trial.isStopped = true;
    if (!trial.isPut) return;
    const name = this.nameOf(trial);
    if (await this.trials.remove(name)) return this.finish(trial, { type: 'stopped' }, false);
    const data = jobSchema.safeParse(await this.trials.look(name));
    if (data.success) await this.trials.change(name, { ...data.data, stop: true });
    // A machine that is gone does not answer; the trial is continued with the sweep.
    setTimeout(() => this.finish(trial, { type: 'stopped' }, false), LONGEST_STOP).unref();
  }

  private finish(trial: OpenTrial, end: TrialEnd, isSetAside: boolean): void {
    if (this.open.get(trial.number) !== trial) return;
    this.open.delete(trial.number);
    trial.end({ end, isSetAside });
  }

  /** Nothing more is heard: what workers have, and what they say of it, is left on the queue for another session. */
  private giveUp(error: Error): void {
    this.hasGivenUp = true;
    const open = [...this.open.values()];
    this.open.clear();
    for (const trial of open) trial.give(error);
  }

  /** A session that has given up lets another one hear of it. */
  private async untilNextSession(): Promise<void> {
    if (!this.hasGivenUp) return;
    await this.heardEnough;
    throw new HandBack();
  }

  private async hear(job: Taken): Promise<void> {
    await this.untilNextSession();
    const parsed = replySchema.safeParse(job.data);
    if (!parsed.success) return this.options.warn('a reply on the queue is not valid, and is ignored');
    const reply = parsed.data;
    // Trials of an earlier session are opened one after the other.
    while (this.left.has(reply.trial)) await new Promise((resolve) => setTimeout(resolve, 20));
    const trial = this.open.get(reply.trial);
    if (trial === undefined || trial.attempt !== reply.attempt) return;
    trial.missed = 0;
    await this.tell(trial, reply);
    await this.untilNextSession();
  }

  private async tell(trial: OpenTrial, { said, worker }: Reply): Promise<void> {
    const { onProgress, task } = trial;
    const taken = (pid?: number) => {
      if (trial.isTaken) return;
      trial.isTaken = true;
      this.takenAt = performance.now();
      for (const wake of this.wake.splice(0)) wake();
      onProgress({ type: 'taken', worker, pid });
    };
    switch (said.type) {
      case 'taken':
        return taken(said.pid);
      case 'begun':
        taken();
        return onProgress({ ...said, folder: task.out });
      case 'step':
      case 'epoch':
      case 'measuring':
        return onProgress(said);
      case 'piece':
        return this.keep(trial, said);
      case 'ended': {
        const { parcel, store } = said;
        const arrived = parcel === null ? null : await this.arrived(trial, parcel, store !== null);
        if (this.hasGivenUp) return;
        const lacksRun = parcel === null && said.end.type === 'finished';
        const end: TrialEnd = lacksRun
          ? { type: 'crashed', message: 'its worker sent no run' }
          : arrived === null
            ? said.end
            : { type: 'crashed', message: arrived };
        if (arrived === null && parcel !== null) {
          const archive = task.isKept
            ? (this.options.store?.placeOf(parcel.id, this.options.id, MADE_FOLDER) ?? null)
            : null;
          onProgress({ type: 'arrived', folder: task.out, archive });
        }
        return this.finish(trial, end, said.isSetAside);
      }
    }
  }

  private pieces({ number }: OpenTrial): string {
    return join(this.options.folder, `arriving-${number}.part`);
  }

  /** At its place in the file: what comes twice is there once. */
  private async keep(trial: OpenTrial, { index, data }: { index: number; data: string }): Promise<void> {
    if (index * PIECE > this.options.largest) return;
    await writePiece(this.pieces(trial), Buffer.from(data, 'base64'), index * PIECE);
  }

  /** Makes the run of what arrived; returns what is wrong with it. */
  private async arrived(trial: OpenTrial, parcel: Parcel, isStored: boolean): Promise<string | null> {
    const pieces = this.pieces(trial);
    try {
      if (isStored) {
        if (this.made === null) return 'its files are in a store, and the sweep has none';
        await trial.task.arrive(await this.made.fetch(parcel, this.options.largest));
        if (!trial.task.isKept) await this.made.remove(parcel.id);
      } else await trial.task.arrive(requireWhole(await readFile(pieces), parcel));
      return null;
    } catch (error) {
      if (isOurs(error)) {
        // The worker has done its part: another session hears of it again, and fetches what it made.
        this.giveUp(error);
        return null;
      }
      return `its files did not arrive: ${(error as Error).message}`;
    } finally {
      if (!isStored) await removeFile(pieces);
    }
  }

  /** A server that was restarted may have lost jobs: they are put again. */
  private async watch(): Promise<void> {
    for (const trial of this.open.values()) {
      if (!trial.isPut) continue;
      const state = await this.trials.state(this.nameOf(trial));
      if (state === 'waiting' || state === 'active') trial.missed = 0;
      else if (state === 'failed') {
        await this.trials.remove(this.nameOf(trial));
        this.finish(trial, { type: 'crashed', message: 'a worker could not read its job' }, false);
      }
      // What its worker said last may still wait to be heard.
      else if ((await this.replies.waiting()) === 0 && ++trial.missed >= 2) {
        trial.missed = 0;
        if (this.open.get(trial.number) !== trial) continue;
        if (trial.isStopped) {
          this.finish(trial, { type: 'stopped' }, false);
          continue;
        }
        [trial.attempt, trial.isPut, trial.isTaken] = [this.nextAttempt(), false, false];
        this.options.warn(`trial ${trial.number} is no longer on the queue, and is put there again`);
        await this.put(trial);
      }
    }
    const taken = [...this.open.values()].some(({ isTaken }) => isTaken);
    if (taken || this.open.size === 0) this.takenAt = performance.now();
    if (taken) this.isLonely = false;
    else if (!this.isLonely && performance.now() - this.takenAt > LONELY) {
      this.isLonely = true;
      this.options.warn(
        `no worker takes what is asked; start one: hourglass worker --queue ${this.options.server.shown}`,
      );
    }
  }

  /** @param isOver whether nothing of the sweep is to stay on the server. */
  async close(isOver: boolean): Promise<void> {
    clearInterval(this.watching);
    this.endHearing();
    // What still waits for it is not needed, or is fetched by another session.
    if (!isOver) this.options.store?.close();
    await this.listening?.close();
    if (!isOver) return;
    try {
      if (this.options.store !== null)
        await Promise.all([...this.givenNames].map((name) => this.given.remove(name)));
      await this.replies.clear();
      await this.parcels.clear();
    } catch (error) {
      this.options.warn(`what the sweep left on the queue could not be removed: ${(error as Error).message}`);
    }
  }
}

/** Whether the fault is this machine's, such as credentials that are no longer valid: trials would only fail one after the other. */
const isOurs = (error: unknown): error is HourglassError =>
  error instanceof HourglassError && error.kind === 'environment';

const otherStore = (store: string | null): HourglassError =>
  new HourglassError('usage', {
    subject: '--store',
    rule: `trials of an earlier session are still on the queue, and their runs go ${store === null ? 'over the queue' : 'to another store'}`,
    hint: store === null ? 'leave --store out' : `give --store ${store}`,
  });
