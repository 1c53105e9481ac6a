/** JSON from strangers: its depth, keys and values are counted and its keys compared before it is parsed, and a schema checks the content. */
import * as z from 'zod';
import { nearest } from '../../api.ts';
import { Problem, quoted } from '../problem.ts';
import { FURTHER, givenRowsSchema, type TableRows, tableRowsOf } from './rows.ts';
import { type RowShape, rowsOf, tensorSchema } from './tensor.ts';

/** Lists within lists: [images][channels][rows][columns] in an object or two. */
const DEEPEST = 8;
/** Keys of all objects of a body but for rows: options, and those of one array. */
const MOST_KEYS = 100;
/** Values and lists besides those of the array that a verb takes. */
const OTHER_VALUES = 1000;
/** Characters that the options of a body may take. */
const LONGEST_OPTIONS = 16_384;

export interface JsonJob {
  bytes: Uint8Array;
  /** Arrays that the body may hold, and how many rows of them. */
  shapes: readonly RowShape[];
  most: number;
}

/** Rows, images or codes one after the other; of a table also how they were written and {@link TableRows} more. */
export type GivenRows = Pick<TableRows, 'rows' | 'count'> & Partial<Omit<TableRows, 'notes'>>;

export interface JsonBody {
  /** The body; what stood for the array is null. Whatever is no object is as it was, if it is short. */
  body: unknown;
  array: ({ kind: string } & GivenRows) | null;
  /** How rows were read. */
  notes: string[];
}

/**
 * A JSON body with its array as rows.
 * @throws Problem 400 for anything that is not JSON, 413 for more than any valid request holds, 422 for a bad array.
 */
export function readJson({ bytes, shapes, most }: JsonJob): JsonBody {
  const whole = shapes.map((shape) => most * valuesOf(shape));
  const keys = shapes.map(({ table }) => (table === undefined ? 0 : most * (table.columns.length + FURTHER)));
  const body = parseJson(bytes, {
    // With classes of each, and of what they become.
    values: Math.max(0, ...whole) + OTHER_VALUES + 2 * most,
    keys: Math.max(0, ...keys) + MOST_KEYS,
  });
  let array: JsonBody['array'] = null;
  const notes: string[] = [];
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const fields = body as Record<string, unknown>;
    for (const shape of shapes) {
      const given = Object.hasOwn(fields, shape.name) ? fields[shape.name] : undefined;
      if (given === undefined) continue;
      array ??= { kind: shape.name, ...arrayOf(given, shape, most, notes) };
      fields[shape.name] = null;
    }
  }
  if (JSON.stringify(withoutLists(body)).length > LONGEST_OPTIONS) {
    throw new Problem(
      422,
      `The body must be an object with options of at most ${LONGEST_OPTIONS} characters.`,
    );
  }
  return { body, array, notes };
}

/** The options of a body without the classes of its images: their number is bounded as images are. */
function withoutLists(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { class: _, as: __, ...options } = body as Record<string, unknown>;
  return options;
}

function arrayOf(given: unknown, shape: RowShape, most: number, notes: string[]): GivenRows {
  const { name, table } = shape;
  const schema = table === undefined ? tensorSchema : givenRowsSchema;
  const array = checked(z.object({ [name]: schema }), { [name]: given })[name]!;
  if (table === undefined) return rowsOf(array, shape, most);
  const { notes: found, ...rows } = tableRowsOf(array, shape, table, most);
  notes.push(...found);
  return rows;
}

/** Values of a row and the lists that hold them, when each is a list of its own. */
function valuesOf({ shape, table }: RowShape): number {
  let [count, lists] = [1, table === undefined ? 0 : FURTHER];
  for (const size of shape) {
    lists += count;
    count *= size;
  }
  return count + lists;
}

/**
 * @param most values, lists and objects, and keys, that a valid body may hold.
 * @throws Problem 400 for anything that is not JSON or is nested too deep, 413 for too many keys or values, 422 for a key that
 * an object has twice.
 */
function parseJson(bytes: Uint8Array, most: { values: number; keys: number }): unknown {
  let [depth, keys, values] = [0, 0, 1];
  let inText = false;
  // Where the last string begins and ends, and the keys so far of the objects that are open, by depth.
  let [from, to] = [0, 0];
  const keysAt: (Set<string> | undefined)[] = [];
  let repeated: string | null = null;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) {
        inText = false;
        to = i + 1;
      }
    } else if (byte === 0x22) {
      inText = true;
      from = i;
    } else if (byte === 0x2c) values++;
    else if (byte === 0x3a) {
      keys++;
      const key = keyOf(bytes.subarray(from, to));
      from = to;
      const seen = keysAt[depth] ?? new Set();
      if (key !== null && seen.has(key)) repeated ??= key;
      else if (key !== null) keysAt[depth] = seen.add(key);
    } else if (byte === 0x5b || byte === 0x7b) {
      values++;
      if (++depth > DEEPEST) throw new Problem(400, `JSON may be nested ${DEEPEST} deep at most.`);
      keysAt[depth] = undefined;
    } else if (byte === 0x5d || byte === 0x7d) depth = Math.max(0, depth - 1);
    if (keys > most.keys) throw new Problem(413, `A body may hold at most ${most.keys} keys.`);
    if (values > most.values)
      throw new Problem(413, `A body may hold at most ${most.values} values and lists here.`);
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What Python's json writes by default.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const hint =
      text.includes('NaN') || text.includes('Infinity') ? ', which has no NaN and no Infinity' : '';
    throw new Problem(400, `The body must be JSON in UTF-8${hint}.`);
  }
  // Readers of JSON differ in which of the two counts.
  if (repeated !== null) throw new Problem(422, `${quoted(repeated)} must be given once.`);
  return body;
}

const DECODER = new TextDecoder();
const BACKSLASH = 0x5c;

/** A key from the bytes between its quotes, both included; null if they are not JSON, which the parser reports. */
function keyOf(text: Uint8Array): string | null {
  const plain = DECODER.decode(text);
  if (!text.includes(BACKSLASH)) return plain.startsWith('"') ? plain.slice(1, -1) : null;
  try {
    return String(JSON.parse(plain));
  } catch {
    return null;
  }
}

/** @throws Problem 422 that names the first error. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const meant = nearest(key.slice(0, 40), known(schema));
    const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    throw new Problem(422, `${quoted(key)} is not a setting of this request.${hint}`);
  }
  const place = issue.path.length === 0 ? 'The body' : quoted(issue.path.join('.'));
  throw new Problem(422, `${place}: ${issue.message}`);
}

const known = (schema: z.ZodType): string[] =>
  Object.keys((schema as { shape?: Readonly<Record<string, unknown>> }).shape ?? {});
