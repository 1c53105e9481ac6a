/**
 * A growing file of event records in a folder that TensorBoard reads. Records are gathered and appended many
 * at a time, whole ones only: what a killed process leaves is valid up to its last flush.
 */
import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { eventFileName } from '../codecs/tensorboard/index.ts';
import { unwritable } from './atomic.ts';

/** Records wait until they reach this many bytes, or this many milliseconds have passed. */
const MOST_BYTES = 64 * 1024;
const MOST_WAITING = 1000;

export interface EventLog {
  /** Whether no event was in the folder before: what is written once a run is to be written now. */
  readonly isFirst: boolean;
  /** @throws HourglassError (run) if the file cannot be written, as all of these. */
  append(record: Uint8Array): void;
  /** Writes what has waited long enough. */
  tick(): void;
  flush(): void;
  /** Flushes if it can. A caller that needs to know of a failure calls flush before. */
  close(): void;
}

/** Begins a new file, named so that TensorBoard reads it after those that are there. */
export function openEventLog(folder: string): EventLog {
  let path = folder;
  const expecting = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  const { file, isFirst } = expecting(() => {
    mkdirSync(folder, { recursive: true });
    const earlier = readdirSync(folder).flatMap((name) => {
      const second = /^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1];
      return second === undefined
        ? []
        : [{ second: Number(second), bytes: statSync(join(folder, name)).size }];
    });
    // Past the others, also within one second and on a clock that was set back.
    const second = Math.max(Math.floor(Date.now() / 1000), ...earlier.map((other) => other.second + 1));
    path = join(folder, eventFileName(second));
    return { file: openSync(path, 'ax'), isFirst: earlier.every(({ bytes }) => bytes === 0) };
  });

  let waiting: Uint8Array[] = [];
  let size = 0;
  let flushed = performance.now();
  const flush = () => {
    const bytes = Buffer.concat(waiting);
    [waiting, size, flushed] = [[], 0, performance.now()];
    expecting(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  };
  const tick = () => {
    if (size >= MOST_BYTES || (size > 0 && performance.now() - flushed >= MOST_WAITING)) flush();
  };
  return {
    isFirst,
    append(record) {
      waiting.push(record);
      size += record.length;
      tick();
    },
    tick,
    flush,
    close() {
      try {
        flush();
      } catch {
        // The caller of flush gets the error.
      } finally {
        closeSync(file);
      }
    },
  };
}
