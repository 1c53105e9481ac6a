/** All runs of a folder: those that this server trains, those that other processes train, and those that have ended. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../server/problem.ts';
import { changeTags, deleteRun, type ListedRun, listRuns, runName } from '../../store/index.ts';
import type { Command, LastPictures, RunDetails, RunEntry, RunMessage, SamplerName } from '../protocol.ts';
import type { DataSets } from './data.ts';
import { Fitter } from './fitter.ts';
import { PictureMaker } from './last-pictures.ts';
import { type LiveRun, startTraining } from './live-run.ts';
import { detailsOf, entryOf, isReadable, messagesOf } from './recorded.ts';
import { idOf } from './run-ids.ts';

/** Milliseconds from one look at a run that another process trains to the next. */
const LOOK_EVERY = 1000;
/** Ended runs whose last pictures are kept. */
const KEPT = 20;

export interface RunsOptions {
  /** The folder that the run folders are in. */
  readonly folder: string;
  readonly dataDir: string | null;
  readonly extensions: readonly string[];
  readonly data: DataSets;
}

export class Runs {
  private readonly options: RunsOptions;
  /** By id, the latest last. */
  private readonly live = new Map<string, LiveRun>();
  private readonly training = new Set<string>();
  private readonly pictures: PictureMaker;
  private readonly fitter: Fitter;

  constructor(options: RunsOptions) {
    this.options = options;
    const { dataDir, extensions } = options;
    this.pictures = new PictureMaker({ dataDir, extensions });
    this.fitter = new Fitter({ dataDir, extensions });
  }

  async list(): Promise<readonly RunEntry[]> {
    const entries = await Promise.all((await listRuns(this.options.folder)).map(entryOf));
    return entries.map((entry) => this.asNow(entry));
  }

  async details(id: string): Promise<RunDetails> {
    const run = await this.find(id);
    if (!isReadable(run)) throw new Problem(409, run.problem);
    return this.asNow(await detailsOf(run, (dataset) => this.options.data.idOfRun(dataset)));
  }

  /** The state of a run in memory is newer than the one on disk. */
  private asNow<T extends RunEntry>(entry: T): T {
    return this.training.has(entry.id) ? { ...entry, state: this.live.get(entry.id)!.log.state } : entry;
  }

  async begin(
    recipeName: string,
    run: {
      recipe: string | Readonly<Record<string, unknown>>;
      set: Readonly<Record<string, unknown>>;
      data: string;
    },
    isPaused: boolean,
  ): Promise<string> {
    const out = join(this.options.folder, runName(recipeName, new Date()));
    return this.start({ type: 'new', ...run, out }, isPaused);
  }

  async resume(id: string): Promise<void> {
    await this.settled(id);
    if (this.training.has(id)) throw new Problem(409, 'This run is training already.');
    const { folder } = await this.find(id);
    await this.start({ type: 'resume', folder }, false);
  }

  /** A training that has said its last word holds its run for a moment longer. */
  private async settled(id: string): Promise<void> {
    const live = this.live.get(id);
    if (live !== undefined && ['finished', 'stopped', 'failed'].includes(live.log.state)) await live.ended;
  }

  private async start(run: Parameters<typeof startTraining>[0]['run'], isPaused: boolean): Promise<string> {
    const { dataDir, extensions } = this.options;
    const begun = await startTraining({ run, dataDir, extensions, isPaused }).catch((error: Error) => {
      throw new Problem(422, error.message);
    });
    const id = idOf(begun.folder);
    this.live.delete(id);
    this.live.set(id, begun);
    this.training.add(id);
    void begun.ended.then(() => {
      this.training.delete(id);
      for (const old of [...this.live.keys()].slice(0, -KEPT))
        if (!this.training.has(old)) this.live.delete(old);
    });
    return id;
  }

  async command(id: string, command: Command): Promise<void> {
    const live = this.training.has(id) ? this.live.get(id) : undefined;
    if (live !== undefined) return live.command(command);
    const run = await this.find(id);
    const writer = isReadable(run) ? run.writer : null;
    if (writer === null) throw new Problem(409, 'This run is not training.');
    if (command.type !== 'stop') {
      throw new Problem(409, 'Another process trains this run: it can be stopped, and nothing else.');
    }
    if (writer.host !== hostname()) throw new Problem(409, `This run is training on ${writer.host}.`);
    process.kill(writer.pid, 'SIGINT');
  }

  async tag(id: string, tags: readonly string[]): Promise<void> {
    const run = await this.find(id);
    await changeTags(run.folder, { add: tags, remove: run.tags.filter((tag) => !tags.includes(tag)) });
  }

  async remove(id: string): Promise<void> {
    await this.settled(id);
    const { folder } = await this.find(id);
    await deleteRun(folder);
    this.live.get(id)?.log.post({ type: 'failed', message: 'This run was deleted.' });
    this.live.delete(id);
  }

  async folderOf(id: string): Promise<string> {
    return (await this.find(id)).folder;
  }

  /** @throws Problem 404 */
  private async find(id: string): Promise<ListedRun> {
    const run = (await listRuns(this.options.folder)).find(({ folder }) => idOf(folder) === id);
    if (run === undefined) throw new Problem(404, 'There is no such run: it may have been deleted.');
    return run;
  }

  /**
   * Calls `listen` with what is known and all that happens.
   * @returns what ends it.
   */
  async follow(id: string, listen: (message: RunMessage) => void): Promise<() => void> {
    const live = this.live.get(id);
    if (live !== undefined) return live.log.follow(listen);
    const run = await this.find(id);
    if (!isReadable(run)) throw new Problem(409, run.problem);
    const first = await messagesOf(run);
    for (const message of first) listen(message);
    if (run.status !== 'running') return () => {};
    return this.watch(id, listen, new Set(first.map((message) => JSON.stringify(message))));
  }

  /** A run that another process trains: its files say how far it is. */
  private watch(id: string, listen: (message: RunMessage) => void, told: Set<string>): () => void {
    const look = async () => {
      try {
        const run = await this.find(id);
        if (!isReadable(run)) return;
        for (const message of await messagesOf(run)) {
          const text = JSON.stringify(message);
          if (told.has(text) || (message.type === 'event' && message.event.type === 'start')) continue;
          told.add(text);
          listen(message);
        }
        if (run.status !== 'running') clearInterval(timer);
      } catch (error) {
        clearInterval(timer);
        listen({ type: 'failed', message: (error as Error).message });
      }
    };
    const timer = setInterval(() => void look(), LOOK_EVERY);
    return () => clearInterval(timer);
  }

  /**
   * Pictures of a run that does not train, as it was left.
   * @throws Problem 409 if it trains or is damaged.
   */
  async lastPictures(id: string): Promise<LastPictures> {
    const run = await this.find(id);
    if (!isReadable(run)) throw new Problem(409, run.problem);
    if (this.training.has(id) || run.status === 'running') {
      throw new Problem(409, 'This run is training: its pictures come with its messages.');
    }
    const { status, epoch, endedAt } = run.manifest;
    return this.pictures.of(run.folder, `${status} ${epoch} ${endedAt}`);
  }

  /** Fits a distribution to the codes of a finished run, and keeps it with its model. */
  async fitSampler(id: string, kind: SamplerName): Promise<void> {
    const run = await this.find(id);
    if (!isReadable(run)) throw new Problem(409, run.problem);
    if (this.training.has(id) || run.status !== 'finished') {
      throw new Problem(409, 'This run is not finished: nothing can be fitted to its codes yet.');
    }
    await this.fitter.fit(run.folder, kind);
  }

  /** The folders of the runs that this server trains. */
  get trained(): readonly string[] {
    return [...this.training].map((id) => this.live.get(id)!.folder);
  }

  /** Stops them, each with a checkpoint. @returns their folders. */
  async stopAll(): Promise<readonly string[]> {
    const runs = [...this.training].map((id) => this.live.get(id)!);
    for (const run of runs) {
      try {
        run.command({ type: 'stop' });
      } catch {
        // It has just ended by itself.
      }
    }
    await Promise.all(runs.map(({ ended }) => ended));
    return runs.map(({ folder }) => folder);
  }
}
