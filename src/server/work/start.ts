/** Starts the pools' workers: threads for JavaScript, processes for native libraries, which cannot be stopped. */
import { fork } from 'node:child_process';
import { Worker as Thread } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { packageFile } from '../../installation.ts';
import { expectedError } from '../../system-errors.ts';
import { Problem } from '../problem.ts';
import { memoryOf, type Reply } from './jobs.ts';
import { type Worker, WorkerLost, WorkerMissing } from './pool.ts';

/** Heap of a thread in MiB: the largest body takes about 300. */
const HEAP = 768;

interface Ends {
  send(job: object): void;
  kill(): Promise<unknown>;
}

/** One job at a time: what is sent, and the reply to it. */
class Line<J extends object, R> implements Worker<J, R> {
  private settle: { resolve(result: R): void; reject(error: unknown): void } | null = null;
  private gone = false;
  private readonly ends: Ends;

  constructor(ends: Ends) {
    this.ends = ends;
  }

  run(job: J): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(new WorkerLost('a worker ended'));
      this.settle = { resolve, reject };
      this.ends.send(job);
    });
  }

  async kill(): Promise<void> {
    this.lost();
    await this.ends.kill();
  }

  take(reply: Reply): void {
    const { settle } = this;
    this.settle = null;
    if ('result' in reply) settle?.resolve(reply.result as R);
    else if ('problem' in reply) {
      const { status, detail, headers } = reply.problem;
      settle?.reject(new Problem(status, detail, headers));
    } else settle?.reject(new Error(reply.failed));
  }

  /** @param cause the system's reason, where it gave one. */
  lost(cause?: unknown): void {
    this.gone = true;
    const isSystem = cause !== undefined && expectedError(cause) instanceof HourglassError;
    this.settle?.reject(
      isSystem ? new WorkerMissing('a worker ended', { cause }) : new WorkerLost('a worker ended'),
    );
    this.settle = null;
  }
}

/** A thread that runs a file of this folder. What it is sent is handed over, with its arrays. */
export async function startThread<J extends object, R>(file: string): Promise<Worker<J, R>> {
  const thread = new Thread(packageFile(new URL(file, import.meta.url)), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  const line = new Line<J, R>({
    send: (job) => thread.postMessage(job, memoryOf(job)),
    kill: () => thread.terminate(),
  });
  thread.on('message', (reply: Reply) => line.take(reply));
  thread.on('error', (error) => line.lost(error));
  thread.on('exit', () => line.lost());
  // A service that waits for nothing else may end.
  thread.unref();
  return line;
}

/** A process that runs a file of this folder; its end is the system's doing, whatever it is in. */
export async function startProcess<J extends object, R>(file: string): Promise<Worker<J, R>> {
  const child = fork(packageFile(new URL(file, import.meta.url)), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const line = new Line<J, R>({
    send: (job) =>
      child.send(job, (error) => {
        if (error !== null) line.lost(error);
      }),
    kill: async () => {
      child.kill('SIGKILL');
    },
  });
  child.on('message', (reply) => line.take(reply as Reply));
  child.on('error', (error) => line.lost(error));
  child.on('exit', () => line.lost());
  child.unref();
  // Bun has no unref here; kill() ends the process in every case.
  child.channel?.unref?.();
  return line;
}
