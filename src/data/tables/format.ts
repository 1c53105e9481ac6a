/** The format of a table, by its first bytes. */
import { isNpy } from '../../codecs/npy.ts';
import { HourglassError } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { npyTable, npzTable, safetensorsTable } from './arrays.ts';
import { csvTable } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import type { ReadSettings, TableReader } from './reader.ts';

const PARQUET =
  'must be a file, not a pipe or gzipped: a Parquet file is read from its end, and in a page not at all';

/** A reader of a table whose format its first bytes say. @throws HourglassError (data) for an empty file, and for Parquet. */
export async function tableIn(reader: ByteSource, { header, array }: ReadSettings): Promise<TableReader> {
  const head = await reader.peek(64);
  const { name } = reader;
  if (head.length === 0)
    throw new HourglassError('data', { subject: name, rule: 'must have rows', got: 'an empty file' });
  if (isNpy(head)) return npyTable(reader);
  if (startsWith(head, 'PK')) return npzTable(reader, array);
  if (startsWith(head, 'PAR1')) {
    throw new HourglassError('data', {
      subject: name,
      rule: PARQUET,
    });
  }
  // Eight bytes with the length of a JSON header, which is far below 2³².
  if (head[4] === 0 && head[5] === 0 && head[6] === 0 && head[7] === 0 && head[8] === 0x7b)
    return safetensorsTable(reader, array);
  return isJson(head, name) ? jsonLines(reader) : csvTable(reader, header);
}

export const startsWith = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((letter, i) => bytes[i] === letter.charCodeAt(0));

/** Whether text is JSON: a brace first is no sensible name of a column; a bracket decides only where the name does. */
function isJson(head: Uint8Array, name: string): boolean {
  const first = new TextDecoder().decode(head).trimStart()[0];
  return first === '{' || (first === '[' && /\.(jsonl|ndjson|json)(\.gz)?$/i.test(name));
}
