/**
 * The process of a trial: an ordinary training, then its figures on the validation split. It may be given another trial after
 * one that ended well, and ends when it is let go; if the sweep is gone, it stops with a checkpoint, so that a resumed sweep
 * continues the run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HourglassError } from '../../errors.ts';
import { evaluateRun } from '../../evaluation/index.ts';
import { readResults } from '../../evaluation/results.ts';
import { FIGURES, type Measured } from '../../metrics/index.ts';
import { MANIFEST_FILE } from '../../record/index.ts';
import { loadExtensions, type RunEvent } from '../../session/index.ts';
import { resumeHere, trainHere } from '../../session/train-here.ts';
import { readManifest, readMetrics, trueStatus } from '../../store/index.ts';
import { expectedError } from '../../system-errors.ts';
import type { Figures, FromTrial, ToTrial, TrialStart } from './trial-messages.ts';

/** Milliseconds between reports of steps. */
const STEP_INTERVAL = 500;
/** Milliseconds in which the process ends by itself. */
const LONGEST_END = 5000;
/** Milliseconds that a run is waited for whose last process still writes its checkpoint. */
const LONGEST_WAIT = 300_000;

/** Stops the trial that is being trained. */
let stop = new AbortController();
let number = 0;
let isBusy = false;
const post = (message: FromTrial): void => {
  if (process.connected) process.send!(message, () => {});
};

process.stderr.on('error', () => {});
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
process.on('disconnect', () => {
  stop.abort();
  if (!isBusy) leave();
});
process.on('message', (message: ToTrial) => {
  if (message.type === 'start') {
    [stop, number, isBusy] = [new AbortController(), message.number, true];
    void carryOut(message.start).finally(() => {
      isBusy = false;
      if (!process.connected) leave();
    });
  } else if (message.number === number) stop.abort();
});

/** Ends the process once what was said is sent, whatever still keeps it. */
function leave(): void {
  setTimeout(() => process.exit(), LONGEST_END).unref();
}

async function carryOut(start: TrialStart): Promise<void> {
  try {
    await loadExtensions(start.extensions);
    const folder = await trained(start);
    if (folder === null) post({ type: 'stopped' });
    else post({ type: 'finished', ...(await figuresOf(folder, start)) });
    return;
  } catch (thrown) {
    const error = expectedError(thrown);
    if (error instanceof HourglassError) post({ type: 'failed', kind: error.kind, message: error.message });
    else {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      post({ type: 'failed', kind: null, message });
    }
  }
  if (process.connected) process.disconnect();
}

/** The folder of the finished run; null if it was stopped. */
async function trained(start: TrialStart): Promise<string | null> {
  const { recipe, set, out, threads, offline, extensions } = start;
  checking = Promise.resolve();
  const follow = {
    extensions,
    signal: stop.signal,
    ...(start.dataDir === null ? {} : { dataDir: start.dataDir }),
    ...(offline ? { offline } : {}),
    ...(start.cacheDir === undefined ? {} : { cacheDir: start.cacheDir }),
    pictures: start.pictures ?? false,
    onEvent: reporter(start),
  };
  const isThere = existsSync(join(out, MANIFEST_FILE));
  if (isThere && (await statusOf(out)) === 'finished') return out;
  const result = isThere
    ? await resumeHere(out, follow)
    : await trainHere(recipe, { ...follow, set, out, threads, tensorboard: 'none' });
  await checking;
  return result.status === 'finished' ? result.folder : null;
}

/** Set once the run has begun; rejects if its images are others than they should be, and the training stops. */
let checking: Promise<void> = Promise.resolve();

async function requireFingerprint(folder: string, { fingerprint, dataDir }: TrialStart): Promise<void> {
  const { dataset } = await readManifest(folder);
  if (fingerprint === null || dataset.fingerprint === fingerprint) return;
  stop.abort();
  throw new HourglassError('data', {
    subject: dataset.requested,
    rule: `has other images here (${dataset.name}, ${dataset.source}) than where the sweep was begun`,
    hint:
      dataDir === null
        ? 'start the worker with --data-dir, the folder with the same files'
        : 'copy the files from there to this machine',
  });
}

async function statusOf(folder: string) {
  for (const since = performance.now(); ; ) {
    const status = await trueStatus(folder, await readManifest(folder));
    if (status !== 'running' || performance.now() - since > LONGEST_WAIT) return status;
    await wait(100);
  }
}

function reporter(trial: TrialStart): (event: RunEvent) => void {
  let told = 0;
  return (event) => {
    switch (event.type) {
      case 'start': {
        const { folder, epochs, epochsBefore } = event;
        post({ type: 'begun', folder, epochs, epochsBefore });
        checking = requireFingerprint(folder, trial);
        // It is awaited once the training has ended.
        checking.catch(() => {});
        break;
      }
      case 'step':
        if (performance.now() - told < STEP_INTERVAL) break;
        told = performance.now();
        post({ type: 'step', epoch: event.epoch, share: event.step / event.steps });
        break;
      case 'epoch':
        post({ type: 'epoch', epoch: event.row.epoch, loss: event.row.validation.loss! });
        break;
      case 'evaluating':
        post({ type: 'measuring' });
    }
  };
}

/** The loss of the kept epoch is that of its validation; other figures are measured. */
async function figuresOf(folder: string, { measure, test, threads, dataDir, offline }: TrialStart) {
  const manifest = await readManifest(folder);
  const results = await readResults(folder, manifest);
  const rows = await readMetrics(folder, manifest.epoch);
  const loss = rows.find(({ epoch }) => epoch === results.keptEpoch)?.validation.loss;
  const data = { ...(dataDir === null ? {} : { dataDir }), ...(offline ? { offline } : {}) };
  const measured = measure
    ? valuesIn(await evaluateRun(folder, { split: 'validation', threads, ...data }))
    : {};
  return {
    validation: { ...measured, ...(loss === undefined ? {} : { loss }) },
    test: test ? valuesIn(results) : {},
    epochs: manifest.epoch,
  };
}

const valuesIn = (measured: Measured): Figures =>
  Object.fromEntries(
    FIGURES.flatMap(({ key, request, read }) => {
      const value = read(measured);
      return request === null && typeof value === 'number' && Number.isFinite(value) ? [[key, value]] : [];
    }),
  );
