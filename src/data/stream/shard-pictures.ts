/** The pictures of tar archives and Parquet files one after the other, in memory that does not grow with their number. */
import { stat } from 'node:fs/promises';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import { labelsOf, pictureColumn, requirePictures } from './parquet-columns.ts';
import { picturesOfGroup } from './parquet-pictures.ts';
import { FileParts } from './parts.ts';
import { tarPictures } from './tar-pictures.ts';
import { parquetFile } from './threaded-parquet-file.ts';

/** A picture in a shard. */
export interface ShardPicture {
  /** The shard's path with the name in it, or with its row. */
  readonly name: string;
  readonly class: string | null;
  /** The file that the picture is. */
  bytes(): Promise<Uint8Array>;
}

/** @throws HourglassError (data), naming the archive, where it is damaged; the pictures before have been given. */
export async function* tarShardPictures(shard: string): AsyncGenerator<ShardPicture> {
  const parts = new FileParts([shard]);
  for (const { name, offset, size, content, class: label, folder } of tarPictures(shard, undefined, true)) {
    const bytes = async () => content ?? (await parts.read(0, offset, size));
    yield { name, class: label ?? folder, bytes };
  }
}

/**
 * @param passing how many pictures will only be counted: groups of rows with no others are not decoded.
 * @throws HourglassError (data), naming the file, for one that is damaged or has no column of pictures.
 */
export async function* parquetShardPictures(
  shard: string,
  passing: { readonly left: number } = { left: 0 },
): AsyncGenerator<ShardPicture> {
  const file = await parquetFile(shard, (await stat(shard)).size);
  const column = pictureColumn(file);
  if (column === null) {
    throw new HourglassError('data', {
      subject: shard,
      rule: 'must have a column of pictures',
      got: 'a table without one',
      hint: 'tables are for models of rows, such as the recipe table',
    });
  }
  requirePictures(file, column);
  let first = 0;
  for (const { num_rows } of file.metadata.row_groups) {
    const rows = Number(num_rows);
    const labels = await labelsOf(file, first, rows);
    const group = { file: 0, first, rows };
    const pictures = passing.left >= rows ? null : await picturesOfGroup([file], column, group);
    for (let row = 0; row < rows; row++) {
      const label = labels?.[row] ?? NO_CLASS;
      yield {
        name: `${shard}[${first + row}]`,
        class: label === NO_CLASS ? null : label,
        bytes: async () => pictures!.at(row),
      };
    }
    first += rows;
  }
}
