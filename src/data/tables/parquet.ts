/** Parquet, one group of rows at a time, by hyparquet. */
import type { FileHandle } from 'node:fs/promises';
import type { AsyncBuffer, ColumnData, FileMetaData } from 'hyparquet';
import { HourglassError } from '../../errors.ts';
import { type Cell, cellOfValue } from '../../tables/index.ts';
import { readingParquet } from '../parquet-reading.ts';
import { type CellsOfColumn, spreadLists } from './parquet-lists.ts';
import { checkNames, type RowGroup, rowsAtOnce, type TableReader } from './reader.ts';

/** The largest group of rows, in bytes as the file says, and in values. */
const LARGEST_GROUP = 2 ** 31;
/** The largest footer, in bytes. */
const LARGEST_FOOTER = 2 ** 26;

/**
 * The rows of a file; memory is that of a group of rows.
 * @param wanted the column of lists that is the rows' array, if there are several.
 */
export async function parquetTable(
  file: FileHandle,
  size: number,
  name: string,
  wanted?: string,
): Promise<TableReader> {
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const buffer: AsyncBuffer = {
    byteLength: size,
    slice: (start, end = size) => sliceOf(file, start < 0 ? size + start : start, end, size),
  };
  const metadata = await guarded(name, async () => {
    await checkFooter(buffer, size, name);
    const found = await parquetMetadataAsync(buffer);
    checkRows(found, size, name);
    return found;
  });
  const found = await guarded(name, async () => parquetSchema(metadata).children);
  const names = found.map(({ element }) => element.name);
  checkNames(names, name);
  const lists = spreadLists(found, name, wanted);
  async function* groups(): AsyncGenerator<RowGroup> {
    let start = 0;
    for (const { num_rows } of metadata.row_groups) {
      const end = start + Number(num_rows);
      const columns = new Map(names.map((column) => [column, [] as ColumnData[]]));
      await guarded(name, () =>
        readingParquet(buffer, (from) =>
          parquetRead({
            ...{ file: from, metadata, compressors, rowStart: start, rowEnd: end },
            onChunk: (chunk) => columns.get(chunk.columnName)?.push(chunk),
          }),
        ),
      );
      const values = [...columns].flatMap(([column, chunks]): CellsOfColumn[] => {
        if (lists.isLeftOut(column)) return [];
        const at = columnOf(chunks, start, end, `${name}, column '${column}'`);
        const place = (row: number) => `${name}, row ${row + 1}, column '${column}'`;
        if (lists.isList(column) && end > start) return lists.columnsOf(at, start, place);
        return [{ name: column, cell: (row) => cellIn(at(row), () => place(row)) }];
      });
      const spread = values.map((column) => column.name);
      if (start === 0 && spread.length !== names.length) checkNames(spread, name);
      const step = rowsAtOnce(spread.length);
      for (let from = start; from < end; from += step) {
        const rows = Array.from({ length: Math.min(step, end - from) }, (_, i) =>
          values.map(({ cell }): Cell => cell(from + i)),
        );
        yield { names: spread, rows };
      }
      start = end;
    }
  }
  return { about: lists.about, list: lists.main, grows: false, groups: groups() };
}

/** The value of a column at a row, from the pieces in which it was read. */
function columnOf(
  chunks: ColumnData[],
  start: number,
  end: number,
  subject: string,
): (row: number) => unknown {
  const sorted = chunks.toSorted((a, b) => a.rowStart - b.rowStart);
  let at = start;
  for (const { rowStart, columnData } of sorted) {
    if (rowStart !== at) break;
    at += columnData.length;
  }
  if (at !== end) throw refuse(subject, `must have the ${end - start} rows that the footer says`, at - start);
  let current = 0;
  return (row) => {
    while (row >= sorted[current]!.rowStart + sorted[current]!.columnData.length) current++;
    return sorted[current]!.columnData[row - sorted[current]!.rowStart];
  };
}

function cellIn(value: unknown, place: () => string): Cell {
  const found = cellOfValue(value);
  if (found !== null) return found.cell;
  throw refuse(
    place(),
    'must be a number, a text, true, false or null',
    Object.prototype.toString.call(value),
    'leave nested columns out of the file',
  );
}

/** @throws HourglassError (data) unless the file ends as a Parquet file does, with a footer that fits it. */
async function checkFooter(buffer: AsyncBuffer, size: number, name: string): Promise<void> {
  if (size < 12) throw refuse(name, 'must not be cut off', `${size} bytes`);
  const end = new DataView(await buffer.slice(size - 8, size));
  if (end.getUint32(4, true) !== 0x31524150)
    throw refuse(name, "must end with Parquet's PAR1", 'a file that is cut off or damaged');
  const length = end.getUint32(0, true);
  if (length > Math.min(size - 12, LARGEST_FOOTER))
    throw refuse(name, 'must have a footer that fits it', `${length} bytes of ${size}`);
}

/** What a footer says must be possible: memory is taken by it. */
function checkRows({ num_rows, row_groups }: FileMetaData, size: number, name: string): void {
  const groups = row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!(groups >= 0) || BigInt(groups) !== BigInt(num_rows))
    throw refuse(name, `must have as many rows as its groups (${groups})`, String(num_rows));
  for (const { columns } of row_groups) {
    for (const { meta_data: column } of columns) {
      if (column === undefined) continue;
      const bytes = Number(column.total_compressed_size);
      const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
      if (!(bytes >= 0 && start >= 0 && start + bytes <= size))
        throw refuse(
          name,
          'must have its columns within the file',
          `bytes ${start} to ${start + bytes} of ${size}`,
        );
      if (Number(column.total_uncompressed_size) > LARGEST_GROUP)
        throw refuse(
          name,
          'must have columns of at most 2 GiB in a group of rows',
          Number(column.total_uncompressed_size),
        );
    }
  }
}

async function sliceOf(file: FileHandle, start: number, end: number, size: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size))
    throw new RangeError(`bytes ${start} to ${end} of ${size}`);
  const bytes = new Uint8Array(end - start);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new RangeError('the file became shorter');
    at += bytesRead;
  }
  return bytes.buffer;
}

/** What hyparquet throws is about the file: it is told with its name. */
async function guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    const got = (cause as Error).message.split('\n', 1)[0]!.slice(0, 100);
    throw new HourglassError(
      'data',
      { subject: name, rule: 'must be an undamaged Parquet file', got },
      { cause },
    );
  }
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
