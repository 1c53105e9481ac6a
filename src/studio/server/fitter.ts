/** Distributions that are fitted to the codes of finished runs, each in a process of its own, one after the other. */
import { Problem } from '../../server/problem.ts';
import type { SamplerName } from '../protocol.ts';
import { startProcess } from './live-run.ts';
import type { FitStart, FromTraining, ToTraining } from './training-messages.ts';

/** Milliseconds after which a process is ended. */
const LONGEST = 3_600_000;

export class Fitter {
  private readonly how: Pick<FitStart, 'extensions' | 'dataDir'>;
  /** By run and distribution: who asks again meanwhile waits for the same one. */
  private readonly pending = new Map<string, Promise<void>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(how: Fitter['how']) {
    this.how = how;
  }

  /** @throws Problem if it cannot be fitted. */
  fit(folder: string, kind: SamplerName): Promise<void> {
    const key = `${kind} ${folder}`;
    const known = this.pending.get(key);
    if (known !== undefined) return known;
    const made = this.last
      .then(() => fitted({ type: 'fit', folder, kind, ...this.how }))
      .finally(() => this.pending.delete(key));
    this.last = made.catch(() => {});
    this.pending.set(key, made);
    return made;
  }
}

function fitted(start: FitStart): Promise<void> {
  const process = startProcess();
  const timer = setTimeout(() => process.kill('SIGKILL'), LONGEST);
  return new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => reject(new Problem(422, reason));
    process.on('message', (message: FromTraining) => {
      if (message.type === 'ready') process.send(start satisfies ToTraining, () => {});
      if (message.type === 'done') resolve();
      if (message.type === 'failed')
        fail(message.isExpected ? message.message : 'It cannot be fitted: an internal error occurred.');
    });
    process.once('error', (error) => fail(`It cannot be fitted: ${error.message}`));
    process.once('exit', (code, signal) =>
      fail(`It cannot be fitted: its process ended (${signal ?? `code ${code}`}).`),
    );
  }).finally(() => clearTimeout(timer));
}
