/** A reader of samples on a thread of its own. What it reads comes back in shared memory. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { bytesPerValue, type Storage, storedView } from '../../samples/index.ts';
import { type Read, readerOf } from './readers.ts';
import type { StreamStart } from './start.ts';

/** A request to read samples into memory. */
export interface ReadOrder {
  id: number;
  indices: Uint32Array;
  memory: SharedArrayBuffer;
  storage: Storage;
  /** Values. */
  length: number;
}

/** What became of it. */
export interface ReadAnswer {
  id: number;
  /** An error that a user can act on. */
  expected?: Pick<HourglassError, 'kind' | 'parts'>;
  /** Any other. */
  failure?: unknown;
}

interface Waiting {
  done(): void;
  fail(error: unknown): void;
}

/**
 * Reads on a thread, which starts with the first read and does not keep the process alive. In a clone whose sources run
 * as they are, without one.
 */
export function threadedReader(start: StreamStart, storage: Storage): Read {
  const url = new URL('./thread.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) return readerOf(start);
  let worker: Worker | null = null;
  let last = 0;
  const waiting = new Map<number, Waiting>();
  const spare: SharedArrayBuffer[] = [];

  const end = (error: unknown) => {
    worker = null;
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
  };
  const begin = (): Worker => {
    const begun = new Worker(fileURLToPath(url), { workerData: start, execArgv: [] });
    begun.on('message', ({ id, expected, failure }: ReadAnswer) => {
      const order = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) begun.unref();
      if (expected !== undefined) order?.fail(new HourglassError(expected.kind, expected.parts));
      else if (failure !== undefined) order?.fail(failure);
      else order?.done();
    });
    begun.on('error', end);
    begun.on('exit', () => end(new Error('the thread that reads samples has ended')));
    return begun;
  };

  return async (indices, into) => {
    const bytes = into.length * bytesPerValue(storage);
    const at = spare.findIndex((memory) => memory.byteLength >= bytes);
    const memory = at >= 0 ? spare.splice(at, 1)[0]! : new SharedArrayBuffer(bytes);
    worker ??= begin();
    const id = ++last;
    const answer = new Promise<void>((done, fail) => {
      waiting.set(id, { done, fail });
    });
    worker.ref();
    worker.postMessage({ id, indices, memory, storage, length: into.length } satisfies ReadOrder);
    await answer;
    (into as Uint8Array).set(storedView(storage, memory, 0, into.length) as Uint8Array);
    // The smallest go first: batches, validation and passes need different sizes.
    spare.push(memory);
    spare.sort((a, b) => a.byteLength - b.byteLength);
    if (spare.length > 3) spare.shift();
  };
}
