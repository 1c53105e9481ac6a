/** CSV and TSV as a table: what separates fields, whether there is a heading, and the cells. */
import { HourglassError } from '../../errors.ts';
import { type Cell, cellOf } from '../../tables/index.ts';
import type { ByteSource } from '../byte-source.ts';
import { type CsvRecord, csvPieces, type Separator } from '../csv-records.ts';
import { checkNames, numberedNames, type RowGroup, type TableReader } from './reader.ts';

const NAMES: Readonly<Record<Separator, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};

/** Records that tell whether the first is a heading. */
const RECORDS_TO_TELL = 20;

const WHAT = 'a table as CSV, TSV, JSON lines, NPY, NPZ, safetensors or Parquet';

export async function csvTable(reader: ByteSource, header?: boolean): Promise<TableReader> {
  const pieces = csvPieces(reader, WHAT)[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) {
    throw new HourglassError('data', { subject: reader.name, rule: 'must have rows', got: 'none' });
  }
  const { separator, records } = first.value;
  const isHeading = header ?? looksLikeHeading(records.slice(0, RECORDS_TO_TELL));
  const names = isHeading ? namesOf(records[0]!.fields) : numberedNames(records[0]!.fields.length);
  checkNames(names, reader.name);
  const decimalComma = separator === ';';
  async function* groups(): AsyncGenerator<RowGroup> {
    const cells = (some: readonly CsvRecord[]): RowGroup => ({
      names,
      rows: some.map(({ line, fields }) => {
        if (fields.length !== names.length) throw wrongNumber(reader.name, line, fields.length, names.length);
        return fields.map((field): Cell => cellOf(field, decimalComma));
      }),
    });
    yield cells(isHeading ? records.slice(1) : records);
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      yield cells(next.value.records);
  }
  const about = `${separator === '\t' ? 'TSV' : `CSV with ${NAMES[separator]}`}, ${isHeading ? 'names in the first line' : 'no names in the first line'}`;
  return { about, grows: false, groups: groups() };
}

/**
 * Whether the first record has names: it has no numbers, or it has a text above a column of numbers.
 */
function looksLikeHeading([first, ...rest]: readonly CsvRecord[]): boolean {
  const heads = first!.fields.map((field) => cellOf(field));
  if (heads.every((cell) => typeof cell !== 'number')) return heads.some((cell) => cell !== null);
  return heads.some((head, i) => {
    if (typeof head !== 'string') return false;
    const below = rest.map(({ fields }) => cellOf(fields[i] ?? '')).filter((cell) => cell !== null);
    return below.length > 0 && below.every((cell) => typeof cell === 'number');
  });
}

/** Names as they are written, on one line and without spaces around them; a column without one is named by its position. */
const namesOf = (fields: readonly string[]): string[] =>
  fields.map((field, i) => field.trim().replace(/\s+/g, ' ') || `column ${i + 1}`);

const wrongNumber = (file: string, line: number, got: number, expected: number): HourglassError =>
  new HourglassError('data', {
    subject: `${file}, line ${line}`,
    rule: `must have ${expected.toLocaleString('en')} fields, like the first line`,
    got,
    hint:
      got > expected ? 'put a field with a separator in it in quotes' : 'leave fields empty rather than out',
  });
