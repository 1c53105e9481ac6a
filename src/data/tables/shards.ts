/** A table in one file, or in a folder of them: its rows one after the other, with the columns of the first file. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isNpy, MAX_NPY_HEADER } from '../../codecs/npy.ts';
import { readNumbersHeader } from '../../codecs/npy-numbers.ts';
import { HourglassError } from '../../errors.ts';
import type { Cell } from '../../tables/index.ts';
import { openFile } from '../images/files.ts';
import { isTableName, openTableFile } from './file.ts';
import type { ReadSettings, RowGroup } from './reader.ts';

/** A file of a table. */
export interface Shard {
  path: string;
  /** The path as it was given, for errors. */
  name: string;
}

export interface ShardGroup extends RowGroup {
  shard: number;
  /** The position of the first row in its file, from 0. */
  first: number;
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

/**
 * The rows of all files, with the columns of the first one in its order.
 * @throws HourglassError (data) for a file with other columns than the first one.
 */
export async function* shardRows({ shards, settings, onFormat }: ReadShards): AsyncGenerator<ShardGroup> {
  let names: readonly string[] | null = null;
  for (const [shard, { path, name }] of shards.entries()) {
    const table = await openTableFile(path, name, settings);
    if (shard === 0) onFormat?.(table.about);
    let first = 0;
    try {
      for await (const group of table.groups) {
        const order: number[] | null =
          shard === 0 || names === null
            ? null
            : orderOf(names, group.names, name, shards[0]!.name, table.grows);
        if (shard === 0) names = group.names;
        else if (table.grows && names !== null)
          names = [...names, ...group.names.filter((one) => !names!.includes(one))];
        const rows =
          order === null ? group.rows : group.rows.map((row) => order.map((at): Cell => row[at] ?? null));
        yield { names: names!, rows, shard, first };
        first += group.rows.length;
      }
    } finally {
      await table.close();
    }
  }
}

/** For each column of the first file its position in another one. */
function orderOf(
  names: readonly string[],
  own: readonly string[],
  file: string,
  first: string,
  grows: boolean,
): number[] | null {
  if (names.length === own.length && names.every((name, i) => name === own[i])) return null;
  const places = new Map(own.map((name, i) => [name, i]));
  const all = grows ? [...names, ...own.filter((name) => !names.includes(name))] : names;
  const absent = grows ? undefined : names.find((name) => !places.has(name));
  const extra = grows ? undefined : own.find((name) => !names.includes(name));
  if (absent !== undefined || extra !== undefined) {
    throw new HourglassError('data', {
      subject: file,
      rule: `must have the columns of ${basename(first)}`,
      got: absent === undefined ? `'${extra}', which is not in it` : `no '${absent}'`,
      hint: 'give files of one table, or name one file',
    });
  }
  return all.map((name) => places.get(name) ?? -1);
}
