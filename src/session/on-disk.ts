/** One session of a run whose data are opened by name and which is kept in a folder: a new run, or a resumed one. */
import { resolve } from 'node:path';
import { command } from '../command.ts';
import { placeOnDisk } from '../data/address.ts';
import { onlyClasses } from '../data/classes.ts';
import type { DataOptions } from '../data/dataset.ts';
import { samplesOfGiven } from '../data/given.ts';
import { isArrayOrNamed, isTable, openSamples, type SamplesOptions } from '../data/open.ts';
import { scaledRows } from '../data/rows.ts';
import { trainingSplits } from '../data/splits.ts';
import { isArrayOfRows } from '../data/tables/shards.ts';
import { HourglassError } from '../errors.ts';
import { PROGRESS_INTERVAL } from '../evaluation/progress.ts';
import type { Sha256 } from '../hash.ts';
import { WEIGHTS_FILE } from '../model/content.ts';
import { verifyFiles } from '../model/files.ts';
import { readSettings } from '../model/settings-traits.ts';
import { describeMachine, runtimeVersions } from '../node/machine.ts';
import { readModelFiles } from '../node/model-files.ts';
import { fontNotes } from '../raster/index.ts';
import { fitValidation } from '../recipe/adapt.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import type { Hold, Manifest } from '../record/index.ts';
import { fingerprints } from '../runs/fingerprint.ts';
import { dataSettings, forFolder, forNamedSet, forTable, openRecordedData } from '../runs/index.ts';
import { createRunFolder, lockRun, readManifest, removeLeftovers, runFiles } from '../store/index.ts';
import { begin, type ClaimedRun, type FirstWeights, resume } from './begin.ts';
import { loadFigures } from './figure-modules.ts';
import { drawer, reporter } from './finished-files.ts';
import { epochKeeper } from './kept-epochs.ts';
import { largeImageWatch } from './large-images.ts';
import type { Observer } from './observer.ts';
import { type TrainingOfSession, trainSession } from './session.ts';
import type { SessionStart } from './start.ts';
import type { Session, SessionContext } from './state.ts';
import { openLog } from './tensorboard/log.ts';

/** @param observers what watches besides the disk, TensorBoard and the events. */
export async function runSession(
  start: SessionStart,
  context: SessionContext & Pick<TrainingOfSession, 'steering' | 'onSnapshot'>,
  observers: readonly Observer[] = [],
): Promise<void> {
  const figures = await loadFigures(start.figures ?? []);
  const session =
    start.type === 'new' ? await beginOnDisk(start, context) : await resumeOnDisk(start, context);
  const large = largeImageWatch(session, context);
  await trainSession(session, {
    ...context,
    figures,
    checkpointEvery: start.checkpointEvery,
    // What a sample is written to before the checkpoint: a run killed in between repeats what that covers.
    before: async () => {
      const log = await openLog(session);
      const drawn = start.pictures === false ? [] : [drawer(session)];
      return [...drawn, ...(log === null ? [] : [log]), epochKeeper(session)];
    },
    after: [
      ...(large === null ? [] : [large]),
      ...observers,
      ...(start.pictures === false ? [] : [reporter(session)]),
    ],
  });
}

async function beginOnDisk(
  start: Extract<SessionStart, { type: 'new' }>,
  context: SessionContext,
): Promise<Session> {
  const { data } = start;
  const recipe = await forItsData(start, watch(context));
  const { arrays, ...places } = data;
  const dataset =
    arrays !== undefined
      ? onlyClasses(samplesOfGiven(arrays), recipe.data.classes)
      : await openData(recipe, { ...places, ...dataSettings(recipe) }, context);
  const { given, threads, device, tensorboard } = start;
  const first = start.from === undefined ? null : await firstWeights(start.from);
  return begin(
    {
      ...{ recipe, given, dataset, threads, device, tensorboard, first },
      // Absolute: the run may be continued from another folder.
      dataDir: data.dataDir === undefined ? null : resolve(data.dataDir),
      versions: runtimeVersions(),
      machine: describeMachine(),
      notes: fontNotes,
      claim: () => claimFolder(start.out),
    },
    context,
  );
}

/** The weights that a run begins with, and whose they are. */
async function firstWeights(path: string): Promise<FirstWeights> {
  const content = await readModelFiles(path);
  const { weights = null } = content;
  if (weights === null) {
    throw new HourglassError('run', {
      subject: path,
      rule: `has no ${WEIGHTS_FILE}, which a training begins with`,
      hint: 'give the folder of a finished run',
    });
  }
  const { metadata } = await verifyFiles(content, readSettings);
  const { recipe = 'unknown', dataset = 'unknown', epoch, weights: digest = '' } = metadata;
  return {
    tensors: weights,
    from: { path: resolve(path), recipe, dataset, epoch: Number(epoch ?? 0), weights: digest },
  };
}

/** The recipe's own settings for one kind of data say nothing of another; those that were given are refused there. */
async function forItsData(
  { recipe, given, data }: Pick<Extract<SessionStart, { type: 'new' }>, 'recipe' | 'given' | 'data'>,
  watching: Pick<DataOptions, 'signal' | 'onProgress'> = {},
): Promise<Recipe> {
  const kept = Object.keys(given);
  if (data.arrays !== undefined) return forNamedSet(recipe, kept);
  const set = await placeOnDisk(recipe.data.set, { ...data, ...watching });
  if (await isArrayOfRows(set)) return forTable(recipe, kept);
  if (await isArrayOrNamed(set)) return forNamedSet(recipe, kept);
  return (await isTable(set)) ? forTable(recipe, kept) : forFolder(recipe, kept);
}

async function claimFolder(out: string): Promise<ClaimedRun> {
  const folder = await createRunFolder(out);
  const hold = await lockRun(folder);
  return { name: folder.split(/[\\/]/).at(-1)!, files: runFiles(folder), hold };
}

async function resumeOnDisk(
  start: Extract<SessionStart, { type: 'resume' }>,
  context: SessionContext,
): Promise<Session> {
  const { folder } = start;
  refuseFinished(folder, await readManifest(folder));
  const hold = await lockRun(folder);
  try {
    return await takeUp(start, hold, context);
  } catch (error) {
    await hold.release();
    throw error;
  }
}

async function takeUp(
  { folder, data }: Extract<SessionStart, { type: 'resume' }>,
  hold: Hold,
  context: SessionContext,
): Promise<Session> {
  // Read again: the process that held the lock may have finished it.
  const manifest = await readManifest(folder);
  refuseFinished(folder, manifest);
  await removeLeftovers(folder);
  const recipe = parseRecipe(manifest.config);
  const { dataset, splits } = await openRecordedData(folder, manifest, recipe, data, watch(context));
  return resume({ files: runFiles(folder), hold, manifest, dataset, splits }, context);
}

function refuseFinished(folder: string, { status }: Manifest): void {
  if (status !== 'finished') return;
  throw new HourglassError('run', {
    subject: folder,
    rule: 'is finished: there is nothing to resume',
    hint: `see: ${command('evaluate', folder)}`,
  });
}

/** What a run of a recipe records of the images that it learns from, without training. */
export async function dataFingerprint(
  start: Pick<Extract<SessionStart, { type: 'new' }>, 'recipe' | 'given' | 'data'>,
  sha256: Sha256,
): Promise<string> {
  const recipe = await forItsData(start);
  const whole = await openSamples(recipe.data.set, { ...start.data, ...dataSettings(recipe) });
  const dataset = onlyClasses(whole, recipe.data.classes);
  const fitted = fitValidation(recipe, dataset.train.count, Object.keys(start.given));
  const { splits } = await scaledRows(dataset, trainingSplits(dataset, fitted.recipe.data.validation));
  return (await fingerprints(splits, sha256)).fingerprint;
}

/** Forwards the progress of reading and downloading, and a request to stop. */
function watch({ emit, signal }: SessionContext): Pick<DataOptions, 'signal' | 'onProgress' | 'onRead'> {
  let told = performance.now();
  return {
    signal,
    onProgress: (progress) => emit({ type: 'download', ...progress }),
    onRead: (progress) => {
      if (performance.now() - told < PROGRESS_INTERVAL) return;
      told = performance.now();
      emit({ type: 'reading', ...progress });
    },
  };
}

async function openData(recipe: Recipe, options: SamplesOptions, context: SessionContext) {
  const whole = await openSamples(recipe.data.set, { ...options, ...watch(context) });
  return onlyClasses(whole, recipe.data.classes);
}
