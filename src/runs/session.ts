/**
 * One session of a run, from its data to its last picture: a new run, or one taken up again. Here it is
 * decided what becomes a file, and in which order, so that a run can be killed at any moment and go on.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DataOptions, Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open.ts';
import { type TrainingSplits, trainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import {
  type Definition,
  defineAutoencoder,
  describeLayers,
  type ImageShape,
  SHIPPED,
  shippedModels,
  type Weights,
} from '../models/index.ts';
import { describeMachine, runtimeVersions } from '../runtime/index.ts';
import {
  createRunFolder,
  encodeTensors,
  type Manifest,
  type MetricsRow,
  newManifest,
  readBestWeights,
  readManifest,
  readMetrics,
  readNewestCheckpoint,
  type StoredTensors,
  trueStatus,
  writeBestWeights,
  writeCheckpoint,
  writeManifest,
  writeMetrics,
  writeWhole,
} from '../store/index.ts';
import {
  BEGINNING,
  createTrainer,
  initialWeights,
  type Position,
  type Trainer,
  trainingLoop,
} from '../training/index.ts';
import { evaluateModel } from './evaluate.ts';
import type { FinishedRun, RunEvent, RunHeader } from './events.ts';
import { MODEL_FOLDER, type Model, openModel } from './model.ts';
import { drawPictures, pickExamples } from './pictures.ts';
import { loadRecipe, type Recipe } from './recipe.ts';
import { summaryPage } from './summary.ts';

/** What to train. Plain data: it crosses to the training thread. */
export type SessionStart =
  | { type: 'new'; recipe: Recipe; out: string; threads: number; data: SessionData }
  | { type: 'resume'; folder: string; data: SessionData };

/** Those of the data options that are plain data. */
export type SessionData = Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'>;

export interface SessionContext {
  emit: (event: RunEvent) => void;
  /** Asks the session to end after the step it is in, with a checkpoint. */
  signal: AbortSignal;
}

/** All that a session works with, new or resumed. */
interface Session {
  folder: string;
  manifest: Manifest;
  recipe: Recipe;
  definition: Definition;
  dataset: Dataset;
  splits: TrainingSplits;
  trainer: Trainer;
  position: Position;
  rows: MetricsRow[];
}

/** Progress is told at most so often, in milliseconds. */
const STEP_INTERVAL = 100;

export async function runSession(start: SessionStart, context: SessionContext): Promise<void> {
  const session = start.type === 'new' ? await begin(start, context) : await resume(start, context);
  const { emit } = context;
  emit({ type: 'start', ...header(session) });
  try {
    const end = await train(session, context);
    if (end === 'interrupted') {
      await update(session, { status: 'stopped', endedAt: now() });
      emit({ type: 'stopped', folder: session.folder, epoch: session.position.epoch });
      return;
    }
    emit({ type: 'evaluating' });
    const finished = await finish(session, end === 'early-stopping');
    emit({ type: 'finished', ...finished });
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    await update(session, { status: 'failed', note, endedAt: now() }).catch(() => {});
    throw error;
  } finally {
    await session.trainer.dispose();
  }
}

async function begin(
  start: Extract<SessionStart, { type: 'new' }>,
  context: SessionContext,
): Promise<Session> {
  const { recipe, threads } = start;
  const { dataset, splits } = await openData(recipe, start.data, context);
  const definition = defineAutoencoder(recipe.model, imageOf(dataset));
  const trainer = await createTrainer({
    definition,
    loss: recipe.loss,
    settings: recipe.training,
    seed: recipe.seed,
    threads,
  });
  // Only now, when nothing is left that bad input could spoil.
  const folder = await createRunFolder(start.out);
  const manifest = newManifest({
    name: folder.split(/[\\/]/).at(-1)!,
    recipe: recipe.name,
    config: recipe,
    seed: recipe.seed,
    threads,
    dataset: {
      requested: recipe.data.set,
      dataDir: start.data.dataDir ?? null,
      name: dataset.name,
      source: dataset.source,
      fingerprint: fingerprint(splits),
      counts: countsOf(splits),
      splits: splits.note,
      height: dataset.height,
      width: dataset.width,
      channels: dataset.channels,
      classes: dataset.classes,
    },
    parameters: trainer.parameterCount,
    losses: [...trainer.parts],
    versions: runtimeVersions(),
    machine: describeMachine(),
    status: 'running',
    pid: process.pid,
    note: null,
    startedAt: now(),
    endedAt: null,
    epoch: 0,
  });
  const session: Session = {
    folder,
    manifest,
    recipe,
    definition,
    dataset,
    splits,
    trainer,
    position: structuredClone(BEGINNING),
    rows: [],
  };
  await writeManifest(folder, manifest);
  await writeWhole(join(folder, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  return session;
}

async function resume(
  start: Extract<SessionStart, { type: 'resume' }>,
  context: SessionContext,
): Promise<Session> {
  const { folder } = start;
  const manifest = await readManifest(folder);
  const status = trueStatus(manifest);
  if (status === 'finished' || status === 'running') {
    throw new HourglassError('run', {
      subject: folder,
      rule: status === 'finished' ? 'is finished: there is nothing to resume' : 'is being trained by another process',
      hint: status === 'finished' ? `see 'hourglass evaluate ${folder}'` : `stop process ${manifest.pid} first`,
    });
  }
  const recipe = loadRecipe(manifest.config);
  const dataDir = start.data.dataDir ?? manifest.dataset.dataDir ?? undefined;
  // Of the set that was found, not of the one asked for: a run never changes its data.
  const found = { ...recipe, data: { ...recipe.data, set: manifest.dataset.name } };
  const options = dataDir === undefined ? start.data : { ...start.data, dataDir };
  const { dataset, splits } = await openData(found, options, context);
  if (fingerprint(splits) !== manifest.dataset.fingerprint) {
    throw new HourglassError('run', {
      subject: folder,
      rule: `was trained on other images than those of ${dataset.source}`,
      hint: `give the folder they came from with --data-dir (${manifest.dataset.source})`,
    });
  }
  const definition = defineAutoencoder(recipe.model, imageOf(dataset));
  const trainer = await createTrainer({
    definition,
    loss: recipe.loss,
    settings: recipe.training,
    seed: manifest.seed,
    threads: manifest.threads,
  });
  const checkpoint = await readNewestCheckpoint(folder);
  const position = (checkpoint?.position as Position | undefined) ?? structuredClone(BEGINNING);
  if (checkpoint !== null) restore(trainer, checkpoint.tensors, folder);
  const rows = await readMetrics(folder, position.epoch);
  const session: Session = { folder, manifest, recipe, definition, dataset, splits, trainer, position, rows };
  await update(session, { status: 'running', pid: process.pid, note: null, endedAt: null });
  return session;
}

/** Trains to the end or an interruption; after each epoch everything is on disk. */
async function train(session: Session, { emit, signal }: SessionContext) {
  const { folder, recipe, splits, trainer, rows } = session;
  let told = 0;
  const loop = trainingLoop({
    trainer,
    train: { pixels: splits.train.images, count: splits.train.count },
    validation: { pixels: splits.validation.images, count: splits.validation.count },
    settings: recipe.training,
    from: session.position,
    signal,
  });
  for await (const event of loop) {
    switch (event.type) {
      case 'step':
        if (performance.now() - told > STEP_INTERVAL) {
          told = performance.now();
          const { epoch, stepInEpoch: step, stepsPerEpoch: steps, trainingLoss, imagesPerSecond } = event;
          emit({ type: 'step', epoch, step, steps, trainingLoss, imagesPerSecond });
        }
        break;
      case 'epoch':
        session.position = event.position;
        rows.push(event.metrics);
        // The checkpoint last: a run that is killed before it repeats the epoch and rewrites the rest.
        if (event.isBest && recipe.training.keep === 'best') {
          await writeBestWeights(folder, trainer.weights(), event.metrics.epoch);
        }
        await writeMetrics(folder, rows);
        await saveCheckpoint(session);
        await update(session, { epoch: event.position.epoch });
        emit({ type: 'epoch', row: event.metrics, isBest: event.isBest });
        break;
      case 'end':
        session.position = event.position;
        if (event.reason === 'interrupted') await saveCheckpoint(session);
        return event.reason;
    }
  }
  throw new Error('the training loop ended without saying why');
}

/** Writes the model, judges it on the test split and draws its pictures. */
async function finish(session: Session, stoppedEarly: boolean): Promise<FinishedRun> {
  const { folder, recipe, dataset, splits, trainer, position, rows, manifest } = session;
  const best = recipe.training.keep === 'best' ? await readBestWeights(folder) : null;
  const weights: StoredTensors = best?.weights ?? trainer.weights();
  const keptEpoch = best?.epoch ?? position.epoch;
  const files = shipped(session, weights, keptEpoch);
  for (const name of SHIPPED) await writeWhole(join(folder, MODEL_FOLDER, `${name}.onnx`), files[name]);
  await writeWhole(join(folder, MODEL_FOLDER, 'weights.safetensors'), encodeTensors(weights, {}));

  const model = await openModel(files, folder, manifest.threads);
  const first = initialWeights(session.definition, recipe.loss, manifest.seed);
  const untrained = await openModel(shipped(session, first, 0), folder, manifest.threads);
  try {
    const evaluation = await evaluateModel({
      model,
      dataset,
      train: splits.train,
      held: splits.test,
      split: 'test',
      threads: manifest.threads,
    });
    await writeWhole(join(folder, 'results.json'), `${JSON.stringify({ keptEpoch, ...evaluation }, null, 2)}\n`);
    const pictures = await drawPictures({
      run: folder,
      recipe: recipe.name,
      dataset,
      model,
      untrained,
      metrics: rows,
      loss: { definition: lossText(manifest), unit: manifest.losses.map(({ unit }) => unit).join(' + ') },
      validatesOnTest: recipe.data.validation === 'test',
      keptEpoch,
    });
    const page = { manifest, recipe, metrics: rows, evaluation, keptEpoch, trainingSeconds: position.seconds };
    await writeWhole(join(folder, 'summary.md'), summaryPage(page));
    const note = stoppedEarly ? `early stopping after epoch ${position.epoch}` : null;
    await update(session, { status: 'finished', note, endedAt: now() });
    return {
      folder,
      evaluation,
      keptEpoch,
      epochs: position.epoch,
      stoppedEarly,
      trainingSeconds: position.seconds,
      pictures,
      examples: await examples(dataset, model),
    };
  } finally {
    await model.dispose();
    await untrained.dispose();
  }
}

async function examples(dataset: Dataset, model: Model): Promise<FinishedRun['examples']> {
  const { images, captions } = pickExamples(dataset, dataset.test);
  const { data } = await model.reconstruct(images);
  return { height: dataset.height, width: dataset.width, captions, inputs: images, reconstructions: data };
}

async function openData(recipe: Recipe, data: SessionData, { emit, signal }: SessionContext) {
  const dataset = await openDataset(recipe.data.set, {
    ...data,
    signal,
    onProgress: (progress) => emit({ type: 'download', ...progress }),
  });
  return { dataset, splits: trainingSplits(dataset, recipe.data.validation) };
}

async function saveCheckpoint({ folder, trainer, position }: Session): Promise<void> {
  const tensors = new Map([...trainer.weights(), ...trainer.optimiserState()]);
  await writeCheckpoint(folder, position.step, { tensors, position });
}

function restore(trainer: Trainer, tensors: StoredTensors, folder: string): void {
  for (const [name, { values }] of [...trainer.weights(), ...trainer.optimiserState()]) {
    const stored = tensors.get(name);
    if (stored?.values.length !== values.length) {
      throw new HourglassError('run', {
        subject: folder,
        rule: `its checkpoint does not fit its configuration: tensor '${name}' must have ${values.length} values`,
        got: stored?.values.length ?? 'none',
      });
    }
    values.set(stored.values);
  }
}

/** The shipped models' bytes with these weights. */
function shipped({ manifest, recipe, definition, dataset }: Session, weights: StoredTensors, epoch: number) {
  const plain: Weights = new Map([...weights].map(([name, { values }]) => [name, values]));
  return shippedModels(definition, imageOf(dataset), plain, {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    dataset: manifest.dataset.name,
    scaling: 'bytes / 255',
    epoch: String(epoch),
    hourglass: manifest.versions.hourglass,
  });
}

async function update(session: Session, change: Partial<Manifest>): Promise<void> {
  session.manifest = { ...session.manifest, ...change };
  await writeManifest(session.folder, session.manifest);
}

function header({ folder, manifest, recipe, definition, position }: Session): RunHeader {
  const { training, model } = recipe;
  const shape = [
    definition.pixels,
    ...describeLayers(model.encoder),
    definition.codeShape.join('×'),
    ...describeLayers(model.decoder),
    definition.pixels,
  ];
  return {
    folder,
    name: manifest.name,
    recipe: recipe.name,
    dataset: { name: manifest.dataset.name, source: manifest.dataset.source, splits: manifest.dataset.splits },
    counts: manifest.dataset.counts,
    parameters: manifest.parameters,
    shape: shape.join('-'),
    loss: lossText(manifest),
    optimiser: `${training.optimiser.type}, learning rate ${training.optimiser.learningRate}`,
    epochs: training.epochs,
    batchSize: training.batchSize,
    seed: manifest.seed,
    threads: manifest.threads,
    epochsBefore: position.epoch,
  };
}

const lossText = ({ losses }: Manifest): string => losses.map(({ definition }) => definition).join(' + ');

const imageOf = ({ height, width, channels }: Dataset): ImageShape => ({ height, width, channels });

function countsOf({ train, validation, test }: TrainingSplits) {
  return { train: train.count, validation: validation.count, test: test.count };
}

/** Identifies the training images: those a run is resumed on must be those it began with. */
function fingerprint({ train }: TrainingSplits): string {
  return createHash('sha256').update(train.labels).update(train.images).digest('hex');
}

const now = (): string => new Date().toISOString();
