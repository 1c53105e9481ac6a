/**
 * Codes as records, as `hourglass encode` writes them to JSON lines and Parquet: a list `code` of floats or `integers`, or of a sparse
 * code the lists `units` and `values` of what is not 0; and a `name`.
 */
import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import type { ByteSource } from './byte-source.ts';
import { openTableFile } from './tables/file.ts';
import { linesOf, textOf } from './tables/text.ts';

/** Some codes of a file. */
export interface CodeBatch {
  /** A name for each: from the CSV, or the file with the position in it, for example `codes.npy[17]`. */
  names: string[];
  /** [n, units], or whole numbers [n, …integers], which floats hold as they are. */
  codes: Float32Array;
  /** Whether they are whole numbers that stand for vectors. */
  isIntegers: boolean;
}

/** What codes may be: so many numbers, or whole numbers of a shape. */
export interface CodeSizes {
  units: number;
  integers: readonly number[] | undefined;
}

/** The longest line, in characters. */
const LONGEST = 20e6;

/** JSON lines: an object a line. */
export async function* jsonCodes(
  reader: ByteSource,
  sizes: CodeSizes,
  batch: number,
): AsyncGenerator<CodeBatch> {
  let held: Collected | null = null;
  let count = 0;
  for await (const { text, line } of linesOf(textOf(reader, 'JSON lines'), LONGEST, reader.name)) {
    if (text.trim() === '') continue;
    const place = `${reader.name}, line ${line}`;
    const record = recordIn(text, place);
    const { isIntegers, values } = codeIn(record, sizes, place);
    held ??= new Collected(isIntegers, values.length, batch);
    if (held.isIntegers !== isIntegers)
      throw refuse(
        place,
        'must have a code of the kind that the first line has',
        isIntegers ? 'integers' : 'code',
      );
    const { name } = record;
    held.add(typeof name === 'string' && name !== '' ? name : `${reader.name}[${count}]`, values);
    count++;
    if (held.isFull) yield held.take();
  }
  if (held !== null && !held.isEmpty) yield held.take();
}

/** Parquet: the one column of lists, whose name says what it has. */
export async function* parquetCodes(
  path: string,
  sizes: CodeSizes,
  batch: number,
): AsyncGenerator<CodeBatch> {
  const table = await openTableFile(path, path);
  try {
    const isIntegers = table.list === 'integers';
    if (!isIntegers && table.list !== 'code')
      throw refuse(
        path,
        "must have one column of lists, 'code' or 'integers'",
        table.list === undefined ? 'none' : `'${table.list}'`,
      );
    const length = lengthOf(isIntegers, sizes, path);
    const held = new Collected(isIntegers, length, batch);
    let count = 0;
    for await (const { names, rows } of table.groups) {
      const lists = names.filter((name) => /^x\d+$/.test(name)).length;
      if (lists !== length) throw refuse(path, `must have lists of ${length} numbers`, lists);
      const [first, name] = [names.indexOf('x1'), names.indexOf('name')];
      for (const row of rows) {
        const own = name < 0 ? null : row[name];
        const values = Float64Array.from(row.slice(first, first + length), (cell) =>
          typeof cell === 'number' ? cell : Number.NaN,
        );
        held.add(own === null || own === undefined ? `${path}[${count}]` : String(own), values);
        count++;
        if (held.isFull) yield held.take();
      }
    }
    if (!held.isEmpty) yield held.take();
  } finally {
    await table.close();
  }
}

/** Codes until a batch is full. */
class Collected {
  readonly isIntegers: boolean;
  private readonly length: number;
  private readonly most: number;
  private names: string[] = [];
  private codes: Float32Array;

  constructor(isIntegers: boolean, length: number, most: number) {
    this.isIntegers = isIntegers;
    this.length = length;
    this.most = most;
    this.codes = new Float32Array(most * length);
  }

  get isFull(): boolean {
    return this.names.length === this.most;
  }

  get isEmpty(): boolean {
    return this.names.length === 0;
  }

  add(name: string, values: ArrayLike<number>): void {
    this.codes.set(values, this.names.length * this.length);
    this.names.push(name);
  }

  take(): CodeBatch {
    const { names, codes, isIntegers, length, most } = this;
    this.names = [];
    this.codes = new Float32Array(most * length);
    return { names, codes: codes.subarray(0, names.length * length), isIntegers };
  }
}

function recordIn(text: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(place, 'must be a line of JSON', text.slice(0, 40), cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(place, 'must be a JSON object', text.slice(0, 40));
  return value as Record<string, unknown>;
}

function codeIn(
  { code, integers, units, values }: Record<string, unknown>,
  sizes: CodeSizes,
  place: string,
): { isIntegers: boolean; values: ArrayLike<number> } {
  if (integers !== undefined) {
    const length = lengthOf(true, sizes, place);
    return { isIntegers: true, values: numbersIn(integers, length, `${place}, integers`) };
  }
  if (code !== undefined)
    return { isIntegers: false, values: numbersIn(code, sizes.units, `${place}, code`) };
  if (units === undefined || values === undefined)
    throw refuse(place, "must have 'code', 'integers', or 'units' and 'values'", 'none of them');
  const kept = numbersIn(units, null, `${place}, units`);
  const own = numbersIn(values, kept.length, `${place}, values`);
  const whole = new Float32Array(sizes.units);
  for (const [i, unit] of kept.entries()) {
    if (!Number.isInteger(unit) || unit < 0 || unit >= sizes.units)
      throw refuse(`${place}, units`, `must be whole numbers from 0 to ${sizes.units - 1}`, unit);
    whole[unit] = own[i]!;
  }
  return { isIntegers: false, values: whole };
}

function lengthOf(isIntegers: boolean, { units, integers }: CodeSizes, place: string): number {
  if (!isIntegers) return units;
  if (integers !== undefined) return sizeOf(integers);
  throw refuse(place, 'must hold the codes of this model, which are no whole numbers', 'integers');
}

function numbersIn(value: unknown, length: number | null, place: string): number[] {
  const isNumbers = Array.isArray(value) && value.every((each) => typeof each === 'number');
  if (isNumbers && (length === null || value.length === length)) return value;
  const got = !isNumbers ? JSON.stringify(value).slice(0, 40) : `${(value as number[]).length}`;
  throw refuse(place, `must be a list of ${length === null ? '' : `${length} `}numbers`, got);
}

function refuse(subject: string, rule: string, got: unknown, cause?: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got }, { cause });
}
