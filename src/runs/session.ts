/**
 * One session of a run, from its data to its last picture: a new run, or one taken up again. Here it is
 * decided what becomes a file, and in which order, so that a run can be killed at any moment and go on.
 */
import { classCounts } from '../data/classes.ts';
import { describeCorruption, describeParts } from '../models/index.ts';
import { writeBestWeights, writeCheckpoint, writeMetrics } from '../store/index.ts';
import { trainingLoop } from '../training/index.ts';
import { begin, resume } from './begin.ts';
import type { RunHeader } from './events.ts';
import { finish } from './finish.ts';
import { openModel } from './model.ts';
import { isSampled, keepEpoch } from './pictures/epochs.ts';
import { measuringEvents, PROGRESS_INTERVAL } from './progress.ts';
import { notesOn } from './recipe-notes.ts';
import { modelShape } from './shape.ts';
import { shipRun } from './ship.ts';
import { now, type Session, type SessionContext, type SessionStart, update } from './state.ts';
import { openLog, type TrainingLog } from './tensorboard/log.ts';

export async function runSession(start: SessionStart, context: SessionContext): Promise<void> {
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
    const finished = await finish(session, log, end === 'early-stopping', measuringEvents(emit));
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

/** Trains to the end or an interruption; after each epoch everything is on disk, and now and then within it. */
async function train(
  session: Session,
  log: TrainingLog | null,
  checkpointEvery: number,
  { emit, signal }: SessionContext,
) {
  const { folder, recipe, splits, trainer, rows } = session;
  let told = 0;
  let saved = performance.now();
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
        log?.step(event);
        if (performance.now() - told > PROGRESS_INTERVAL) {
          told = performance.now();
          const { epoch, stepInEpoch: step, stepsPerEpoch: steps, trainingLoss, imagesPerSecond } = event;
          emit({ type: 'step', epoch, step, steps, trainingLoss, imagesPerSecond });
        }
        if (performance.now() - saved > checkpointEvery * 1000) {
          session.position = event.position();
          await saveCheckpoint(session);
          saved = performance.now();
        }
        break;
      case 'epoch':
        session.position = event.position;
        rows.push(event.metrics);
        // The checkpoint last: a run that is killed before it repeats the epoch and rewrites the rest.
        if (event.isBest && recipe.training.keep === 'best') {
          await writeBestWeights(folder, trainer.weights(), event.metrics.epoch, session.configuration);
        }
        await writeMetrics(folder, rows);
        log?.epoch(event.metrics);
        if (isSampled(event.position.epoch, recipe.training.epochs)) await keepSample(session, log);
        await saveCheckpoint(session);
        saved = performance.now();
        await update(session, { epoch: event.position.epoch });
        emit({ type: 'epoch', row: event.metrics, isBest: event.isBest });
        break;
      case 'end':
        session.position = event.position;
        log?.flush();
        if (event.reason === 'interrupted') await saveCheckpoint(session);
        if (event.reason === 'early-stopping' && !isSampled(event.position.epoch, recipe.training.epochs)) {
          await keepSample(session, log);
        }
        return event.reason;
    }
  }
  throw new Error('the training loop ended without saying why');
}

/** Keeps what the model makes of some test images by now. */
async function keepSample(session: Session, log: TrainingLog | null): Promise<void> {
  const { folder, dataset, trainer, position, manifest } = session;
  const files = shipRun(session, trainer.weights(), position.epoch);
  const model = await openModel(files, folder, manifest.threads);
  try {
    await keepEpoch(folder, position.epoch, dataset, model);
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
