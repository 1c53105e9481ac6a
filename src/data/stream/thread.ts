/** The thread that reads a stream's samples: pictures are decoded here while training computes. */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { storedView } from '../../samples/index.ts';
import { readerOf } from './readers.ts';
import type { StreamStart } from './start.ts';
import type { ReadAnswer, ReadOrder } from './threaded.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const read = readerOf(workerData as StreamStart);

port.on('message', ({ id, indices, memory, storage, length }: ReadOrder) => {
  read(indices, storedView(storage, memory, 0, length)).then(
    () => port.postMessage({ id } satisfies ReadAnswer),
    (error: unknown) => port.postMessage(answerOf(id, error)),
  );
});

function answerOf(id: number, error: unknown): ReadAnswer {
  if (error instanceof HourglassError) return { id, expected: { kind: error.kind, parts: error.parts } };
  return { id, failure: error };
}
