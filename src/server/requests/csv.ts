/** Rows of a table as a CSV or TSV body, read as the command reads files. */
import { Readable } from 'node:stream';
import { ByteReader } from '../../data/images/bytes.ts';
import { csvTable } from '../../data/tables/csv.ts';
import { encodedRows } from '../../data/tables/stream.ts';
import type { TableEncoding } from '../../tables/index.ts';
import { Problem } from '../problem.ts';
import { asProblem, FURTHER, type TableRows } from './rows.ts';

export const CSV_TYPES = ['text/csv', 'text/tab-separated-values'] as const;

export interface CsvJob {
  bytes: Uint8Array;
  table: TableEncoding;
  /** How many rows there may be. */
  most: number;
  /** Whether the first line has the names, where the media type says so. */
  header?: boolean | undefined;
}

/** What errors call the rows. */
const SUBJECT = 'rows';

/** What may separate fields and records: , ; tab | and line breaks. */
const SEPARATORS = new Set([0x2c, 0x3b, 0x09, 0x7c, 0x0a, 0x0d]);

/**
 * The rows of a body.
 * @throws Problem 400 for text that is not CSV, 413 for too many fields or rows, 422 for a row that does not fit its columns.
 */
export async function readCsv({ bytes, table, most, header }: CsvJob): Promise<TableRows> {
  const fields = (most + 1) * (table.columns.length + FURTHER);
  let count = 0;
  for (const byte of bytes) if (SEPARATORS.has(byte)) count++;
  if (count > fields) throw new Problem(413, `A body may hold at most ${fields} fields here.`);
  const reader = new ByteReader(Readable.from([bytes]), SUBJECT);
  const open = async () => {
    const { groups, grows } = await csvTable(reader, header).catch((error) => {
      throw asProblem(error, 400);
    });
    return { groups: malformed(groups), grows, close: () => reader.close() };
  };
  const notes: string[] = [];
  const parts: Float32Array[] = [];
  const changedConstants: number[] = [];
  const options = { limit: most + 1, refusesIncomplete: true, onNote: (text: string) => notes.push(text) };
  try {
    for await (const batch of encodedRows([{ name: SUBJECT, open }], table, options)) {
      parts.push(batch.values);
      changedConstants.push(...batch.changedConstants.map(({ length }) => length));
    }
  } catch (error) {
    throw asProblem(error, 422);
  }
  const rows = changedConstants.length;
  if (rows === 0) throw new Problem(422, 'rows must hold at least one row.');
  if (rows > most) throw new Problem(413, `A request may hold at most ${most} rows.`);
  const values = new Float32Array(rows * table.offset.length);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { rows: values, count: rows, form: 'objects', changedConstants, notes };
}

/** Errors of the text itself are of another kind than those of values. */
async function* malformed<T>(groups: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* groups;
  } catch (error) {
    throw asProblem(error, 400);
  }
}

/** What `text/csv; header=absent` says of the first line; nothing where it does not say. */
export function headerOf(contentType: string): boolean | undefined {
  const found = /;\s*header\s*=\s*"?(present|absent)"?/i.exec(contentType)?.[1]?.toLowerCase();
  return found === undefined ? undefined : found === 'present';
}
