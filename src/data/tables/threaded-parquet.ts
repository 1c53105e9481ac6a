/** Tables in Parquet, decoded on a thread of their own; see parquet-patience.ts. */
import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { answerWithin, patienceFor } from '../parquet-patience.ts';
import { parquetTable } from './parquet.ts';
import type { RowGroup, TableReader } from './reader.ts';

export interface ParquetStart {
  path: string;
  name: string;
  /** The column of lists that is the rows' array, if it is named. */
  array: string | undefined;
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
  { name, array }: { name: string; array?: string | undefined },
  patience: number = patienceFor(size),
): Promise<TableReader> {
  const here = await parquetTable(file, size, name, array);
  const url = new URL('./parquet-thread.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) return here;
  async function* groups(): AsyncGenerator<RowGroup> {
    const worker = new Worker(fileURLToPath(url), {
      workerData: { path, name, array } satisfies ParquetStart,
      execArgv: [],
    });
    // Between two requests nobody listens, and an error that nobody hears would end the process.
    worker.on('error', () => {});
    try {
      for (;;) {
        const { group, expected } = await answerWithin<ParquetAnswer>(worker, 'next', name, patience);
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
