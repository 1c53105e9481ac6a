/**
 * The folder of a worker: the runs of its trials, and what it has taken from the queue. A worker that is started again takes
 * the folder of one that died, gives back what that had taken, and continues its runs.
 */
import { readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { readTextIfThere } from '../../read-file.ts';
import { acquire, type Lock, lockState, makeFolder, removeFolder, writeWhole } from '../../store/index.ts';

const LEASES_FILE = 'taken.json';
const LOCK_FILE = 'worker.lock';
const MOST_WORKERS = 1000;
/** Milliseconds after which the runs of a sweep that nobody asked for again are removed. */
const OLD_RUNS = 7 * 24 * 3_600_000;

const leasesSchema = z.array(z.strictObject({ name: z.string(), token: z.string() }));
/** A job, and what shows that it is this worker's. */
export type Lease = z.infer<typeof leasesSchema>[number];

export class WorkerPlace {
  readonly folder: string;
  readonly name: string;
  private readonly lock: Lock;
  private leases: readonly Lease[];
  private writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, name: string, lock: Lock, leases: readonly Lease[]) {
    this.folder = folder;
    this.name = name;
    this.lock = lock;
    this.leases = leases;
  }

  /** The first folder in `root` that no other worker has; or that of a name. */
  static async open(root: string, wanted: string | undefined): Promise<WorkerPlace> {
    const base = wanted ?? hostname().replace(/[^\w.-]/g, '-');
    for (let n = 1; n <= MOST_WORKERS; n++) {
      const name = n === 1 ? base : `${base}-${n}`;
      const folder = resolve(root, name);
      await makeFolder(join(folder, 'runs'));
      const path = join(folder, LOCK_FILE);
      if (wanted === undefined && (await lockState(path)).state === 'held') continue;
      try {
        const lock = await acquire(path, folder);
        const place = new WorkerPlace(folder, name, lock, await leasesIn(folder));
        await place.removeOldRuns();
        return place;
      } catch (error) {
        // Another worker was faster.
        if (wanted !== undefined || !(error instanceof HourglassError)) throw error;
      }
    }
    throw new HourglassError('run', { subject: root, rule: `has ${MOST_WORKERS} workers` });
  }

  /** What was taken and not given back: at first by a worker that died here. */
  get taken(): readonly Lease[] {
    return this.leases;
  }

  runOf(sweep: string, trial: number): string {
    return join(this.folder, 'runs', sweep, `trial-${String(trial).padStart(4, '0')}`);
  }

  modelOf(sha256: string): string {
    return join(this.folder, 'models', sha256);
  }

  take(lease: Lease): Promise<void> {
    return this.change([...this.leases.filter(({ name }) => name !== lease.name), lease]);
  }

  giveBack(given: string): Promise<void> {
    return this.change(this.leases.filter(({ name }) => name !== given));
  }

  private change(leases: readonly Lease[]): Promise<void> {
    this.leases = leases;
    const write = () => writeWhole(join(this.folder, LEASES_FILE), `${JSON.stringify(this.leases)}\n`);
    this.writing = this.writing.then(write, write);
    return this.writing;
  }

  private async removeOldRuns(): Promise<void> {
    const runs = join(this.folder, 'runs');
    for (const sweep of await readdir(runs)) {
      const { mtimeMs } = await stat(join(runs, sweep));
      if (Date.now() - mtimeMs > OLD_RUNS) await removeFolder(join(runs, sweep));
    }
  }

  async removeRun(sweep: string, trial: number): Promise<void> {
    await removeFolder(this.runOf(sweep, trial));
  }

  async close(): Promise<void> {
    await this.writing.catch(() => {});
    await this.lock.release();
  }
}

async function leasesIn(folder: string): Promise<Lease[]> {
  const text = await readTextIfThere(join(folder, LEASES_FILE), { most: 1e6 });
  try {
    return leasesSchema.parse(JSON.parse(text ?? '[]'));
  } catch {
    return [];
  }
}
