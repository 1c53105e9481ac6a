/**
 * Parquet is decoded on threads: a damaged page can keep the decoder busy forever, or take all memory. A thread can be ended, and
 * one without memory does not end the process.
 */
import type { Worker } from 'node:worker_threads';
import { HourglassError } from '../errors.ts';

/** Rows may take this long to be decoded, in milliseconds, … */
const PATIENCE = 60_000;
/** … and as much more for each mebibyte. A busy machine decodes some ten of them in a second. */
const PER_MEBIBYTE = 1000;

export const patienceFor = (bytes: number): number => PATIENCE + (PER_MEBIBYTE * bytes) / 2 ** 20;

/**
 * Gives a thread an order and waits for its answer.
 * @param patience in milliseconds.
 * @throws HourglassError (data), naming the file, where there is none in time or for lack of memory: the thread is to be ended.
 */
export function answerWithin<Answer>(
  worker: Worker,
  order: unknown,
  name: string,
  patience: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const refuse = (got: string) =>
      settle(() =>
        reject(
          new HourglassError('data', {
            subject: name,
            rule: 'must be an undamaged Parquet file',
            got,
            hint: 'write the file again, with smaller groups of rows',
          }),
        ),
      );
    const late = setTimeout(
      () => refuse(`rows that are not decoded after ${Math.round(patience / 1000)} s`),
      patience,
    );
    const onMessage = (answer: Answer) => settle(() => resolve(answer));
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
    worker.postMessage(order);
  });
}
