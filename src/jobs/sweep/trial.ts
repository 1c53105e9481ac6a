/** One trial in a process of its own: started, followed, and told to stop. */
import { fork } from 'node:child_process';
import { packageFile } from '../../installation.ts';
import type { FromTrial, ToTrial, TrialStart } from './trial-messages.ts';
import type { TrialEnd, TrialProgress } from './workplace.ts';

/** Characters of its errors that a process which ends unexpectedly is quoted with. */
const LAST_WORDS = 600;

export interface TrialProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<TrialEnd>;
  /** Ends it after its current step, with a checkpoint. */
  stop(): void;
}

export function startTrial(start: TrialStart, onProgress: (message: TrialProgress) => void): TrialProcess {
  const child = fork(packageFile(new URL('./trial-process.js', import.meta.url)), {
    serialization: 'advanced',
    // A group of its own: Ctrl-C is for the sweep, which stops its trials.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  const send = (message: ToTrial) => {
    if (child.connected) child.send(message, () => {});
  };
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const ended = new Promise<TrialEnd>((resolve) => {
    let end: TrialEnd | null = null;
    child.on('message', (message: FromTrial) => {
      if (message.type === 'finished' || message.type === 'stopped' || message.type === 'failed')
        end = message;
      else onProgress(message);
    });
    child.on('error', (error) => {
      end ??= { type: 'crashed', message: error.message };
      if (child.pid === undefined) resolve(end);
    });
    child.on('exit', (code, signal) => {
      const how =
        signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`;
      const last = words.trim().split('\n').at(-1) ?? '';
      // Messages that were sent before the end may still be on their way.
      setImmediate(() => resolve(end ?? { type: 'crashed', message: last === '' ? how : `${how}: ${last}` }));
    });
  });
  send({ type: 'start', start });
  return { pid: child.pid, ended, stop: () => send({ type: 'stop' }) };
}
