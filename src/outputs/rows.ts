/** Text with a line a row: CSV, or JSON lines; into a file or to standard output. */

import { type CsvValue, encodeCsv } from '../codecs/csv.ts';
import { printable, printableJson } from '../printable.ts';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import { keptUnits } from './kept-units.ts';
import { LISTS, type Saved, type Sink, type SinkOptions, type Values } from './sink.ts';
import { print } from './standard-output.ts';
import type { Unfinished } from './unfinished.ts';

export type Row = Record<string, CsvValue | number[]>;

export interface RowWriter {
  write(rows: readonly Row[]): Promise<void>;
  /** What {@link openRows} needs to continue. */
  save(): Promise<Saved>;
  finish(): Promise<number>;
  abandon(): Promise<void>;
}

/**
 * A list in a row becomes columns in CSV: `z` of three numbers z1, z2 and z3.
 * @param work where the file grows, with what an earlier command saved.
 */
export async function openRows(
  path: string | null,
  format: 'csv' | 'jsonl',
  force: boolean,
  rawCsv = false,
  work: Unfinished | null = null,
): Promise<RowWriter> {
  const length = Number(work?.saved?.values.bytes ?? 0);
  const file =
    path === null ? null : await PartFile.open(path, force, work?.growing(`rows.${format}`, length));
  const put = async (text: string) => {
    if (file !== null) await file.write(text);
    else await print(text);
  };
  let count = work?.progress?.done ?? 0;
  return {
    async write(rows) {
      if (rows.length === 0) return;
      if (format === 'jsonl') await put(rows.map((row) => `${printableJson(row)}\n`).join(''));
      else {
        const shown = path === null && process.stdout.isTTY ? rows.map(forTerminal) : rows;
        const text = encodeCsv(shown.map(flat), undefined, { raw: rawCsv });
        await put(count === 0 ? text : text.slice(text.indexOf('\n') + 1));
      }
      count += rows.length;
    },
    async save() {
      await file?.flush();
      return { values: { bytes: file?.length ?? 0 } };
    },
    async finish() {
      await file?.finish();
      return count;
    },
    async abandon() {
      await file?.abandon();
    },
  };
}

/** Text of a row without power over a terminal. */
const forTerminal = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? printable(value) : value]),
  );

function flat(row: Row): Record<string, CsvValue> {
  const columns: Record<string, CsvValue> = {};
  for (const [key, value] of Object.entries(row)) {
    if (!Array.isArray(value)) columns[key] = value;
    else for (const [i, each] of value.entries()) columns[`${key}${i + 1}`] = each;
  }
  return columns;
}

/** Nine digits tell every float32 from every other. */
export const digits = (value: number): number => Number(value.toPrecision(9));

/** A row for each code (`z1`, …), posterior or image (`x1`, …), with its name and its class. Sparse codes are JSON lines. */
export async function rowSink(
  path: string | null,
  format: 'csv' | 'jsonl',
  force: boolean,
  { kind, shape }: Pick<SinkOptions, 'kind' | 'shape'>,
  rawCsv = false,
  work: Unfinished | null = null,
): Promise<Sink<Values>> {
  const rows = await openRows(path, format, force, rawCsv, work);
  const lists = LISTS[kind];
  const isSparse = kind === 'sparse';
  const size = sizeOf(shape) / (isSparse ? 1 : lists.length);
  return {
    async write({ names, classes, values }) {
      if (isSparse) {
        const kept = [...keptUnits(values, size)];
        await rows.write(
          names.map((name, i) => {
            const { units, values: own } = kept[i]!;
            return { name, class: classes?.[i] ?? null, units, values: own.map(digits) };
          }),
        );
        return;
      }
      await rows.write(
        names.map((name, i) => ({
          name,
          class: classes?.[i] ?? null,
          ...Object.fromEntries(
            lists.map(({ name: list, column }, k) => {
              const from = (i * lists.length + k) * size;
              return [
                format === 'csv' ? column : list,
                Array.from<number, number>(values.subarray(from, from + size), digits),
              ];
            }),
          ),
        })),
      );
    },
    save: () => rows.save(),
    async finish() {
      const count = await rows.finish();
      return { files: path === null ? [] : [path], what: `${count.toLocaleString('en')} rows`, notes: [] };
    },
    abandon: () => rows.abandon(),
  };
}
