/** The encoded pictures of a row group. */
import { HourglassError } from '../../errors.ts';
import type { ParquetFile } from './parquet-file.ts';
import type { RowGroup } from './start.ts';

/** The encoded pictures of some rows. */
export interface GroupPictures {
  /** @throws HourglassError (data) naming file and row, where there are no bytes. */
  at(row: number): Uint8Array;
  /** The bytes of the first picture; none where it has none. */
  first: Uint8Array;
  /** Bytes of all pictures. */
  bytes: number;
}

/** @throws HourglassError (data) naming the file, for one that is damaged or has fewer rows. */
export async function picturesOfGroup(
  files: readonly ParquetFile[],
  column: string,
  { file, first, rows }: RowGroup,
): Promise<GroupPictures> {
  const { path, rows: read } = files[file]!;
  const found = await read([column], first, first + rows);
  if (found.length !== rows) {
    throw new HourglassError('data', {
      subject: path,
      rule: `must have ${rows} rows from row ${first} on`,
      got: found.length,
    });
  }
  const pictures = found.map((row) => {
    const value = row[column];
    return value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  });
  return {
    at(row) {
      const bytes = pictures[row];
      if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
      throw new HourglassError('data', {
        subject: `${path}[${first + row}]`,
        rule: `must have a picture's bytes in its column '${column}'`,
        got: typeof bytes === 'string' ? 'text' : 'none',
      });
    },
    first: pictures[0] instanceof Uint8Array ? pictures[0] : new Uint8Array(0),
    bytes: pictures.reduce<number>((sum, one) => sum + (one instanceof Uint8Array ? one.length : 0), 0),
  };
}
