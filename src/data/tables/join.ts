/** The files of a table as one: rows one after the other, with the columns of the first file in its order. */
import { HourglassError } from '../../errors.ts';
import type { Cell } from '../../tables/index.ts';
import type { RowGroup, TableReader } from './reader.ts';

export interface ShardGroup extends RowGroup {
  shard: number;
  /** The position of the first row in its file, from 0. */
  first: number;
}

/** The last part of a path, on every system. */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/**
 * @param files their names, for errors.
 * @param onFormat called with the description of the first file's format.
 * @throws HourglassError (data) for a file with other columns than the first one.
 */
export async function* joinedRows(
  files: readonly string[],
  open: (shard: number) => Promise<TableReader & { close(): Promise<void> }>,
  onFormat?: (about: string) => void,
): AsyncGenerator<ShardGroup> {
  let names: readonly string[] | null = null;
  for (const [shard, name] of files.entries()) {
    const table = await open(shard);
    if (shard === 0) onFormat?.(table.about);
    let first = 0;
    try {
      for await (const group of table.groups) {
        const order: number[] | null =
          shard === 0 || names === null ? null : orderOf(names, group.names, name, files[0]!, table.grows);
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
      rule: `must have the columns of ${baseName(first)}`,
      got: absent === undefined ? `'${extra}', which is not in it` : `no '${absent}'`,
      hint: 'give files of one table, or name one file',
    });
  }
  return all.map((name) => places.get(name) ?? -1);
}
