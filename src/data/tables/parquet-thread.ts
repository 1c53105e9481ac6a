/** The thread that decodes a Parquet file, a piece of rows at each request. */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { openFile } from '../images/files.ts';
import { parquetTable } from './parquet.ts';
import type { RowGroup } from './reader.ts';
import type { ParquetAnswer, ParquetStart } from './threaded-parquet.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const { path, name, array } = workerData as ParquetStart;
let pieces: AsyncIterator<RowGroup> | null = null;

async function next(): Promise<ParquetAnswer> {
  if (pieces === null) {
    const { file, size } = await openFile(path, name);
    pieces = (await parquetTable(file, size, name, array)).groups[Symbol.asyncIterator]();
  }
  const { done, value } = await pieces.next();
  return done === true ? { end: true } : { group: value };
}

port.on('message', () => {
  next().then(
    (answer) => port.postMessage(answer),
    (error: unknown) => {
      if (!(error instanceof HourglassError)) throw error;
      port.postMessage({ expected: { kind: error.kind, parts: error.parts } } satisfies ParquetAnswer);
    },
  );
});
