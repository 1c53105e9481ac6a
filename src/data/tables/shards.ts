/** A table in one file, or in a folder of them: its rows one after the other, with the columns of the first file. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isNpy, MAX_NPY_HEADER } from '../../codecs/npy.ts';
import { readNumbersHeader } from '../../codecs/npy-numbers.ts';
import { HourglassError } from '../../errors.ts';
import { openFile } from '../images/files.ts';
import { openTableFile } from './file.ts';
import { joinedRows, type ShardGroup } from './join.ts';
import { isTableName } from './names.ts';
import type { ReadSettings } from './reader.ts';

/** A file of a table. */
export interface Shard {
  path: string;
  /** The path as it was given, for errors. */
  name: string;
}

/** Whether a folder has files with tables, or links to some, directly in it. */
export async function holdsTables(folder: string): Promise<boolean> {
  const names = (await readdir(folder).catch(() => [])).filter(isShown);
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return found.some((each) => each?.isFile());
}

/** Whether a path is that of an NPY file with rows of numbers. More dimensions are images. */
export async function isArrayOfRows(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return false;
  const { file } = await openFile(path, path);
  try {
    const head = new Uint8Array(MAX_NPY_HEADER);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (!isNpy(head)) return false;
    const { shape } = readNumbersHeader(head.subarray(0, bytesRead), path);
    return shape.length <= 2;
  } finally {
    await file.close();
  }
}

const isShown = (name: string): boolean => isTableName(name) && !name.startsWith('.');

/** The files of a table, by name. */
export async function shardsOf(path: string): Promise<Shard[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new HourglassError('data', { subject: path, rule: 'is not there' });
  if (!found.isDirectory()) return [{ path: resolve(path), name: path }];
  const names = (await readdir(path)).filter(isShown).sort();
  if (names.length === 0)
    throw new HourglassError('data', { subject: path, rule: 'must have files with tables', got: 'none' });
  return names.map((name) => ({ path: join(resolve(path), name), name: join(path, name) }));
}

export interface ReadShards {
  shards: readonly Shard[];
  settings: ReadSettings & { signal?: AbortSignal | undefined };
  /** Called with the description of the first file's format. */
  onFormat?: (about: string) => void;
}

/** The rows of all files, with the columns of the first one in its order. */
export const shardRows = ({ shards, settings, onFormat }: ReadShards): AsyncGenerator<ShardGroup> =>
  joinedRows(
    shards.map(({ name }) => name),
    async (shard) => openTableFile(shards[shard]!.path, shards[shard]!.name, settings),
    onFormat,
  );
