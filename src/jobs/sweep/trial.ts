/**
 * Trials in processes of their own: started, followed, and told to stop. A process that has ended a trial well is kept for the next
 * one, so that its modules and compiled code are there; whatever fails ends its process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { packageFile } from '../../installation.ts';
import type { FromTrial, ToTrial, TrialStart } from './trial-messages.ts';
import type { TrialEnd, TrialProgress } from './workplace.ts';

/** Characters of its errors that a process which ends unexpectedly is quoted with. */
const LAST_WORDS = 600;
/** Trials of one process, at most: what they leave behind ends with it. */
const MOST_TRIALS = 32;
/** Milliseconds that a process waits for its next trial. */
const LONGEST_IDLE = 60_000;

export interface TrialProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<TrialEnd>;
  /** Ends it after its current step, with a checkpoint. */
  stop(): void;
}

interface Child {
  readonly process: ChildProcess;
  /** The end of its errors. */
  words: string;
  /** That it has begun. */
  trials: number;
  idle: NodeJS.Timeout | undefined;
}

export class TrialProcesses {
  private readonly idle: Child[] = [];
  private isClosed = false;

  start(start: TrialStart, onProgress: (message: TrialProgress) => void): TrialProcess {
    const child = this.idle.pop() ?? this.begin();
    clearTimeout(child.idle);
    child.words = '';
    const number = ++child.trials;
    const { process: own } = child;
    const send = (message: ToTrial) => {
      if (own.connected) own.send(message, () => {});
    };
    const ended = new Promise<TrialEnd>((resolve) => {
      let end: TrialEnd | null = null;
      const onMessage = (message: FromTrial) => {
        if (message.type !== 'finished' && message.type !== 'stopped' && message.type !== 'failed')
          return onProgress(message);
        end = message;
        if (message.type === 'failed' || !this.keep(child)) return;
        release();
        resolve(end);
      };
      const onError = (error: Error) => {
        end ??= { type: 'crashed', message: error.message };
        if (own.pid === undefined) resolve(end);
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        const how =
          signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`;
        const last = child.words.trim().split('\n').at(-1) ?? '';
        // Messages that were sent before the end may still be on their way.
        setImmediate(() =>
          resolve(end ?? { type: 'crashed', message: last === '' ? how : `${how}: ${last}` }),
        );
      };
      const release = () => own.off('message', onMessage).off('error', onError).off('exit', onExit);
      own.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
    send({ type: 'start', number, start });
    return { pid: own.pid, ended, stop: () => send({ type: 'stop', number }) };
  }

  /** Ends processes that have no trial; the others end with theirs. */
  close(): void {
    this.isClosed = true;
    for (const child of this.idle.splice(0)) end(child);
  }

  private begin(): Child {
    const own = fork(packageFile(new URL('./trial-process.js', import.meta.url)), {
      serialization: 'advanced',
      // A group of its own: Ctrl-C is for the sweep, which stops its trials.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const child: Child = { process: own, words: '', trials: 0, idle: undefined };
    own.stderr?.setEncoding('utf8').on('data', (text: string) => {
      child.words = (child.words + text).slice(-LAST_WORDS);
    });
    own.on('error', () => {});
    own.on('exit', () => this.forget(child));
    return child;
  }

  /** Whether it is kept for another trial; otherwise it ends. */
  private keep(child: Child): boolean {
    if (this.isClosed || child.trials >= MOST_TRIALS || !child.process.connected) {
      end(child);
      return false;
    }
    child.idle = setTimeout(() => {
      this.forget(child);
      end(child);
    }, LONGEST_IDLE).unref();
    this.idle.push(child);
    return true;
  }

  private forget(child: Child): void {
    clearTimeout(child.idle);
    const at = this.idle.indexOf(child);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

function end({ process: own }: Child): void {
  if (own.connected) own.disconnect();
}
