/** A run that a process of this server trains: what is known of it, and what it can be told. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command, RunState } from '../protocol.ts';
import { RunLog } from '../run-log.ts';
import type { FromTraining, ToTraining, TrainingStart } from './training-messages.ts';

/** Characters of what a process wrote before it crashed. */
const LAST_WORDS = 2000;

export interface LiveRun {
  /** Its folder. */
  readonly folder: string;
  readonly log: RunLog;
  /** @throws Error if it has ended. */
  command(command: Command): void;
  /** Fulfilled once the process has ended. */
  readonly ended: Promise<void>;
}

/**
 * Starts a training, and gives it back once it has begun.
 * @throws Error with the reason, in a line, if it cannot begin.
 */
export function startTraining(start: Omit<TrainingStart, 'type'>): Promise<LiveRun> {
  const process = startProcess();
  return new Promise((resolve, reject) => follow(process, start, resolve, reject));
}

/** A process that waits to be told what to do. */
export const startProcess = (): ChildProcess =>
  fork(fileURLToPath(new URL('./training-process.js', import.meta.url)), {
    serialization: 'advanced',
    // A group of its own: Ctrl-C in the server's terminal is for the server, which says what becomes of the trainings.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });

function follow(
  process: ChildProcess,
  start: Omit<TrainingStart, 'type'>,
  resolve: (run: LiveRun) => void,
  reject: (error: Error) => void,
): void {
  const log = new RunLog();
  let [hasBegun, isOver, words] = [false, false, ''];
  const setState = (state: RunState) => log.post({ type: 'state', state });
  const send = (message: ToTraining) => {
    if (!process.connected) throw new Error('This training has ended.');
    process.send(message, () => {});
  };
  process.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const ended = new Promise<void>((end) => process.once('exit', () => end()));
  const fail = (message: string) => {
    isOver = true;
    if (!hasBegun) return reject(new Error(message));
    log.post({ type: 'failed', message });
    setState('failed');
  };
  const command = (given: Command) => {
    send(given);
    if (given.type === 'pause' || given.type === 'step') setState('paused');
    if (given.type === 'resume') setState('running');
    if (given.type === 'speed') log.post(given);
  };
  process.on('message', (message: FromTraining) => {
    switch (message.type) {
      case 'ready':
        send({ type: 'start', ...start });
        break;
      case 'event': {
        const { event } = message;
        if (event.type === 'evaluating') setState('evaluating');
        log.post({ type: 'event', event });
        if (event.type !== 'start' || hasBegun) break;
        hasBegun = true;
        setState(start.isPaused ? 'paused' : 'running');
        resolve({ folder: event.folder, log, command, ended });
        break;
      }
      case 'snapshot':
        log.post(message);
        break;
      case 'failed':
        fail(message.message);
        break;
      case 'done':
        isOver = true;
        if (message.status === 'finished' || message.status === 'stopped') setState(message.status);
    }
  });
  process.on('error', (error) => fail(`The process of the training cannot be started: ${error.message}`));
  process.once('exit', (code, signal) => {
    if (isOver) return;
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    const last = words.trim().split('\n').at(-1) ?? '';
    fail(
      `The process of this training ended ${how}${last === '' ? '' : ` (${last})`}. It can be continued from its newest checkpoint.`,
    );
  });
}
