/** Parquet files as `hyparquet` reads them: parts of a file, and errors that name it. */
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { HourglassError } from '../../errors.ts';
import { readingParquet } from '../parquet-reading.ts';
import { FileParts } from './parts.ts';

/** The longest description of a file's content that is read, in bytes. */
const LARGEST_FOOTER = 2 ** 26;

export interface ParquetFile {
  path: string;
  metadata: FileMetaData;
  /** Some rows of some columns, as objects. */
  rows(columns: string[], first: number, end: number): Promise<Record<string, unknown>[]>;
}

/** @throws HourglassError (data) naming the file, if it is damaged or cut short. */
export async function readParquetFile(path: string, byteLength: number): Promise<ParquetFile> {
  const parts = new FileParts([path]);
  const file = {
    byteLength,
    slice(from: number, to = byteLength) {
      const [start, end] = [from < 0 ? byteLength + from : from, to < 0 ? byteLength + to : to];
      if (!(start >= 0 && end >= start && end <= byteLength))
        throw new RangeError('a part outside of the file');
      return parts
        .read(0, start, end - start)
        .then(
          ({ buffer, byteOffset, length }) => buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer,
        );
    },
  };
  const damaged = (cause: unknown) => {
    if (cause instanceof HourglassError) return cause;
    const got = (cause as Error).message.split('\n')[0]!.slice(0, 120);
    return new HourglassError(
      'data',
      { subject: path, rule: 'must be an undamaged Parquet file', got },
      { cause },
    );
  };
  const tail = await parts.read(0, Math.max(0, byteLength - 8), Math.min(8, byteLength));
  const footer = tail.length === 8 ? tail.readUInt32LE(0) : 0;
  if (tail.toString('latin1', 4) !== 'PAR1' || footer > byteLength - 12 || footer > LARGEST_FOOTER) {
    throw new HourglassError('data', {
      subject: path,
      rule: 'must be a complete Parquet file, which ends in its description and PAR1',
      got: `${byteLength} bytes that do not`,
    });
  }
  try {
    const metadata = await parquetMetadataAsync(file);
    return {
      path,
      metadata,
      async rows(columns, rowStart, rowEnd) {
        try {
          return await readingParquet(file, (from) =>
            parquetReadObjects({ file: from, metadata, columns, rowStart, rowEnd, compressors, utf8: false }),
          );
        } catch (cause) {
          throw damaged(cause);
        }
      },
    };
  } catch (cause) {
    throw damaged(cause);
  }
}
