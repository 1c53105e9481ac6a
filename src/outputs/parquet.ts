/**
 * A Parquet file with a row for each code or image: `name`, `class` (null if unknown) and a list of floats, `code` or `pixels`. Rows
 * are written in groups.
 */
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import type { Sink, SinkOptions } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

/** Values of a group of rows, at least; memory holds a few times as many bytes. */
const GROUP = 2 ** 18;

export async function parquetSink(
  path: string,
  force: boolean,
  { kind, shape }: Pick<SinkOptions, 'kind' | 'shape'>,
  work: Unfinished | null,
): Promise<Sink> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const before = work?.saved?.values as { bytes: number; groups: string } | undefined;
  const file = await PartFile.open(path, force, work?.growing('rows.parquet', before?.bytes ?? 0));
  const size = sizeOf(shape);
  const column = kind === 'codes' ? 'code' : 'pixels';
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(column),
    statistics: false,
    createdBy: 'hourglass',
  });
  let count = work?.progress?.done ?? 0;
  if (before !== undefined) resume(writer, bytes, before, count);
  let rows = noRows();

  /** What is encoded so far goes into the file. */
  const drain = async () => {
    await file.write(bytes.getBytes());
    bytes.index = 0;
  };
  const writeGroup = async () => {
    const options = { offsetIndex: false, columnIndex: false };
    await writer.write({
      columnData: [
        { name: 'name', data: rows.names, ...options },
        { name: 'class', data: rows.classes, ...options },
        // Floats of codes hardly compress, and no dictionary holds them.
        { name: column, data: rows.values, encoding: 'PLAIN', codec: 'UNCOMPRESSED', ...options },
      ],
      rowGroupSize: rows.names.length,
      dictionarySize: 0,
    });
    // What it would need for indexes of pages, which are not written.
    writer.pendingIndexes = [];
    rows = noRows();
    await drain();
  };
  return {
    async write({ names, classes, values }) {
      for (const [i, name] of names.entries()) {
        rows.names.push(name);
        rows.classes.push(classes?.[i] ?? null);
        rows.values.push(Array.from(values.subarray(i * size, (i + 1) * size)));
      }
      count += names.length;
      if (rows.names.length * size >= GROUP) await writeGroup();
    },
    async save() {
      // Groups are the same whenever a command was stopped: it can be continued between two of them.
      if (rows.names.length > 0) return null;
      await drain();
      await file.flush();
      return { values: { bytes: file.length, groups: textOf(writer.row_groups) } };
    },
    async finish() {
      if (rows.names.length > 0) await writeGroup();
      await writer.finish();
      await drain();
      await file.finish();
      return { files: [path], what: `${count.toLocaleString('en')} rows`, notes: [] };
    },
    abandon: () => file.abandon(),
  };
}

const noRows = (): { names: string[]; classes: (string | null)[]; values: number[][] } => ({
  names: [],
  classes: [],
  values: [],
});

const schemaOf = (column: string): ParquetWriter['schema'] => [
  { name: 'root', num_children: 3 },
  {
    ...{ name: 'name', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
    logical_type: { type: 'STRING' },
  },
  {
    ...{ name: 'class', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    logical_type: { type: 'STRING' },
  },
  {
    ...{ name: column, num_children: 1, repetition_type: 'REQUIRED', converted_type: 'LIST' },
    logical_type: { type: 'LIST' },
  },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** Puts a writer where an earlier one stopped. */
function resume(
  writer: ParquetWriter,
  bytes: ByteWriter,
  before: { bytes: number; groups: string },
  rows: number,
): void {
  writer.row_groups = groupsOf(before.groups);
  writer.num_rows = BigInt(rows);
  // The writer has begun a file: its first bytes are there already.
  bytes.index = 0;
  bytes.offset = before.bytes;
}

/** Numbers of 64 bits as text, marked. */
const textOf = (groups: ParquetWriter['row_groups']): string =>
  JSON.stringify(groups, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));

const groupsOf = (text: string): ParquetWriter['row_groups'] =>
  JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
