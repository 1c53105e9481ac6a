/** The thread that decodes rows of Parquet files, some at each request. */
import { parentPort } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { type ParquetFile, readParquetFile } from './parquet-file.ts';
import type { RowsAnswer, RowsOrder } from './threaded-parquet-file.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

/** Files whose descriptions are at hand. */
const MOST_OPEN = 8;
const open = new Map<string, Promise<ParquetFile>>();

function fileOf(path: string, byteLength: number): Promise<ParquetFile> {
  const key = `${byteLength} ${path}`;
  const found = open.get(key) ?? readParquetFile(path, byteLength);
  // The one that was used last is the last of the map.
  open.delete(key);
  open.set(key, found);
  if (open.size > MOST_OPEN) open.delete([...open.keys()][0]!);
  found.catch(() => open.delete(key));
  return found;
}

async function answer({ path, byteLength, columns, first, end }: RowsOrder): Promise<RowsAnswer> {
  const file = await fileOf(path, byteLength);
  return { rows: await file.rows(columns, first, end) };
}

port.on('message', (order: RowsOrder) => {
  answer(order).then(
    (message) => port.postMessage(message),
    (error: unknown) => {
      if (!(error instanceof HourglassError)) throw error;
      port.postMessage({ expected: { kind: error.kind, parts: error.parts } } satisfies RowsAnswer);
    },
  );
});
