/**
 * The process of one training, of the pictures of a run that does not train, or of a distribution that is fitted to its codes. It ends with its training, not with the server: if the server is gone, it trains on, and
 * SIGINT or SIGTERM stop it with a checkpoint.
 */
import { HourglassError } from '../../errors.ts';
import { loadExtensions, resumeTraining, type TrainingControl, train } from '../../session/index.ts';
import { recordedSnapshot } from '../../session/recorded-snapshot.ts';
import { expectedError } from '../../system-errors.ts';
import type { FitStart, FromTraining, ShowStart, ToTraining, TrainingStart } from './training-messages.ts';

const stop = new AbortController();
let control: TrainingControl | null = null;

const post = (message: FromTraining): void => {
  if (process.connected) process.send!(message, () => {});
};

// Without the server, nobody reads it.
process.stderr.on('error', () => {});
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
process.on('disconnect', () => {
  // Nobody can tell it to go on.
  control?.speed(null);
  control?.resume();
});
process.on('message', (message: ToTraining) => {
  switch (message.type) {
    case 'start':
      void carryOut(message);
      break;
    case 'show':
    case 'fit':
      void carryOut(message);
      break;
    case 'pause':
      control?.pause();
      break;
    case 'resume':
      control?.resume();
      break;
    case 'step':
      control?.step(message.count);
      break;
    case 'speed':
      control?.speed(message.stepsPerSecond);
      break;
    case 'learning-rate':
      control?.learningRate(message.value);
      break;
    case 'stop':
      stop.abort();
  }
});
post({ type: 'ready' });

async function carryOut(start: TrainingStart | ShowStart | FitStart): Promise<void> {
  try {
    await loadExtensions(start.extensions);
    const status =
      start.type === 'show' ? shown(start) : start.type === 'fit' ? fitted(start) : trained(start);
    post({ type: 'done', status: await status });
  } catch (thrown) {
    const error = expectedError(thrown);
    const isExpected = error instanceof HourglassError;
    const message = isExpected
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
    post({ type: 'failed', message, isExpected });
  }
  // The message is on its way; nothing else keeps the process.
  if (process.connected) process.disconnect();
}

async function shown({ folder, dataDir }: ShowStart): Promise<'shown'> {
  const snapshot = await recordedSnapshot(folder, dataDir === null ? {} : { dataDir });
  post({ type: 'snapshot', snapshot });
  return 'shown';
}

async function fitted({ folder, kind, dataDir }: FitStart): Promise<'fitted'> {
  const { fitSampler } = await import('../../api.ts');
  await fitSampler(folder, { kind, ...(dataDir === null ? {} : { dataDir }) });
  return 'fitted';
}

async function trained({ dataDir, isPaused, run }: TrainingStart): Promise<'finished' | 'stopped'> {
  const follow = {
    signal: stop.signal,
    ...(dataDir === null ? {} : { dataDir }),
    onEvent: (event: Extract<FromTraining, { type: 'event' }>['event']) => post({ type: 'event', event }),
    onSnapshot: (snapshot: Extract<FromTraining, { type: 'snapshot' }>['snapshot']) =>
      post({ type: 'snapshot', snapshot }),
    onStart(given: TrainingControl) {
      control = given;
      if (isPaused) given.pause();
    },
  };
  const { status } =
    run.type === 'resume'
      ? await resumeTraining(run.folder, follow)
      : await train(run.recipe, { ...follow, set: run.set, data: run.data, out: run.out });
  return status;
}
