/** The calls of something disposable: calls in progress end before it is disposed, later ones are refused. */
import { HourglassError } from '../errors.ts';

export class Uses {
  private readonly subject: string;
  private readonly release: () => Promise<void>;
  private readonly running = new Set<Promise<unknown>>();
  private ended: Promise<void> | null = null;

  constructor(subject: string, release: () => Promise<void>) {
    this.subject = subject;
    this.release = release;
  }

  /** Begins a call. It rejects where `dispose` came before it. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    if (this.ended !== null) {
      throw new HourglassError('usage', {
        subject: this.subject,
        rule: 'was disposed of and cannot be used any more',
        hint: 'load it again, or dispose of it later',
      });
    }
    const run = call();
    this.running.add(run);
    try {
      return await run;
    } finally {
      this.running.delete(run);
    }
  }

  /** Waits for the calls that were begun, then releases. A second time it waits for the same end. */
  dispose(): Promise<void> {
    this.ended ??= Promise.allSettled(this.running).then(this.release);
    return this.ended;
  }
}
