/** The pictures of runs that do not train: made in a process, like a training, because ONNX Runtime blocks its thread. */
import type { LastPictures } from '../protocol.ts';
import { startProcess } from './live-run.ts';
import type { FromTraining, ShowStart, ToTraining } from './training-messages.ts';

/** Snapshots that are kept: each takes some megabytes at most. */
const KEPT = 10;
/** Milliseconds after which a process is ended. */
const LONGEST = 120_000;

export class PictureMaker {
  private readonly how: Omit<ShowStart, 'type' | 'folder'>;
  /** By run and how far it is, the latest last. */
  private readonly known = new Map<string, Promise<LastPictures>>();
  /** One process at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(how: Omit<ShowStart, 'type' | 'folder'>) {
    this.how = how;
  }

  /** @param version changes with the run, so that a run that was continued is shown as it is now. */
  of(folder: string, version: string): Promise<LastPictures> {
    const key = `${folder} ${version}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.last.then(() => show({ type: 'show', folder, ...this.how }));
    this.last = made;
    this.known.set(key, made);
    for (const old of [...this.known.keys()].slice(0, -KEPT)) this.known.delete(old);
    // The next page tries again: what was missing may be there.
    void made.then(({ problem }) => problem !== null && this.known.delete(key));
    return made;
  }
}

function show(start: ShowStart): Promise<LastPictures> {
  const process = startProcess();
  const timer = setTimeout(() => process.kill('SIGKILL'), LONGEST);
  return new Promise<LastPictures>((resolve) => {
    const fail = (reason: string) =>
      resolve({ snapshot: null, problem: `The pictures of this run cannot be shown: ${reason}` });
    process.on('message', (message: FromTraining) => {
      if (message.type === 'ready') process.send(start satisfies ToTraining, () => {});
      if (message.type === 'snapshot') resolve({ snapshot: message.snapshot, problem: null });
      if (message.type === 'failed')
        fail(message.isExpected ? message.message : 'an internal error occurred.');
    });
    process.once('error', (error) => fail(error.message));
    process.once('exit', (code, signal) => fail(`its process ended (${signal ?? `code ${code}`}).`));
  }).finally(() => clearTimeout(timer));
}
