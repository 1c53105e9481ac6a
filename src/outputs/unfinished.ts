/**
 * An output that a later command can continue. It grows in a folder next to its place, `codes.npy.part`, with a record of how far
 * it is. The record is written again every ten seconds; the folder is removed once the output is whole.
 */
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '../codecs/safetensors.ts';
import { HourglassError } from '../errors.ts';
import { readFileIfThere } from '../read-file.ts';
import { acquire, type Growing, type Lock, unwritable, writeWhole } from '../store/index.ts';
import { packageVersion } from '../version.ts';
import type { Saved } from './sink.ts';

const RECORD = 'progress.safetensors';
/** Milliseconds between two records, and how many times longer than it takes to write one. */
const EVERY = 10_000;
const TIMES = 20;
/** Bytes: eight per score of an image. */
const LARGEST = 2 ** 32;

/** How far a command came. */
export interface Progress {
  /** Samples in the output. */
  done: number;
  /** Samples of the inputs that were read for them, bad ones included. */
  read: number;
  /** The name of the last sample in the output. */
  last: string;
}

/** What an output depends on. */
export interface Basis {
  /** Settings, by what they are called in errors. */
  settings: Readonly<Record<string, string>>;
  /** The files that are read, in order. */
  files: readonly FileState[];
}

export interface FileState {
  path: string;
  bytes: number;
  /** When it was changed. */
  time: string;
}

export class Unfinished {
  /** How far the earlier command came that this one continues. */
  readonly progress: Progress | null;
  readonly saved: Saved | null;
  readonly path: string;
  private readonly basis: Basis;
  private readonly lock: Lock;
  private readonly every: number;
  /** What a later command can continue: all that was recorded, by this command or the earlier one. */
  recorded: Progress | null;
  private nextAt: number;

  private constructor(
    path: string,
    basis: Basis,
    lock: Lock,
    found: { progress: Progress; saved: Saved } | null,
    every: number,
  ) {
    this.path = path;
    this.basis = basis;
    this.lock = lock;
    this.progress = found?.progress ?? null;
    this.saved = found?.saved ?? null;
    this.every = every;
    this.recorded = this.progress;
    this.nextAt = performance.now() + every;
  }

  /**
   * @param output the place of the output.
   * @param options.every milliseconds between two records.
   * @throws HourglassError (usage) for a record of an earlier command, unless `resume` continues or `force` replaces it; for one
   * with another basis; (run) where another process writes there.
   */
  static async open(
    output: string,
    basis: Basis,
    { resume, force, every = EVERY }: { resume: boolean; force: boolean; every?: number },
  ): Promise<Unfinished> {
    const path = partOf(output);
    const settings = { ...basis.settings, 'version of hourglass': packageVersion() };
    const all = { ...basis, settings };
    try {
      await mkdir(path, { recursive: true });
    } catch (error) {
      throw unwritable(output, error);
    }
    const lock = await acquire(join(path, 'lock'), path).catch(async (error) => {
      // Only if there is nothing in it.
      await rmdir(path).catch(() => {});
      throw error;
    });
    try {
      const found = resume || !force ? await recordIn(path) : null;
      if (found !== null && !resume) {
        throw new HourglassError('usage', {
          subject: path,
          rule: `has ${found.progress.done.toLocaleString('en')} samples of a command that ended early`,
          hint: 'continue with --resume, or start over with --force',
        });
      }
      if (found === null) await rm(join(path, RECORD), { force: true });
      else {
        requireSame(path, found.basis.settings, settings);
        requireSame(path, ...filesRead(found.basis.files, basis.files, found.progress));
      }
      return new Unfinished(path, all, lock, found, every);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Where a file of the output grows, with the bytes that are kept of it. */
  growing(name: string, length: number): Growing {
    return { at: join(this.path, name), length };
  }

  get isDue(): boolean {
    return performance.now() >= this.nextAt;
  }

  /** Records how far the output is. */
  async record(progress: Progress, { values, tensors = new Map() }: Saved): Promise<void> {
    const begun = performance.now();
    await this.lock.requireHeld();
    const text = JSON.stringify({ basis: this.basis, progress, values });
    await writeWhole(join(this.path, RECORD), encodeSafetensors(tensors, { record: text }));
    this.recorded = progress;
    const now = performance.now();
    this.nextAt = now + Math.max(this.every, TIMES * (now - begun));
  }

  /** Leaves what is recorded for a later command; nothing where nothing is. */
  async leave(): Promise<void> {
    if (this.recorded !== null) await this.lock.release();
    else await this.remove();
  }

  /** The output is whole, or is not wanted. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** `codes.npy.part` for `codes.npy`. */
export const partOf = (output: string): string => `${output.replace(/[\\/]+$/, '')}.part`;

async function recordIn(path: string): Promise<{ basis: Basis; progress: Progress; saved: Saved } | null> {
  const file = join(path, RECORD);
  const bytes = await readFileIfThere(file, { most: LARGEST });
  if (bytes === null) return null;
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const { basis, progress, values } = JSON.parse(metadata.record!) as {
    basis: Basis;
    progress: Progress;
    values: Saved['values'];
  };
  return { basis, progress, saved: { values, tensors } };
}

type Named = Readonly<Record<string, string>>;

/**
 * The files that were read, as they were and are. Later ones may have been mended since, and so may the archive that was being
 * read, if it has another length now: its pictures have names, which are compared when they are read again.
 */
function filesRead(
  before: readonly FileState[],
  now: readonly FileState[],
  { last }: Progress,
): [before: Named, now: Named] {
  const at = before.findIndex(({ path }) => last.startsWith(path));
  const isMended = at >= 0 && last.startsWith(`${before[at]!.path}/`) && before[at]!.bytes !== now[at]?.bytes;
  const named = (files: readonly FileState[]) =>
    Object.fromEntries(
      files
        .slice(0, isMended ? at : at + 1)
        .map(({ path, bytes, time }) => [path, `${bytes} bytes of ${time}`]),
    );
  return [named(before), named(now)];
}

/** @throws HourglassError (usage) with the first thing that is not as it was. */
function requireSame(path: string, before: Named, now: Named): void {
  for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
    if (before[key] === now[key]) continue;
    throw new HourglassError('usage', {
      subject: path,
      rule: `was begun with ${key}: ${before[key] ?? 'none'}`,
      got: now[key] ?? 'none',
      hint: 'give the command again as it was, or start over: --force without --resume',
    });
  }
}
