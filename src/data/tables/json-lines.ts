/** JSON lines: a JSON object or list a line. */
import { HourglassError } from '../../errors.ts';
import { type Cell, cellOfValue } from '../../tables/index.ts';
import type { ByteSource } from '../byte-source.ts';
import { checkNames, numberedNames, type RowGroup, rowsAtOnce, type TableReader } from './reader.ts';
import { linesOf, textOf } from './text.ts';

/** The longest line, in characters. */
const LONGEST = 20e6;

export function jsonLines(reader: ByteSource): TableReader {
  return { about: 'JSON lines', grows: true, groups: groups(reader) };
}

async function* groups(reader: ByteSource): AsyncGenerator<RowGroup> {
  const names: string[] = [];
  const places = new Map<string, number>();
  let rows: Cell[][] = [];
  let lists: boolean | null = null;
  for await (const { text: raw, line } of linesOf(textOf(reader, 'JSON lines'), LONGEST, reader.name)) {
    const text = raw.trim();
    if (text === '') continue;
    const place = `${reader.name}, line ${line}`;
    const value = parsed(text, place);
    const isList = Array.isArray(value);
    if (typeof value !== 'object' || value === null || (lists !== null && lists !== isList)) {
      throw refuse(
        place,
        `must be a JSON ${lists === null ? 'object or list' : lists ? 'list' : 'object'}`,
        text.slice(0, 40),
      );
    }
    lists = isList;
    if (isList && names.length === 0) names.push(...numberedNames(value.length));
    if (isList && value.length !== names.length) {
      throw refuse(place, `must have ${names.length} values, like the first line`, value.length);
    }
    const entries = isList ? value.map((each, i) => [names[i]!, each] as const) : Object.entries(value);
    const row: Cell[] = new Array<Cell>(names.length).fill(null);
    const before = names.length;
    for (const [key, each] of entries) {
      let at = places.get(key);
      if (at === undefined) {
        at = places.size;
        places.set(key, at);
        if (!isList) names.push(key);
      }
      const found = cellOfValue(each);
      if (found === null) {
        throw refuse(
          `${place}, column '${key}'`,
          'must be a number, a text, true, false or null',
          JSON.stringify(each).slice(0, 40),
        );
      }
      row[at] = found.cell;
    }
    if (names.length > before) checkNames(names, reader.name);
    rows.push(row);
    if (rows.length < rowsAtOnce(names.length)) continue;
    yield { names: [...names], rows };
    rows = [];
  }
  if (rows.length > 0) yield { names: [...names], rows };
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const isTable = text.startsWith('[') || text === '{';
    throw refuse(
      place,
      'must be a line of JSON',
      text.slice(0, 40),
      isTable ? "if the file is one list of objects, make a line of each: jq -c '.[]'" : undefined,
      cause,
    );
  }
}

function refuse(subject: string, rule: string, got: unknown, hint?: string, cause?: unknown): HourglassError {
  return new HourglassError(
    'data',
    { subject, rule, got, ...(hint === undefined ? {} : { hint }) },
    { cause },
  );
}
