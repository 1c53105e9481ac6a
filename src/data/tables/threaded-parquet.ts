/**
 * Parquet decoded on a thread of its own: a damaged page can keep the decoder busy forever, or take all memory. A thread can be
 * ended, and one without memory does not end the process.
 */
import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { parquetTable } from './parquet.ts';
import type { RowGroup, TableReader } from './reader.ts';

/** A group of rows may take this long, in milliseconds, … */
const PATIENCE = 60_000;
/** … and as much more for each mebibyte of the file. A busy machine decodes some ten of them in a second. */
const PER_MEBIBYTE = 1000;

export interface ParquetStart {
  path: string;
  name: string;
}

export interface ParquetAnswer {
  group?: RowGroup;
  /** There are no more rows. */
  end?: true;
  /** An error that a user can act on. */
  expected?: Pick<HourglassError, 'kind' | 'parts'>;
}

/**
 * The rows of a file. Its footer is read here; the pages on the thread. In a clone whose sources run as they are, without one.
 * @param patience milliseconds that a piece of rows may take.
 */
export async function threadedParquet(
  path: string,
  { file, size }: { file: FileHandle; size: number },
  name: string,
  patience: number = PATIENCE + (PER_MEBIBYTE * size) / 2 ** 20,
): Promise<TableReader> {
  const here = await parquetTable(file, size, name);
  const url = new URL('./parquet-thread.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) return here;
  async function* groups(): AsyncGenerator<RowGroup> {
    const worker = new Worker(fileURLToPath(url), {
      workerData: { path, name } satisfies ParquetStart,
      execArgv: [],
    });
    // Between two requests nobody listens, and an error that nobody hears would end the process.
    worker.on('error', () => {});
    try {
      for (;;) {
        const { group, expected } = await answerOf(worker, name, patience);
        if (expected !== undefined) throw new HourglassError(expected.kind, expected.parts);
        if (group === undefined) return;
        yield group;
      }
    } finally {
      await worker.terminate();
    }
  }
  return { ...here, groups: groups() };
}

/** Asks for the next piece. */
function answerOf(worker: Worker, name: string, patience: number): Promise<ParquetAnswer> {
  return new Promise((resolve, reject) => {
    const refuse = (got: string) =>
      settle(() =>
        reject(
          new HourglassError('data', {
            subject: name,
            rule: 'must be an undamaged Parquet file',
            got,
            hint: 'write the file again, with smaller groups of rows, or as CSV',
          }),
        ),
      );
    const late = setTimeout(
      () => refuse(`rows that are not decoded after ${Math.round(patience / 1000)} s`),
      patience,
    );
    const onMessage = (answer: ParquetAnswer) => settle(() => resolve(answer));
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') refuse('rows that take all memory');
      else settle(() => reject(error));
    };
    const settle = (done: () => void) => {
      clearTimeout(late);
      worker.off('message', onMessage).off('error', onError);
      done();
    };
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage('next');
  });
}
