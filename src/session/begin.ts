/** The beginning of a session: a new run's folder, or an old run's state. */
import { join, resolve } from 'node:path';
import { command } from '../command.ts';
import { onlyClasses } from '../data/classes.ts';
import type { DataOptions, Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open.ts';
import { type TrainingSplits, trainingSplits } from '../data/splits.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { PROGRESS_INTERVAL } from '../evaluation/progress.ts';
import { describeMachine, runtimeVersions } from '../node/machine.ts';
import { fontNotes } from '../raster/index.ts';
import { adaptRecipe, fitValidation, warnOfSize } from '../recipe/adapt.ts';
import { modelFor } from '../recipe/fitting.ts';
import { loadRecipe, type Recipe } from '../recipe/recipe.ts';
import { folderSettings, meanOf, openRecordedData, spreadOf } from '../runs/data.ts';
import { configurationOf, countsOf, fingerprints } from '../runs/fingerprint.ts';
import {
  createRunFolder,
  type Lock,
  lockRun,
  type Manifest,
  newManifest,
  readBestWeights,
  readManifest,
  readMetrics,
  readNewestCheckpoint,
  removeLeftovers,
  type StoredTensors,
  writeBestWeights,
  writeManifest,
  writeWhole,
} from '../store/index.ts';
import {
  BEGINNING,
  batchesOf,
  createTrainer,
  type Position,
  readPosition,
  requireTensors,
  type Trainer,
} from '../training/index.ts';
import { now, type Session, type SessionContext, type SessionStart, update } from './state.ts';

/** Opens the data, compiles the model, and only then makes the run's folder. */
export async function begin(
  start: Extract<SessionStart, { type: 'new' }>,
  context: SessionContext,
): Promise<Session> {
  const { threads } = start;
  const { engine } = context;
  const images = folderSettings(start.recipe);
  const given = Object.keys(start.given);
  const dataset = await openData(start.recipe, { ...start.data, images }, context);
  const first = fitValidation(start.recipe, dataset.train.count, given);
  const splits = trainingSplits(dataset, first.recipe.data.validation);
  const { count } = splits.train;
  const spread = spreadOf(splits);
  const fitted = await adaptRecipe(first.recipe, dataset, count, given, spread);
  const { recipe } = fitted;
  const reasons = [...first.reasons, ...fitted.reasons];
  const beginningNotes = [
    ...reasons,
    ...(await warnOfSize(recipe, count, spread)),
    ...(await fontNotes([...dataset.classes, recipe.name])),
  ];
  const { device, note } = await engine.device(start.device);
  const { definition, trainer } = await compileModel(engine, recipe, dataset, splits, {
    seed: recipe.seed,
    threads,
    device,
  });
  // Only now, when bad input can no longer spoil anything.
  const folder = await createRunFolder(start.out);
  const lock = await lockRun(folder);
  const manifest = newManifest({
    name: folder.split(/[\\/]/).at(-1)!,
    recipe: recipe.name,
    config: { ...recipe },
    adaptedFrom: reasons.length === 0 ? null : { config: { ...start.recipe }, given: start.given },
    seed: recipe.seed,
    threads,
    device,
    dataset: {
      requested: recipe.data.set,
      // Absolute: the run may be continued from another folder.
      dataDir: start.data.dataDir === undefined ? null : resolve(start.data.dataDir),
      name: dataset.name,
      source: dataset.source,
      ...(await fingerprints(splits)),
      counts: countsOf(splits),
      splits: splits.note,
      height: dataset.height,
      width: dataset.width,
      channels: dataset.channels,
      classes: dataset.classes,
      folder: dataset.folder?.path ?? null,
      layout: dataset.folder?.layout ?? null,
      normal: dataset.folder?.normal ?? null,
      preprocessing: dataset.folder?.preprocessing ?? null,
    },
    parameters: trainer.parameterCount,
    losses: [...trainer.parts],
    tensorboard: start.tensorboard,
    versions: runtimeVersions(),
    machine: describeMachine(),
    status: 'running',
    note: null,
    startedAt: now(),
    endedAt: null,
    epoch: 0,
  });
  const session: Session = {
    engine,
    folder,
    lock,
    manifest,
    configuration: configurationOf(manifest),
    recipe,
    definition,
    dataset,
    splits,
    trainer,
    position: structuredClone(BEGINNING),
    rows: [],
    beginningNotes,
    deviceNote: note,
  };
  try {
    await writeManifest(folder, manifest);
    await writeWhole(join(folder, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
    await writeSkipped(folder, dataset);
    return session;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The files that could not be read and were skipped, if any. */
async function writeSkipped(run: string, { folder }: Dataset): Promise<void> {
  if (folder === undefined || folder.skipped.length === 0) return;
  const list = { format: 'hourglass-skipped', version: 1, folder: folder.path, files: folder.skipped };
  await writeWhole(join(run, 'skipped.json'), `${JSON.stringify(list, null, 2)}\n`);
}

/** Resumes a run from its newest undamaged checkpoint. */
export async function resume(
  start: Extract<SessionStart, { type: 'resume' }>,
  context: SessionContext,
): Promise<Session> {
  const { folder } = start;
  refuseFinished(folder, await readManifest(folder));
  const lock = await lockRun(folder);
  try {
    return await takeUp(start, lock, context);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function refuseFinished(folder: string, { status }: Manifest): void {
  if (status !== 'finished') return;
  throw new HourglassError('run', {
    subject: folder,
    rule: 'is finished: there is nothing to resume',
    hint: `see: ${command('evaluate', folder)}`,
  });
}

async function takeUp(
  start: Extract<SessionStart, { type: 'resume' }>,
  lock: Lock,
  context: SessionContext,
): Promise<Session> {
  const { folder } = start;
  // Read again: the process that held the lock may have finished it.
  const manifest = await readManifest(folder);
  refuseFinished(folder, manifest);
  await removeLeftovers(folder);
  const recipe = loadRecipe(manifest.config);
  const { dataset, splits } = await openRecordedData(folder, manifest, recipe, start.data, watch(context));
  const { note } = await context.engine.device(manifest.device);
  const { definition, trainer } = await compileModel(context.engine, recipe, dataset, splits, manifest);
  const configuration = configurationOf(manifest);
  const course = {
    epochs: recipe.training.epochs,
    stepsPerEpoch: batchesOf(splits.train.count, recipe.training.batchSize, trainer.needsPairs).count,
    lossNames: ['loss', ...trainer.parts.map(({ name }) => name)],
  };
  let position: Position = structuredClone(BEGINNING);
  const { refused } = await readNewestCheckpoint(folder, configuration, async (found) => {
    const stored = readPosition(found.position, course, folder);
    restore(trainer, found.tensors, folder);
    if (recipe.training.keep === 'best') await requireBestWeights(folder, configuration, stored, trainer);
    position = stored;
  });
  for (const problem of refused) context.emit({ type: 'warning', message: problem });
  const rows = await readMetrics(folder, position.epoch);
  const session: Session = {
    engine: context.engine,
    folder,
    lock,
    manifest,
    configuration,
    recipe,
    definition,
    dataset,
    splits,
    trainer,
    position,
    rows,
    beginningNotes: [],
    deviceNote: note,
  };
  await update(session, { status: 'running', note: null, endedAt: null });
  return session;
}

async function compileModel(
  engine: Engine,
  recipe: Recipe,
  dataset: Dataset,
  splits: TrainingSplits,
  { seed, threads, device }: Pick<Manifest, 'seed' | 'threads' | 'device'>,
) {
  const definition = modelFor(recipe, dataset);
  const settings = recipe.training;
  const options = {
    definition,
    objective: recipe,
    settings,
    seed,
    threads,
    device,
    ...(await meanOf(recipe, splits)),
  };
  const trainer = await createTrainer(engine, options);
  try {
    // Thrown here where the images or the batch are too few for batch normalisation.
    batchesOf(splits.train.count, settings.batchSize, trainer.needsPairs);
  } catch (error) {
    await trainer.dispose();
    throw error;
  }
  return { definition, trainer };
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

async function openData(recipe: Recipe, options: DataOptions, context: SessionContext) {
  const whole = await openDataset(recipe.data.set, { ...options, ...watch(context) });
  return onlyClasses(whole, recipe.data.classes);
}

function restore(trainer: Trainer, tensors: StoredTensors, folder: string): void {
  const own = [...trainer.weights(), ...trainer.optimiserState()];
  const needed = own.map(([name, { shape }]) => [name, shape] as const);
  requireTensors(tensors, needed, { subject: folder, rule: 'its checkpoint does not fit its configuration' });
  for (const [name, { values }] of own) values.set(tensors.get(name)!.values);
}

/** The best weights are a file of their own: a checkpoint is of use only with them, unless its own are the best. */
async function requireBestWeights(
  folder: string,
  configuration: string,
  { best, epoch, stepInEpoch }: Position,
  trainer: Trainer,
): Promise<void> {
  if (best === null) return;
  try {
    await readBestWeights(folder, configuration);
  } catch (error) {
    if (best.epoch !== epoch || stepInEpoch !== 0) throw error;
    await writeBestWeights(folder, trainer.weights(), epoch, configuration);
  }
}
