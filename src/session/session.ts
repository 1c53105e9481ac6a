/**
 * One session of a run, from its data to its last picture: a new run, or a resumed one. It decides what is written
 * to files and in which order, so that a run can be killed at any moment and resumed.
 */
import { classCounts } from '../data/classes.ts';
import { PROGRESS_INTERVAL } from '../evaluation/progress.ts';
import { openModel } from '../model/model.ts';
import { shipRun } from '../model/ship.ts';
import { describeCorruption, describeParts } from '../models/index.ts';
import { notesOn } from '../recipe/notes.ts';
import { modelShape } from '../recipe/shape.ts';
import { type StoredTensors, writeBestWeights, writeCheckpoint, writeMetrics } from '../store/index.ts';
import { type Position, trainingLoop } from '../training/index.ts';
import { epochPage, isSampled } from '../views/pictures/epochs.ts';
import { begin, resume } from './begin.ts';
import type { RunHeader } from './events.ts';
import { loadFigures } from './figure-modules.ts';
import { finish } from './finish.ts';
import { keepEpoch } from './kept-epochs.ts';
import { measuringEvents } from './progress.ts';
import { now, type Session, type SessionContext, type SessionStart, update } from './state.ts';
import { openLog, type TrainingLog } from './tensorboard/log.ts';

/** Milliseconds after which a training looks whether its folder is still its own. */
const LOCK_INTERVAL = 2000;
/** Files are written after an epoch unless that was done so recently, in milliseconds: epochs can take a few steps. */
const EPOCH_INTERVAL = 1000;

export async function runSession(start: SessionStart, context: SessionContext): Promise<void> {
  const figures = await loadFigures(start.figures ?? []);
  const session = start.type === 'new' ? await begin(start, context) : await resume(start, context);
  const { emit } = context;
  emit({ type: 'start', ...header(session) });
  let log: TrainingLog | null = null;
  try {
    log = await openLog(session);
    const end = await train(session, log, start.checkpointEvery, context);
    if (end === 'interrupted') {
      await update(session, { status: 'stopped', endedAt: now() });
      emit({ type: 'stopped', folder: session.folder, epoch: session.position.epoch });
      return;
    }
    emit({ type: 'evaluating' });
    const finished = await finish(session, {
      log,
      figures,
      stoppedEarly: end === 'early-stopping',
      onProgress: measuringEvents(emit),
    });
    emit({ type: 'finished', ...finished });
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    await update(session, { status: 'failed', note, endedAt: now() }).catch(() => {});
    throw error;
  } finally {
    log?.close();
    try {
      await session.trainer.dispose();
    } finally {
      await session.lock.release();
    }
  }
}

/** Trains to the end or an interruption; after each epoch, but at most once a second, everything is on disk. */
async function train(
  session: Session,
  log: TrainingLog | null,
  checkpointEvery: number,
  { emit, signal }: SessionContext,
) {
  const { folder, recipe, splits, trainer, rows, lock } = session;
  let told = 0;
  let held = performance.now();
  let saved = performance.now();
  let savedPosition: Position | null = null;
  /** The best weights that are not on disk yet. */
  let best: { epoch: number; weights: StoredTensors } | null = null;
  const loop = trainingLoop({
    trainer,
    train: splits.train,
    validation: splits.validation,
    settings: recipe.training,
    from: session.position,
    signal,
  });
  /** The checkpoint last: a run that is killed before it repeats what it covers and rewrites the rest. */
  const save = async (position: Position): Promise<void> => {
    session.position = position;
    const { step, epoch } = position;
    if (step === savedPosition?.step && epoch === savedPosition.epoch) return;
    await lock.requireHeld();
    if (best !== null) await writeBestWeights(folder, best.weights, best.epoch, session.configuration);
    best = null;
    await writeMetrics(folder, rows);
    await saveCheckpoint(session);
    saved = performance.now();
    savedPosition = position;
    if (session.manifest.epoch !== epoch) await update(session, { epoch });
  };
  for await (const event of loop) {
    switch (event.type) {
      case 'step':
        log?.step(event);
        if (performance.now() - told > PROGRESS_INTERVAL) {
          told = performance.now();
          const { epoch, stepInEpoch: step, stepsPerEpoch: steps, trainingLoss, imagesPerSecond } = event;
          emit({ type: 'step', epoch, step, steps, trainingLoss, imagesPerSecond });
        }
        if (performance.now() - held > LOCK_INTERVAL) {
          await lock.requireHeld();
          held = performance.now();
        }
        if (performance.now() - saved > checkpointEvery * 1000) await save(event.position());
        break;
      case 'epoch': {
        const { metrics, position, isBest } = event;
        session.position = position;
        rows.push(metrics);
        if (isBest && recipe.training.keep === 'best') {
          best = { epoch: metrics.epoch, weights: copyOf(trainer.weights()) };
        }
        log?.epoch(metrics);
        if (isSampled(position.epoch, recipe.training.epochs)) await keepSample(session, log);
        if (position.epoch === 1 || performance.now() - saved > EPOCH_INTERVAL) await save(position);
        emit({ type: 'epoch', row: metrics, isBest });
        break;
      }
      case 'end':
        log?.flush();
        await save(event.position);
        if (event.reason === 'early-stopping' && !isSampled(event.position.epoch, recipe.training.epochs)) {
          await keepSample(session, log);
        }
        return event.reason;
    }
  }
  throw new Error('the training loop ended without saying why');
}

/** Weights as they are now: the trainer's change with its next step. */
function copyOf(weights: StoredTensors): StoredTensors {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
}

/** Keeps the model's current reconstructions of some test images. */
async function keepSample(session: Session, log: TrainingLog | null): Promise<void> {
  const { engine, folder, dataset, trainer, position, manifest, lock } = session;
  const files = shipRun(session, trainer.weights(), position.epoch);
  const model = await openModel(engine, files, folder, manifest.threads);
  try {
    await lock.requireHeld();
    await keepEpoch(folder, position.epoch, await epochPage(dataset, model));
    await log?.sample(model);
  } finally {
    await model.dispose();
  }
}

async function saveCheckpoint({ folder, trainer, position, configuration }: Session): Promise<void> {
  const tensors = new Map([...trainer.weights(), ...trainer.optimiserState()]);
  await writeCheckpoint(folder, position.step, { tensors, position }, configuration);
}

function header({
  folder,
  manifest,
  recipe,
  definition,
  dataset,
  splits,
  position,
  beginningNotes,
  deviceNote,
}: Session): RunHeader {
  const { training } = recipe;
  return {
    folder,
    name: manifest.name,
    recipe: recipe.name,
    dataset: {
      name: manifest.dataset.name,
      source: manifest.dataset.source,
      splits: manifest.dataset.splits,
      layout: manifest.dataset.layout,
    },
    classes: dataset.folder === undefined ? [] : classCounts(dataset.classes, splits),
    counts: manifest.dataset.counts,
    parameters: manifest.parameters,
    shape: modelShape(definition, recipe),
    loss: manifest.losses.map((part) => describeParts([part])),
    notes: [
      ...notesOn(recipe),
      ...beginningNotes,
      ...(dataset.folder?.notes ?? []),
      ...(deviceNote === null ? [] : [deviceNote]),
    ],
    corruption: recipe.corruption.type === 'none' ? null : describeCorruption(recipe.corruption),
    optimiser: `${training.optimiser.type}, learning rate ${training.optimiser.learningRate}`,
    epochs: training.epochs,
    batchSize: training.batchSize,
    seed: manifest.seed,
    threads: manifest.threads,
    device: manifest.device,
    epochsBefore: position.epoch,
  };
}
