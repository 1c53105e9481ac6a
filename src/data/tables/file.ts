/** A file or a pipe with a table: its format is recognised by its first bytes. */
import type { Readable } from 'node:stream';
import { isNpy } from '../../codecs/npy.ts';
import { HourglassError } from '../../errors.ts';
import { abortable, ByteReader } from '../images/bytes.ts';
import { openFile } from '../images/files.ts';
import { npyTable, npzTable, safetensorsTable } from './arrays.ts';
import { csvTable } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import type { ReadSettings, TableReader } from './reader.ts';

export interface OpenedTable extends TableReader {
  close(): Promise<void>;
}

/** The endings of names of files with tables; gzipped ones have `.gz` after that. */
const TABLE_NAME = /\.(csv|tsv|tab|jsonl|ndjson|npy|npz|safetensors|parquet|pq)(\.gz)?$/i;

export const isTableName = (name: string): boolean => TABLE_NAME.test(name);

/**
 * @param path a file, or `-` for standard input.
 * @param name of the file, for errors.
 */
export async function openTableFile(
  path: string,
  name: string,
  settings: ReadSettings & {
    stdin?: AsyncIterable<Uint8Array | string>;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<OpenedTable> {
  const opened = path === '-' ? null : await openFile(path, name);
  const closeFile = async () => {
    await opened?.file.close().catch(() => {});
  };
  try {
    if (opened !== null && (await isParquet(opened.file))) {
      const { threadedParquet } = await import('./threaded-parquet.ts');
      return { ...(await threadedParquet(path, opened, name)), close: closeFile };
    }
    const stream =
      opened === null
        ? ((settings.stdin ?? process.stdin) as Readable)
        : opened.file.createReadStream({ highWaterMark: 2 ** 18 });
    const reader = await ByteReader.unpacked(abortable(stream, settings.signal), name);
    return {
      ...(await readTable(reader, settings)),
      close: async () => {
        await reader.close();
        await closeFile();
      },
    };
  } catch (error) {
    await closeFile();
    throw error;
  }
}

async function readTable(reader: ByteReader, { header, array }: ReadSettings): Promise<TableReader> {
  const head = await reader.peek(64);
  const { name } = reader;
  if (head.length === 0)
    throw new HourglassError('data', { subject: name, rule: 'must have rows', got: 'an empty file' });
  if (isNpy(head)) return npyTable(reader);
  if (startsWith(head, 'PK')) return npzTable(reader, array);
  if (startsWith(head, 'PAR1')) {
    throw new HourglassError('data', {
      subject: name,
      rule: 'must be a file, not a pipe or gzipped: a Parquet file is read from its end',
    });
  }
  // Eight bytes with the length of a JSON header, which is far below 2³².
  if (head[4] === 0 && head[5] === 0 && head[6] === 0 && head[7] === 0 && head[8] === 0x7b)
    return safetensorsTable(reader, array);
  return isJson(head, name) ? jsonLines(reader) : csvTable(reader, header);
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((letter, i) => bytes[i] === letter.charCodeAt(0));

/** Whether text is JSON: a brace first is no sensible name of a column; a bracket decides only where the name does. */
function isJson(head: Uint8Array, name: string): boolean {
  const first = new TextDecoder().decode(head).trimStart()[0];
  return first === '{' || (first === '[' && /\.(jsonl|ndjson|json)(\.gz)?$/i.test(name));
}

async function isParquet(file: {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<unknown>;
}): Promise<boolean> {
  const head = new Uint8Array(4);
  await file.read(head, 0, 4, 0);
  return startsWith(head, 'PAR1');
}
