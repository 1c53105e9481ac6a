/** Parquet files whose rows are decoded on a thread of their own, which is ended when it takes too long; see parquet-patience.ts. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { answerWithin, patienceFor } from '../parquet-patience.ts';
import { type ParquetFile, readParquetFile } from './parquet-file.ts';

export interface RowsOrder {
  path: string;
  byteLength: number;
  columns: string[];
  first: number;
  end: number;
}

export interface RowsAnswer {
  rows?: Record<string, unknown>[];
  /** An error that a user can act on. */
  expected?: Pick<HourglassError, 'kind' | 'parts'>;
}

/** One thread for all files: it has one order at a time, so that its deadline is that of the order. */
let worker: Worker | null = null;
let line: Promise<unknown> = Promise.resolve();

/**
 * Its description is read here, its rows on the thread. In a clone whose sources run as they are, without one.
 * @param patience milliseconds that some rows may take; default a minute, and a second for each mebibyte.
 * @throws HourglassError (data) naming the file, if it is damaged or cut short.
 */
export async function parquetFile(path: string, byteLength: number, patience?: number): Promise<ParquetFile> {
  const file = await readParquetFile(path, byteLength);
  const url = new URL('./parquet-rows-thread.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) return file;
  return {
    ...file,
    rows(columns, first, end) {
      const order = { path, byteLength, columns, first, end };
      const bytes = Math.min(byteLength, bytesOf(file, first, end));
      const answer = line.then(() => ask(url, order, patience ?? patienceFor(bytes)));
      line = answer.catch(() => {});
      return answer;
    },
  };
}

/** Bytes of the groups that have some of the rows, as the file says. */
function bytesOf({ metadata }: ParquetFile, first: number, end: number): number {
  let [start, bytes] = [0, 0];
  for (const { num_rows, total_byte_size } of metadata.row_groups) {
    if (start < end && start + Number(num_rows) > first) bytes += Number(total_byte_size);
    start += Number(num_rows);
  }
  return bytes;
}

async function ask(url: URL, order: RowsOrder, patience: number): Promise<Record<string, unknown>[]> {
  if (worker === null) {
    worker = new Worker(fileURLToPath(url), { execArgv: [] });
    // Between two orders nobody listens, and an error that nobody hears would end the process.
    worker.on('error', () => {});
  }
  const asked = worker;
  asked.ref();
  try {
    const { rows, expected } = await answerWithin<RowsAnswer>(asked, order, order.path, patience);
    if (expected !== undefined) throw new HourglassError(expected.kind, expected.parts);
    asked.unref();
    return rows!;
  } catch (error) {
    // It may be busy forever, or gone.
    worker = null;
    await asked.terminate();
    throw error;
  }
}
