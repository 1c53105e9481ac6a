/** The encoded pictures of a row group. */
import { HourglassError } from '../../errors.ts';
import type { ParquetFile } from './parquet-file.ts';
import type { RowGroup } from './start.ts';

/** @throws HourglassError (data) naming file and row, where there are no bytes. */
export async function picturesOfGroup(
  files: readonly ParquetFile[],
  column: string,
  { file, first, rows }: RowGroup,
): Promise<{ pictures: Uint8Array[]; bytes: number }> {
  const { path, rows: read } = files[file]!;
  const found = await read([column], first, first + rows);
  if (found.length !== rows) {
    throw new HourglassError('data', {
      subject: path,
      rule: `must have ${rows} rows from row ${first} on`,
      got: found.length,
    });
  }
  const pictures = found.map((row, i) => {
    const value = row[column];
    const bytes =
      value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
    if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
    throw new HourglassError('data', {
      subject: `${path}[${first + i}]`,
      rule: `must have a picture's bytes in its column '${column}'`,
      got: typeof bytes === 'string' ? 'text' : 'none',
    });
  });
  return { pictures, bytes: pictures.reduce((sum, { length }) => sum + length, 0) };
}
