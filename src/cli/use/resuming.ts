/** Outputs of many samples: written through, and continued by a later command where one ended early. */
import { stat } from 'node:fs/promises';
import type { Destination, FileState, Progress, Saved, Unfinished, Written } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import type { InputFlags, Use } from './frame.ts';

/** A batch of samples, and how far the inputs were read for it. */
export interface SampleBatch {
  readonly names: readonly string[];
  /** Samples of the inputs up to the last one of this batch, bad ones included. */
  readonly read: number;
  /** The name of the last sample of the inputs; default the last of `names`. */
  readonly last?: string;
}

/** What samples go through. */
interface Output<B extends SampleBatch, W extends Written> {
  write(batch: B): Promise<void>;
  /** Null where it cannot be continued from here. Absent where it never can. */
  save?(): Promise<Saved | null>;
  finish(): Promise<W>;
  abandon(): Promise<void>;
}

/** What a later command has to have in common with this one, in addition to its inputs. */
interface Command {
  name: string;
  /** Settings that the output depends on. */
  settings: Readonly<Record<string, unknown>>;
}

/**
 * Opens the unfinished output, of an earlier command with `--resume`; null for standard output and input, and for contact sheets.
 * @throws HourglassError (usage) where there is one and neither `--resume` nor `--force` is given, and where it is another's.
 */
export async function openWork(
  { path: model, note }: Use,
  { path, format, force, rawCsv = false }: Destination,
  inputs: readonly string[],
  flags: InputFlags,
  { name, settings: own }: Command,
): Promise<Unfinished | null> {
  const { resume = false, batch, limit, fit, invert, background, followLinks } = flags;
  if (path === null || format === 'sheet' || format === 'npz' || inputs.includes('-')) {
    if (!resume) return null;
    throw new HourglassError('usage', {
      subject: '--resume',
      rule: 'continues files and folders, of inputs that can be read again',
      got: path === null ? 'standard output' : (MADE_AT_ONCE[format] ?? 'standard input'),
    });
  }
  const { modelDigest, Unfinished } = await import('../../api.ts');
  const asked = { format, rawCsv, batch, limit, fit, invert, background, followLinks, ...own };
  const settings = {
    command: name,
    'a model with the SHA-256': await modelDigest(model),
    inputs: inputs.join(' '),
    ...Object.fromEntries(Object.entries(asked).map(([key, value]) => [key, String(value ?? 'default')])),
  };
  const basis = { settings, files: await filesOf(inputs) };
  const work = await Unfinished.open(path, basis, { resume, force });
  if (work.progress !== null)
    note(`continues ${work.path} after ${work.progress.done.toLocaleString('en')} samples`);
  return work;
}

/** Formats that are made in memory. */
const MADE_AT_ONCE: Readonly<Record<string, string>> = { sheet: 'a contact sheet', npz: 'an NPZ file' };

/** The files that are inputs, with sizes and times. Pictures in folders are known by their names alone. */
async function filesOf(inputs: readonly string[]): Promise<FileState[]> {
  const { shardsIn } = await import('../../data/stream/find.ts');
  const files: FileState[] = [];
  const add = async (file: string) => {
    const { size, mtime } = await stat(file);
    files.push({ path: file, bytes: size, time: mtime.toISOString() });
  };
  for (const input of inputs) {
    const found = await stat(input).catch(() => null);
    if (found?.isFile()) await add(input);
    if (!found?.isDirectory()) continue;
    const { tars, parquets } = await shardsIn(input);
    for (const shard of [...tars, ...parquets]) await add(shard);
  }
  return files;
}

/**
 * Writes batch after batch. Where the command ends early, an output that can be continued is kept if that was asked for, or if it
 * took long enough to be recorded; any other leaves nothing.
 */
export async function writeThrough<B extends SampleBatch, W extends Written>(
  { count, note }: Use,
  work: Unfinished | null,
  batches: AsyncIterable<B>,
  open: () => Promise<Output<NoInfer<B>, W>>,
  isResumeAsked = false,
): Promise<W> {
  let output: Output<B, W>;
  try {
    output = await open();
  } catch (error) {
    await work?.leave();
    throw error;
  }
  let progress: Progress = work?.progress ?? { done: 0, read: 0, last: '' };
  // Whether the output has all of a batch.
  let isWhole = true;
  const record = async () => {
    const saved = (await output.save?.()) ?? null;
    if (work !== null && saved !== null) await work.record(progress, saved);
  };
  try {
    for await (const batch of batches) {
      count.check();
      isWhole = false;
      await output.write(batch);
      isWhole = true;
      const { names, read, last = names.at(-1)! } = batch;
      count.add(names.length);
      progress = { done: progress.done + names.length, read, last };
      if (work?.isDue) await record();
    }
    isWhole = false;
    const written = await output.finish();
    await work?.remove();
    return written;
  } catch (error) {
    const isWorthIt = progress.done > 0 && (isResumeAsked || (work?.recorded ?? null) !== null);
    // The first error counts.
    if (isWhole && isWorthIt) await record().catch(() => {});
    await output.abandon();
    await work?.leave();
    if (work?.recorded) {
      const left = `${work.path} keeps ${work.recorded.done.toLocaleString('en')} of them: the same command with --resume continues there`;
      if (count.signal.aborted) count.leaves(left);
      else note(left);
    }
    throw error;
  }
}
