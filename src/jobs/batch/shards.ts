/**
 * Shards of inputs over a queue: a job each, carried out by workers as the command that a user would run. An output is whole or
 * absent; the manifest says which there are, so that the same command continues what was stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { MODEL_FOLDER } from '../../model/content.ts';
import { type Job, type ShardJob, shardFlagsSchema } from '../../queue/index.ts';
import { readTextIfThere } from '../../read-file.ts';
import {
  acquire,
  fileDigest,
  makeFolder,
  packFolder,
  removeFolder,
  replace,
  unpackFolder,
  writeWhole,
} from '../../store/index.ts';
import { LARGEST_RUN, openQueue } from '../sweep/places.ts';
import type { QueueTask } from '../sweep/queue-task.ts';
import { isWorkersFault, MOST_FAILURES } from '../sweep/workplace.ts';
import { isNamedSet } from '../worker/data-places.ts';

const MANIFEST = 'manifest.json';
/** Shards that are found in a folder. */
const SHARD = /\.(tar|tgz|tar\.gz|parquet|npy|npz|csv|tsv|jsonl|safetensors)$/i;

export interface ShardsRequest {
  verb: ShardJob['verb'];
  /** The folder of a finished run, or its model's. */
  model: string;
  /** Files, folders with shards, or splits of data sets. */
  inputs: readonly string[];
  /** The folder of the outputs. */
  out: string;
  /** What each output's name ends in; '' for a folder each. */
  ending: string;
  /** The command's flags; those that mean nothing to a worker are left out. */
  flags: object;
  queue: string;
  /** The store that outputs come back by; '' for that in HOURGLASS_STORE. */
  store?: string | undefined;
  /** Continues what was stopped; without it, outputs that exist are refused. */
  resume: boolean;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: ShardsEvent) => void) | undefined;
}

export type ShardsEvent =
  | { type: 'start'; shards: number; done: number; queue: string }
  | { type: 'end'; input: string; output: string; worker: string; problem: string | null }
  | { type: 'warning'; message: string };

const manifestSchema = z.strictObject({
  format: z.literal('hourglass-shards'),
  version: z.literal(1),
  verb: z.string(),
  /** The SHA-256 of the model's archive. */
  model: z.string(),
  flags: z.record(z.string(), z.json()),
  shards: z.array(
    z.strictObject({
      input: z.string(),
      /** Relative to the manifest. */
      output: z.string(),
      /** The SHA-256 of the input; null for a set with a name. */
      fingerprint: z.string().nullable(),
      worker: z.string(),
    }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface ShardsResult {
  status: 'finished' | 'stopped';
  manifest: string;
  done: number;
  failed: { input: string; problem: string }[];
}

/** @throws HourglassError (usage) where outputs of other settings are in the folder. */
export async function carryOutShards(request: ShardsRequest): Promise<ShardsResult> {
  const shards = shardsOf(request);
  const flags = knownFlags.parse(request.flags);
  await makeFolder(request.out);
  const lock = await acquire(join(request.out, 'shards.lock'), request.out);
  try {
    const folder = existsSync(join(request.model, MODEL_FOLDER))
      ? join(request.model, MODEL_FOLDER)
      : request.model;
    const model = await packFolder(folder, LARGEST_RUN * 2 ** 20);
    const manifest = await manifestOf(
      { ...request, flags },
      createHash('sha256').update(model).digest('hex'),
    );
    return await new Shards({ ...request, flags }, shards, model, manifest).run();
  } finally {
    await lock.release();
  }
}

const knownFlags = z.object(shardFlagsSchema.shape);
type Checked = Omit<ShardsRequest, 'flags'> & { flags: ShardJob['flags'] };

interface Shard {
  readonly number: number;
  readonly input: string;
  /** The output's name. */
  readonly file: string;
}

function shardsOf({ inputs, ending }: ShardsRequest): Shard[] {
  const all = inputs.flatMap((input) => {
    if (!existsSync(input)) return [elsewhere(input)];
    const files = namesIn(input).filter((name) => SHARD.test(name));
    return files.length === 0 ? [resolve(input)] : files.sort().map((name) => resolve(input, name));
  });
  const names = new Map<string, number>();
  return all.map((input, number) => {
    const stem = basename(input)
      .replace(SHARD, '')
      .replace(/[^\w-]+/g, '-')
      .replace(/^-+/, '');
    const times = (names.get(stem) ?? 0) + 1;
    names.set(stem, times);
    return { number, input, file: `${stem || 'shard'}${times === 1 ? '' : `-${times}`}${ending}` };
  });
}

/** A set with a name, or a path that is to be on the workers: only an absolute one is the same there. */
function elsewhere(input: string): string {
  if (isAbsolute(input) || isNamedSet(input.replace(/:[\w-]+$/, ''))) return input;
  throw new HourglassError('data', {
    subject: input,
    rule: 'is neither a file or folder here nor a data set with a name',
    hint: 'give an absolute path for a file that only the workers have',
  });
}

/** A file has none. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    throw error;
  }
}

async function manifestOf({ out, verb, flags, resume }: Checked, model: string): Promise<Manifest> {
  const file = join(out, MANIFEST);
  const wanted = { format: 'hourglass-shards', version: 1, verb, model, flags: { ...flags } } as const;
  const text = await readTextIfThere(file, { most: 1e8 });
  if (text === null) return { ...wanted, flags: JSON.parse(JSON.stringify(flags)), shards: [] };
  if (!resume)
    throw new HourglassError('usage', {
      subject: file,
      rule: 'already exists',
      hint: 'add --resume to continue it, or give another folder',
    });
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new HourglassError('run', { subject: file, rule: 'is damaged' });
  const { shards: _, ...before } = parsed.data;
  if (JSON.stringify(before) !== JSON.stringify({ ...wanted, flags: JSON.parse(JSON.stringify(flags)) }))
    throw new HourglassError('usage', {
      subject: file,
      rule: 'belongs to another command, model or settings',
      hint: 'repeat that command, or give another folder',
    });
  return parsed.data;
}

class Shards {
  private readonly request: Checked;
  private readonly shards: readonly Shard[];
  private readonly model: Uint8Array;
  private readonly manifest: Manifest;
  private readonly failed: ShardsResult['failed'] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(request: Checked, shards: readonly Shard[], model: Uint8Array, manifest: Manifest) {
    [this.request, this.shards, this.model, this.manifest] = [request, shards, model, manifest];
  }

  async run(): Promise<ShardsResult> {
    const { request, manifest } = this;
    const { out, signal, onEvent, queue: address, store } = request;
    const done = new Set(
      manifest.shards.filter(({ output }) => existsSync(join(out, output))).map(({ input }) => input),
    );
    const waiting = this.shards.filter(({ input }) => !done.has(input));
    const warn = (message: string) => onEvent?.({ type: 'warning', message });
    const { place, queue, close } = await openQueue(
      out,
      { queue: address, store },
      Number.POSITIVE_INFINITY,
      { isDone: (number) => !waiting.some((shard) => shard.number === number), warn },
    );
    waiting.sort((a, b) => Number(place.isLeft(b.number)) - Number(place.isLeft(a.number)));
    const attempts = new Map<number, number>();
    let isOver = false;
    try {
      onEvent?.({ type: 'start', shards: this.shards.length, done: done.size, queue });
      const parcel = await place.given.put('model', this.model);
      const active = new Set<Promise<void>>();
      const one = async (shard: Shard) => {
        const again = await this.carryOut(shard, place, parcel, attempts);
        if (again) waiting.push(shard);
      };
      for (;;) {
        while (waiting.length > 0 && active.size < place.room && !signal?.aborted) {
          const work: Promise<void> = one(waiting.shift()!).finally(() => active.delete(work));
          active.add(work);
          work.catch(() => {});
        }
        if (active.size === 0) break;
        await Promise.race([...active, place.moreRoom()]);
      }
      isOver = true;
    } finally {
      await close(isOver);
    }
    const isStopped = signal?.aborted === true && waiting.length > 0;
    return {
      status: isStopped ? 'stopped' : 'finished',
      manifest: join(out, MANIFEST),
      done: manifest.shards.length,
      failed: this.failed,
    };
  }

  /** Whether it is to be carried out again. */
  private async carryOut(
    shard: Shard,
    place: Awaited<ReturnType<typeof openQueue>>['place'],
    parcel: Job['parcel'],
    attempts: Map<number, number>,
  ): Promise<boolean> {
    const { request } = this;
    const { signal, onEvent } = request;
    const fingerprint = await fileDigest(shard.input);
    let worker = '';
    const running = place.carryOut(shard.number, this.taskOf(shard, parcel, fingerprint), (message) => {
      if (message.type === 'taken') worker = message.worker;
    });
    const stop = () => running.stop();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const { end } = await running.ended;
    signal?.removeEventListener('abort', stop);
    const { input, file } = shard;
    if (end.type === 'finished') {
      await this.record({ input, output: file, fingerprint, worker });
      onEvent?.({ type: 'end', input, output: file, worker, problem: null });
      return false;
    }
    if (end.type === 'stopped') return true;
    const tries = (attempts.get(shard.number) ?? 0) + 1;
    attempts.set(shard.number, tries);
    if (isWorkersFault(end) && tries < MOST_FAILURES) {
      onEvent?.({ type: 'warning', message: `${input} is tried again: worker ${worker}: ${end.message}` });
      return true;
    }
    this.failed.push({ input, problem: end.message });
    onEvent?.({ type: 'end', input, output: file, worker, problem: end.message });
    return false;
  }

  private taskOf({ input, file }: Shard, parcel: Job['parcel'], fingerprint: string | null): QueueTask {
    const { out, verb, flags } = this.request;
    return {
      out: join(out, file),
      isKept: false,
      about: async () => ({ format: 'hourglass-shard', verb, input, fingerprint, file, flags, parcel }),
      arrive: async (archive) => {
        const beside = join(out, `.${file}`);
        await unpackFolder(archive, beside, LARGEST_RUN * 2 ** 20);
        if (!existsSync(join(beside, file))) {
          await removeFolder(beside);
          throw new Error(`its worker sent no ${file}`);
        }
        await replace(join(out, file), join(beside, file));
        await removeFolder(beside);
      },
    };
  }

  private record(shard: Manifest['shards'][number]): Promise<void> {
    const { manifest, request } = this;
    manifest.shards = [...manifest.shards.filter(({ input }) => input !== shard.input), shard].sort((a, b) =>
      a.output < b.output ? -1 : 1,
    );
    const write = () => writeWhole(join(request.out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    this.writing = this.writing.then(write, write);
    return this.writing;
  }
}
