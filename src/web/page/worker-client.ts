/** The page's side of a worker: calls that are answered in any order, events, and the end of both. */
import { HourglassError } from '../../errors.ts';
import type { Snapshot } from '../../session/snapshot.ts';
import type { SteerMessage } from '../../session/steering.ts';
import type { Thread } from '../engine/index.ts';
import { thrownAgain } from '../engine/plain-error.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import type { ModelClient } from './model.ts';

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class WorkerClient implements ModelClient {
  private readonly thread: Thread;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  private failure: Error | undefined;

  constructor(
    thread: Thread,
    onEvent: (event: never) => void = () => {},
    onSnapshot: (snapshot: Snapshot) => void = () => {},
  ) {
    this.thread = thread;
    thread.listen(
      (message) => this.receive(message as FromWorker, onEvent, onSnapshot),
      (error) => void this.end(error),
    );
  }

  call<T>(name: string, ...given: readonly unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      const id = this.calls++;
      this.waiting.set(id, { resolve, reject });
      try {
        this.post({ type: 'call', id, name, given });
      } catch (cause) {
        // A function among the settings, or memory that was moved elsewhere.
        this.waiting.delete(id);
        const rule = `cannot be passed to the worker (${(cause as Error).message})`;
        reject(new HourglassError('usage', { subject: `what ${name} was given`, rule }, { cause }));
      }
    });
  }

  stop(): void {
    this.post({ type: 'stop' });
  }

  /** Holds, slows down or changes a training. */
  steer(message: SteerMessage): void {
    this.post({ type: 'steer', message });
  }

  /** Ends the worker. Calls that wait, and later ones, fail with this error. */
  async end(error: Error): Promise<void> {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.thread.end();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private post(message: ToWorker): void {
    if (this.failure !== undefined) return;
    this.thread.post(message, []);
  }

  private receive(
    message: FromWorker,
    onEvent: (event: never) => void,
    onSnapshot: (snapshot: Snapshot) => void,
  ): void {
    if (message.type === 'snapshot') {
      onSnapshot(message.snapshot);
      return;
    }
    if (message.type === 'event') {
      onEvent(message.event as never);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'failed') waiting?.reject(thrownAgain(message.error));
    else waiting?.resolve(message.value as never);
  }
}
