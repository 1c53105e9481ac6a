/**
 * A Parquet file with a row for each code or image: `name`, `class` (null if unknown) and a list, `code` or `pixels` of
 * floats or `integers`; of sparse codes the lists `units` and `values`. Rows are written in groups.
 */
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { writeColumn } from 'hyparquet-writer/src/column.js';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import { keptUnits } from './kept-units.ts';
import { LISTS, type Sink, type SinkOptions, type Values } from './sink.ts';
import type { Unfinished } from './unfinished.ts';

type ColumnEncoder = Parameters<typeof writeColumn>[0]['column'];
type PageData = Parameters<typeof writeColumn>[0]['pageData'];
type SchemaElement = ParquetWriter['schema'][number];

/** Bytes of a page. */
const PAGE = 2 ** 20;
/** Values of a group of rows, at least; memory holds a few times as many bytes. */
const GROUP = 2 ** 18;
/** The same of sparse codes, most of which are 0. */
const SPARSE_GROUP = 2 ** 22;

export async function parquetSink(
  path: string,
  force: boolean,
  { kind, shape, type }: Pick<SinkOptions, 'kind' | 'shape' | 'type'>,
  work: Unfinished | null,
): Promise<Sink<Values>> {
  const [{ ByteWriter, ParquetWriter }, { writeColumn }] = await Promise.all([
    import('hyparquet-writer'),
    import('hyparquet-writer/src/column.js'),
  ]);
  const before = work?.saved?.values as { bytes: number; groups: string } | undefined;
  const file = await PartFile.open(path, force, work?.growing('rows.parquet', before?.bytes ?? 0));
  const size = sizeOf(shape);
  const lists = LISTS[kind];
  const isSparse = kind === 'sparse';
  const schema = schemaOf(
    lists.map(({ name }) => ({ name, type: type === undefined && name !== 'units' ? 'FLOAT' : 'INT32' })),
  );
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema, statistics: false, createdBy: 'hourglass' });
  let count = work?.progress?.done ?? 0;
  if (before !== undefined) resume(writer, bytes, before, count);
  let rows = noRows();

  /** What is encoded so far goes into the file. */
  const drain = async () => {
    await file.write(bytes.getBytes());
    bytes.index = 0;
  };
  /** One column of the group, by the last of its elements in the schema. */
  const column = (
    schemaPath: ParquetWriter['schema'],
    pageData: PageData,
    more: Partial<ColumnEncoder> = {},
  ) => {
    const names = schemaPath.slice(1).map(({ name }) => name);
    const element = schemaPath.at(-1)!;
    const { codec } = writer;
    const compressors = { SNAPPY: writer.compressors.SNAPPY };
    const encoder: ColumnEncoder = {
      ...{ columnName: names.join('.'), element, schemaPath, codec, compressors, pageSize: PAGE },
      ...{ stats: false, columnIndex: false, offsetIndex: false, ...more },
    };
    return writeColumn({ writer: bytes, column: encoder, pageData }).chunk;
  };
  const flat = (values: (string | null)[], most: 0 | 1): PageData => ({
    values,
    definitionLevels: most === 0 ? [] : values.map((value) => Number(value !== null)),
    repetitionLevels: [],
    maxDefinitionLevel: most,
  });
  // As `ParquetWriter.write` does, but the levels of a list are known, and values stay an array of floats.
  const writeGroup = async () => {
    const [root, name, label, ...elements] = schema as [
      SchemaElement,
      SchemaElement,
      SchemaElement,
      ...SchemaElement[],
    ];
    const path = (k: number) => [root, ...elements.slice(k * LIST_ELEMENTS, (k + 1) * LIST_ELEMENTS)];
    const from = bytes.offset;
    const pages = isSparse
      ? sparsePages(rows.values, size)
      : lists.map((_, k) => listsOf(rows.values, size, k, lists.length));
    const columns = [
      column([root, name], flat(rows.names, 0)),
      column([root, label], flat(rows.classes, 1)),
      // Floats of codes hardly compress, and no dictionary holds them.
      ...pages.map((page, k) => column(path(k), page, { codec: 'UNCOMPRESSED', encoding: 'PLAIN' })),
    ];
    const uncompressed = columns.map(({ meta_data }) => meta_data!.total_uncompressed_size);
    writer.row_groups.push({
      columns,
      total_byte_size: uncompressed.reduce((sum, one) => sum + one, 0n),
      num_rows: BigInt(rows.names.length),
      total_compressed_size: BigInt(bytes.offset - from),
    });
    writer.num_rows += BigInt(rows.names.length);
    rows = noRows();
    await drain();
  };
  return {
    async write({ names, classes, values }) {
      for (const [i, name] of names.entries()) {
        rows.names.push(name);
        rows.classes.push(classes?.[i] ?? null);
      }
      // A model gives each batch an array of its own.
      rows.values.push(values);
      count += names.length;
      if (rows.names.length * size >= (isSparse ? SPARSE_GROUP : GROUP)) await writeGroup();
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

const noRows = (): { names: string[]; classes: (string | null)[]; values: Values[] } => ({
  names: [],
  classes: [],
  values: [],
});

/** The values of the `list`-th of the lists of each row, all of one length, as a page has them: a list begins where the level is 0. */
function listsOf(batches: readonly Values[], rowSize: number, list: number, of: number): PageData {
  const size = rowSize / of;
  const length = batches.reduce((sum, batch) => sum + batch.length, 0) / of;
  const values = batches[0] instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
  let at = 0;
  for (const batch of batches) {
    for (let from = list * size; from < batch.length; from += rowSize) {
      values.set(batch.subarray(from, from + size), at);
      at += size;
    }
  }
  const repetitionLevels = new Array<number>(length).fill(1);
  for (let row = 0; row < length; row += size) repetitionLevels[row] = 0;
  const definitionLevels = new Array<number>(length).fill(1);
  return { values, definitionLevels, repetitionLevels, maxDefinitionLevel: 1 };
}

/** The units of each row that are not 0, and their values. A row may have none: its list is empty, and has a level alone. */
function sparsePages(batches: readonly Values[], size: number): [units: PageData, values: PageData] {
  const [units, values]: [(number | null)[], (number | null)[]] = [[], []];
  const [repetitionLevels, definitionLevels]: [number[], number[]] = [[], []];
  for (const batch of batches) {
    for (const kept of keptUnits(batch, size)) {
      for (const [i, unit] of kept.units.entries()) {
        units.push(unit);
        values.push(kept.values[i]!);
        repetitionLevels.push(i === 0 ? 0 : 1);
        definitionLevels.push(1);
      }
      if (kept.units.length > 0) continue;
      // The writer wants something at each level, and leaves it out.
      units.push(null);
      values.push(null);
      repetitionLevels.push(0);
      definitionLevels.push(0);
    }
  }
  const levels = { definitionLevels, repetitionLevels, maxDefinitionLevel: 1 };
  return [
    { values: units, ...levels },
    { values, ...levels },
  ];
}

/** Elements of the schema that make a list. */
const LIST_ELEMENTS = 3;

const schemaOf = (lists: readonly { name: string; type: 'FLOAT' | 'INT32' }[]): ParquetWriter['schema'] => [
  { name: 'root', num_children: 2 + lists.length },
  {
    ...{ name: 'name', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
    logical_type: { type: 'STRING' },
  },
  {
    ...{ name: 'class', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    logical_type: { type: 'STRING' },
  },
  ...lists.flatMap(({ name, type }): ParquetWriter['schema'] => [
    {
      ...{ name, num_children: 1, repetition_type: 'REQUIRED', converted_type: 'LIST' },
      logical_type: { type: 'LIST' },
    },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', type, repetition_type: 'REQUIRED' },
  ]),
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
