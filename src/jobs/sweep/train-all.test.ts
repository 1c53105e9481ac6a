import { expect, test } from 'vitest';
import { type ListedTraining, trainAll } from './train-all.ts';
import type { TrialEnd, Workplace } from './workplace.ts';

const FINISHED: TrialEnd = { type: 'finished', validation: {}, test: {}, epochs: 1 };
const CRASHED: TrialEnd = { type: 'crashed', message: 'its process was ended by SIGKILL' };

/** A workplace of two workers: each training ends as the list of its number says, or when it is stopped. */
function workplaceOf(ends: Record<number, (TrialEnd | 'waits')[]>) {
  const log: string[] = [];
  let most = 0;
  const busy = new Set<number>();
  const workplace: Workplace = {
    room: 2,
    moreRoom: () => new Promise(() => {}),
    start(number, _, onProgress) {
      log.push(`start ${number}`);
      busy.add(number);
      most = Math.max(most, busy.size);
      onProgress({ type: 'taken', worker: '1', pid: 1 });
      onProgress({ type: 'epoch', epoch: 1, loss: 1 });
      const how = ends[number]!.shift()!;
      let stop = () => {};
      const ended = new Promise<TrialEnd>((resolve) => {
        if (how === 'waits') stop = () => resolve({ type: 'stopped' });
        else setTimeout(() => resolve(how), 5);
      });
      return {
        stop: () => stop(),
        ended: ended.then((end) => {
          busy.delete(number);
          return { end, isSetAside: false };
        }),
      };
    },
  };
  return { workplace, log, most: () => most };
}

const listed = (count: number, onEpoch?: (epoch: number) => void): ListedTraining[] =>
  Array.from({ length: count }, (_, i) => ({
    start: {
      ...{ extensions: [], recipe: {}, set: {}, out: `run-${i}`, threads: 1, dataDir: null },
      ...{ offline: true, fingerprint: null, measure: false, test: false },
    },
    ...(onEpoch === undefined ? {} : { onEpoch }),
  }));

test('runs are trained side by side, and one whose process is killed is continued', async () => {
  const { workplace, log, most } = workplaceOf({
    0: [FINISHED],
    1: [CRASHED, CRASHED, FINISHED],
    2: [FINISHED],
  });
  const epochs: number[] = [];
  await trainAll(
    workplace,
    listed(3, (epoch) => epochs.push(epoch)),
  );
  expect(log.filter((line) => line === 'start 1')).toHaveLength(3);
  expect(log.filter((line) => line !== 'start 1')).toEqual(['start 0', 'start 2']);
  expect(most()).toBe(2);
  expect(epochs.filter((epoch) => epoch === 0)).toHaveLength(5);
});

test('a run that fails ends the others, and the error is its own', async () => {
  const failed: TrialEnd = { type: 'failed', kind: 'diverged', message: 'run-1: the loss became NaN' };
  const { workplace, log } = workplaceOf({ 0: ['waits'], 1: [failed], 2: [FINISHED] });
  const error = await trainAll(workplace, listed(3)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'diverged', message: 'run-1: the loss became NaN' });
  expect(log).toEqual(['start 0', 'start 1']);
  const broken = workplaceOf({ 0: [CRASHED, CRASHED, CRASHED] });
  await expect(trainAll(broken.workplace, listed(1))).rejects.toMatchObject({
    kind: 'environment',
    message: 'run-0: could not be trained: its process was ended by SIGKILL',
  });
});

test('a signal stops what runs, begins nothing, and is told', async () => {
  const abort = new AbortController();
  const { workplace, log } = workplaceOf({ 0: ['waits'], 1: ['waits'], 2: [FINISHED] });
  const training = trainAll(workplace, listed(3), abort.signal);
  setTimeout(() => abort.abort(), 5);
  await expect(training).rejects.toMatchObject({ kind: 'interrupted' });
  expect(log).toEqual(['start 0', 'start 1']);
  await expect(trainAll(workplace, listed(1), abort.signal)).rejects.toThrow('run-0: was stopped');
});
