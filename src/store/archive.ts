/** A folder of a run or of outputs as one archive, to be sent elsewhere, and back. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Zippable } from 'fflate';
import { HourglassError } from '../errors.ts';
import { RUN_LOCK } from './lock.ts';

/** Parts of a path in an archive: names of files, and nothing that means more to any system. */
const PART = /^(?!\.)[\p{L}\p{N}\p{M}\w .,;()+@=&%#'!-]{1,200}$/u;
const MOST_FILES = 10_000;
/** Digits do not compress, and most of a run's bytes are weights. */
const STORED = /\.(safetensors|onnx|png)$/;

/** Its files, without locks and files that are being written. @throws HourglassError (run) if they have more bytes than `most`. */
export async function packFolder(folder: string, most: number): Promise<Uint8Array> {
  const { zipSync } = await import('fflate');
  const files: Zippable = {};
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const parts = name.split('/');
    // What is being written, and locks.
    if (name.startsWith(RUN_LOCK) || parts.some((part) => part.startsWith('.'))) continue;
    if (!parts.every((part) => PART.test(part))) throw strange(folder, name);
    const content = await readFile(path);
    bytes += content.length;
    if (bytes > most) throw tooLarge(folder, most);
    files[name] = [content, { level: STORED.test(name) ? 0 : 6, mtime: '1980-01-01' }];
  }
  return zipSync(files);
}

/** What is in a folder is replaced by an archive's files, all of them or none. @throws HourglassError (run) if it has others than it may. */
export async function unpackFolder(archive: Uint8Array, folder: string, most: number): Promise<void> {
  const { unzipSync } = await import('fflate');
  let [bytes, count] = [0, 0];
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        bytes += originalSize;
        if (bytes > most) throw tooLarge(folder, most);
        if (++count > MOST_FILES || !name.split('/').every((part) => PART.test(part)))
          throw strange(folder, name);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    throw new HourglassError('run', { subject: folder, rule: 'its archive is damaged' }, { cause });
  }
  const beside = join(dirname(folder), `.${randomBytes(6).toString('hex')}`);
  const old = `${beside}-old`;
  try {
    await mkdir(beside, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      const path = join(beside, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

const strange = (folder: string, name: string): HourglassError =>
  new HourglassError('run', {
    subject: folder,
    rule: 'has a file whose name is not sent over a queue',
    got: name.slice(0, 200),
  });

const tooLarge = (folder: string, most: number): HourglassError =>
  new HourglassError('run', {
    subject: folder,
    rule: `has more than the ${Math.round(most / 2 ** 20)} MiB that are sent over a queue`,
  });
