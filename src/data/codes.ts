/** Codes from a file or a pipe, NPY or CSV: a stream of batches in flat memory. */

import { uninert } from '../codecs/csv.ts';
import { isNpy, MAX_NPY_HEADER, npyValues, readNpyHeader } from '../codecs/npy.ts';
import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import { csvRecords } from './csv-records.ts';
import { abortable, ByteReader } from './images/bytes.ts';
import { openFile } from './images/files.ts';

export interface CodeBatch {
  /** A name for each: from the CSV, or the file with the position in it, for example `codes.npy[17]`. */
  names: string[];
  /** [n, units]. */
  codes: Float32Array;
}

export interface CodesOptions {
  batch?: number;
  stdin?: NodeJS.ReadStream;
  /** Ends the wait for standard input. */
  signal?: AbortSignal;
}

/**
 * Codes of `units` numbers each. From a CSV with a heading, the columns `z1`, `z2`, … (as `hourglass encode` writes
 * them) and `name` are read; without a heading, all columns.
 * @param path a file, or `-` for standard input.
 * @throws HourglassError (data) for a file that is missing, damaged, empty or has codes of another size.
 */
export async function* openCodes(
  path: string,
  units: number,
  { batch = 256, stdin = process.stdin, signal }: CodesOptions = {},
): AsyncGenerator<CodeBatch, void, undefined> {
  const file = path === '-' ? null : (await openFile(Buffer.from(path), path)).file;
  const name = path === '-' ? 'standard input' : path;
  const reader = await ByteReader.unpacked(
    file === null ? abortable(stdin, signal) : file.createReadStream(),
    name,
  );
  let found = 0;
  try {
    const batches = isNpy(await reader.peek(6))
      ? npyCodes(reader, units, batch)
      : csvCodes(reader, units, batch);
    for await (const each of batches) {
      const wrong = each.codes.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) {
        const code = each.names[Math.floor(wrong / units)]!;
        const subject = code.startsWith(name) ? code : `${name}, ${code}`;
        throw refuse(subject, 'must have only finite numbers', String(each.codes[wrong]));
      }
      found += each.names.length;
      yield each;
    }
    if (found === 0) throw refuse(name, 'must hold at least one code', 'none');
  } finally {
    await reader.close();
    await file?.close().catch(() => {});
  }
}

async function* npyCodes(reader: ByteReader, units: number, batch: number): AsyncGenerator<CodeBatch> {
  const { name } = reader;
  const header = readNpyHeader(await reader.peek(MAX_NPY_HEADER), name);
  const { shape, fortran, type, size } = header;
  const count = shape.length === 1 ? 1 : shape[0]!;
  const each = sizeOf(shape.slice(shape.length === 1 ? 0 : 1));
  if (each !== units || fortran || type === 'u1') {
    throw refuse(
      name,
      `must hold codes: float32 or float64 [n, ${units}] in C order`,
      `${type} [${shape.join(', ')}]${fortran ? ' in Fortran order' : ''}`,
    );
  }
  await reader.read(header.header);
  for (let start = 0; start < count; start += batch) {
    const n = Math.min(batch, count - start);
    const values = npyValues(header, (await reader.read(n * units * size))!);
    yield {
      names: Array.from({ length: n }, (_, i) => `${name}[${start + i}]`),
      codes: Float32Array.from(values),
    };
  }
  if ((await reader.peek(1)).length > 0)
    throw refuse(name, 'must have the length that its dimensions give', 'more bytes');
}

async function* csvCodes(reader: ByteReader, units: number, batch: number): AsyncGenerator<CodeBatch> {
  let columns: { codes: number[]; name: number } | null = null;
  let place = 0;
  let held: CodeBatch = { names: [], codes: new Float32Array(batch * units) };
  for await (const { line, fields } of csvRecords(reader, 'codes as NPY or CSV')) {
    if (columns === null) {
      const heading = fields.some((field) => field.trim() === '' || Number.isNaN(Number(field)));
      columns = heading
        ? headed(
            fields.map((field) => field.trim()),
            units,
            reader.name,
          )
        : { codes: fields.map((_, i) => i), name: -1 };
      if (heading) continue;
    }
    const values = columns.codes.map((column) => fields[column]);
    if (values.length !== units || values.some((value) => value === undefined)) {
      throw refuse(
        `${reader.name}, line ${line}`,
        `must hold ${units} numbers, a code's units`,
        fields.length,
      );
    }
    const i = held.names.length;
    for (const [unit, value] of values.entries()) {
      held.codes[i * units + unit] = value?.trim() === '' ? Number.NaN : Number(value);
    }
    held.names.push((columns.name >= 0 && uninert(fields[columns.name] ?? '')) || `${reader.name}[${place}]`);
    place++;
    if (held.names.length < batch) continue;
    yield held;
    held = { names: [], codes: new Float32Array(batch * units) };
  }
  if (held.names.length > 0) yield { ...held, codes: held.codes.slice(0, held.names.length * units) };
}

/** The columns of the code, from the heading. */
function headed(fields: readonly string[], units: number, name: string) {
  const codes = Array.from({ length: units }, (_, unit) => fields.indexOf(`z${unit + 1}`));
  if (codes.every((column) => column >= 0) && !fields.includes(`z${units + 1}`)) {
    return { codes, name: fields.indexOf('name') };
  }
  throw refuse(
    name,
    `must have the columns z1 to z${units}, or ${units} columns and no heading`,
    fields.join(','),
  );
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
