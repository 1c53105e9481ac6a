/** Which files are shards or arrays, and which of them a folder holds. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNpy } from '../../codecs/npy.ts';
import { isTar, TAR_BLOCK } from '../../codecs/tar.ts';
import { HourglassError } from '../../errors.ts';
import { openRegularFile } from '../../read-file.ts';
import { isImageName } from '../images/formats.ts';

/** Paths, in order. */
export interface Shards {
  tars: string[];
  parquets: string[];
}

/**
 * The tar archives and Parquet files in a folder and in its sub-folders, by name; none if there are pictures anywhere below:
 * then an archive is one of these, kept next to what was unpacked. Links to such files are followed: caches of data sets
 * have them.
 */
export async function shardsIn(folder: string): Promise<Shards> {
  const found: Shards = { tars: [], parquets: [] };
  const add = (path: string) => {
    if (/\.tar$/i.test(path)) found.tars.push(path);
    if (/\.parquet$/i.test(path)) found.parquets.push(path);
  };
  const deeper: string[] = [];
  for (const { path, kind } of await entriesOf(folder)) {
    const inner = kind === 'folder' ? await entriesOf(path) : [{ path, kind }];
    for (const entry of inner) {
      if (entry.kind === 'folder') deeper.push(entry.path);
      if (entry.kind !== 'file') continue;
      if (isImageName(entry.path)) return { tars: [], parquets: [] };
      add(entry.path);
    }
  }
  const isEmpty = found.tars.length + found.parquets.length === 0;
  return isEmpty || !(await holdPicture(deeper)) ? found : { tars: [], parquets: [] };
}

/** Whether there is a picture in one of the folders or below. */
async function holdPicture(folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const entries = await entriesOf(folder);
    if (entries.some(({ path, kind }) => kind === 'file' && isImageName(path))) return true;
    const below = entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path);
    if (await holdPicture(below)) return true;
  }
  return false;
}

const SHARD = /\.(tar|parquet)$/i;

type Entry = { path: string; kind: 'file' | 'folder' | 'other' };

async function entriesOf(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    shown.map(async (entry): Promise<Entry> => {
      const path = join(folder, entry.name);
      const found =
        entry.isSymbolicLink() && SHARD.test(entry.name) ? await stat(path).catch(() => entry) : entry;
      return { path, kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other' };
    }),
  );
}

/** The kind of a file. */
export type FileKind = 'tar' | 'array' | 'parquet';

/** The kind of a file, by its first bytes. */
export async function fileKind(path: string): Promise<FileKind | null> {
  const { file } = await openRegularFile(path, { kind: 'data', most: Number.POSITIVE_INFINITY });
  try {
    const head = Buffer.alloc(KIND_BYTES);
    const { bytesRead } = await file.read(head, 0, KIND_BYTES, 0);
    return kindOfBytes(head.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The first bytes of a file that say its kind. */
export const KIND_BYTES = TAR_BLOCK;

export function kindOfBytes(head: Uint8Array): FileKind | null {
  if (isTar(head)) return 'tar';
  if (Buffer.from(head.subarray(0, 4)).toString('latin1') === 'PAR1') return 'parquet';
  const isIdx = head[0] === 0 && head[1] === 0 && head[2] === 8;
  return isNpy(head) || isIdx ? 'array' : null;
}

/** @throws HourglassError (data) where a file has the name of a shard and is of another kind, as a compressed one is. */
export function requireShard(path: string, kind: FileKind | null): void {
  const named = /\.(tar|parquet)$/i.exec(path)?.[1]?.toLowerCase();
  if (named === undefined || named === kind) return;
  throw new HourglassError('data', {
    subject: path,
    rule: `must be ${named === 'tar' ? 'a tar archive' : 'a Parquet file'} that is not compressed`,
    hint: named === 'tar' ? 'unpack it: gunzip, or zstd -d' : 'unpack it',
  });
}
