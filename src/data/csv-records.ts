/** The records of a CSV from a file or a pipe, one at a time. */
import { csvFields, csvSeparator } from '../codecs/csv.ts';
import { HourglassError } from '../errors.ts';
import type { ByteReader } from './images/bytes.ts';

/** The longest record, in characters: an image of 1024 × 1024 × 3 with five digits a value. */
const LONGEST = 20e6;

/** The most lines of a record: a field with more line breaks has lost a quote. */
const MOST_LINES = 100;

export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  fields: string[];
}

/** What is read of a record. */
interface Begun {
  text: string;
  line: number;
}

/**
 * Records that are not empty. Commas, semicolons or tabs separate the fields: the first line decides.
 * @param rule what a file that is not text was to be.
 * @throws HourglassError (data) for bytes that are not text, a quote that is never closed, and a record that is too long.
 */
export async function* csvRecords(reader: ByteReader, rule: string): AsyncGenerator<CsvRecord> {
  let separator: string | null = null;
  let line = 0;
  let open: Begun | null = null;
  for await (const text of linesOf(reader, rule)) {
    line++;
    const begun: Begun = open === null ? { text, line } : { text: `${open.text}\n${text}`, line: open.line };
    if (begun.text.length > LONGEST) throw tooLong(reader.name);
    if (line - begun.line >= MOST_LINES) throw unclosed(reader.name, begun);
    const record = begun.text.replace(/\r$/, '');
    if (record.trim() === '') continue;
    separator ??= csvSeparator(record);
    const fields = csvFields(record, separator);
    open = fields === null ? begun : null;
    if (fields !== null) yield { line: begun.line, fields };
  }
  if (open !== null) throw unclosed(reader.name, open);
}

async function* linesOf(reader: ByteReader, rule: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let held = '';
  for (let bytes = await reader.some(); bytes !== null; bytes = await reader.some()) {
    if (bytes.includes(0)) {
      throw new HourglassError('data', { subject: reader.name, rule, got: 'something else' });
    }
    held += decoder.decode(bytes, { stream: true });
    const lines = held.split('\n');
    held = lines.pop()!;
    if (held.length > LONGEST) throw tooLong(reader.name);
    yield* lines;
  }
  if (held !== '') yield held;
}

const unclosed = (name: string, { text, line }: Begun): HourglassError =>
  new HourglassError('data', {
    subject: `${name}, line ${line}`,
    rule: 'must close each quote that it opens',
    got: text.slice(0, 40),
  });

const tooLong = (subject: string): HourglassError =>
  new HourglassError('data', {
    subject,
    rule: `must have lines of at most ${LONGEST} bytes`,
    got: 'a longer one',
  });
