/**
 * The one reader of CSV: records from a file or a pipe, piece by piece, with flat memory. Papa Parse reads the pieces; this
 * file bounds their length, and says where a mistake is (docs/decisions/0032-one-csv-reader.md).
 */
import type { ParseResult } from 'papaparse';
import { HourglassError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { textOf } from './tables/text.ts';

/** The longest record, in characters: an image of 1024 × 1024 × 3 with five digits a value. */
const LONGEST = 20e6;

/** The most lines of a record: a field with more line breaks has lost a quote. */
const MOST_LINES = 100;

/** The most faults in one piece: a file that is full of them is not read to the end. */
const MOST_FAULTS = 1000;

const SEPARATORS = [',', ';', '\t', '|'] as const;

/** What separates the fields of a record. */
export type Separator = (typeof SEPARATORS)[number];

export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  fields: string[];
}

export interface CsvPiece {
  separator: Separator;
  records: CsvRecord[];
}

/**
 * Records that are not empty, as many at a time as a piece of the file has. Commas, semicolons, tabs or bars separate the
 * fields: the first lines decide.
 * @param what the formats that the file could have had, for errors.
 * @throws HourglassError (data) for bytes that are not text, a quote that is not closed, and a record that is too long.
 */
export async function* csvPieces(reader: ByteSource, what: string): AsyncGenerator<CsvPiece> {
  const { default: Papa } = await import('papaparse');
  let separator: Separator | null = null;
  let held = '';
  let tried = 0;
  let line = 1;
  for await (const text of withEnd(unixLines(textOf(reader, what)))) {
    const isEnd = text === null;
    held += text ?? '';
    // What has no end in a piece is read again when there is twice as much of it.
    if (!isEnd && held.length < 2 * tried) continue;
    separator ??= separatorOf(held);
    const { data, meta, errors } = new Papa.Parser({ delimiter: separator, newline: '\n' }).parse(
      held,
      0,
      !isEnd,
    ) as ParseResult<string[]>;
    const rows = data;
    const records: CsvRecord[] = [];
    // What is wrong in the last record, which goes on in the next piece, may only be cut off.
    const fault = errors.find(
      ({ row = 0, code }) =>
        isEnd || errors.length > MOST_FAULTS || row < rows.length || code === 'MissingQuotes',
    );
    for (const [i, fields] of rows.entries()) {
      if (fault !== undefined && fault.row === i) break;
      if (fields.length > 1 || fields[0]!.trim() !== '') records.push({ line, fields });
      line += 1 + breaksIn(fields);
    }
    if (records.length > 0) yield { separator, records };
    const rest = held.slice(meta.cursor);
    if (fault !== undefined) throw badQuote(reader.name, line, fault.code, rows[fault.row ?? -1]);
    held = isEnd ? '' : rest;
    tried = held.length;
    if (held.length > LONGEST) throw tooLong(reader.name, line);
    if (held.split('\n', MOST_LINES + 1).length > MOST_LINES)
      throw badQuote(reader.name, line, 'MissingQuotes');
  }
}

/** The same, one record at a time. */
export async function* csvRecords(reader: ByteSource, what: string): AsyncGenerator<CsvRecord> {
  for await (const { records } of csvPieces(reader, what)) yield* records;
}

function breaksIn(fields: readonly string[]): number {
  let breaks = 0;
  for (const field of fields) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) breaks++;
  }
  return breaks;
}

/** Line breaks of Windows and of old Macs as those of Unix, also where a file has several kinds. */
async function* unixLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of pieces) {
    const text = held + piece;
    held = text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole;
  }
  if (held !== '') yield '\n';
}

async function* withEnd(pieces: AsyncIterable<string>): AsyncGenerator<string | null> {
  yield* pieces;
  yield null;
}

/** Lines that are looked at to find the separator. */
const LINES_TO_TELL = 10;

/** The usual separator that all of the first lines have, and most often; outside of quotes. */
export function separatorOf(text: string): Separator {
  const lines = text
    .slice(0, 2 ** 16)
    .replace(/"([^"]|"")*"/g, '')
    .split('\n', LINES_TO_TELL + 1)
    .slice(0, LINES_TO_TELL)
    .filter((line) => line.trim() !== '');
  // The last may be cut off.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const least = (separator: string) => Math.min(...whole.map((line) => line.split(separator).length));
  const first = (separator: string) => (whole[0] ?? '').split(separator).length;
  return SEPARATORS.reduce((best, one) =>
    least(one) > least(best) || (least(one) === least(best) && first(one) > first(best)) ? one : best,
  );
}

function badQuote(file: string, line: number, code: string, fields?: readonly string[]): HourglassError {
  return new HourglassError('data', {
    subject: `${file}, line ${line}`,
    rule:
      code === 'InvalidQuotes'
        ? 'must double each quote within a quoted field'
        : 'must close each quote that it opens',
    ...(fields === undefined ? {} : { got: fields.join(',').split('\n', 1)[0]!.slice(0, 40) }),
    hint: 'a quote in a field is written "" within quotes',
  });
}

const tooLong = (file: string, line: number): HourglassError =>
  new HourglassError('data', {
    subject: `${file}, line ${line}`,
    rule: `must have records of at most ${LONGEST / 1e6} million characters`,
    got: 'a longer one',
    hint: 'check that its rows are lines of their own, and that quotes are closed',
  });
