/**
 * One session of a run, from its data to its last picture: a new run, or a resumed one. It decides in which order the
 * observers are told, so that a run can be killed at any moment and resumed.
 */
import { classCounts } from '../data/classes.ts';
import { openModel } from '../model/model.ts';
import { shipRun } from '../model/ship.ts';
import { describeCorruption, describeParts } from '../models/index.ts';
import { notesOn } from '../recipe/notes.ts';
import { modelShape } from '../recipe/shape.ts';
import { trainingLoop } from '../training/index.ts';
import { isSampled } from '../views/pictures/epochs.ts';
import { announcer } from './announcer.ts';
import { begin, resume } from './begin.ts';
import type { RunHeader } from './events.ts';
import { loadFigures } from './figure-modules.ts';
import { finish } from './finish.ts';
import { epochKeeper } from './kept-epochs.ts';
import type { Observer } from './observer.ts';
import { measuringEvents } from './progress.ts';
import { recorder } from './recorder.ts';
import { now, type Session, type SessionContext, type SessionStart, update } from './state.ts';
import { openLog } from './tensorboard/log.ts';

/** Milliseconds after which a training looks whether its folder is still its own. */
const LOCK_INTERVAL = 2000;

export async function runSession(start: SessionStart, context: SessionContext): Promise<void> {
  const figures = await loadFigures(start.figures ?? []);
  const session = start.type === 'new' ? await begin(start, context) : await resume(start, context);
  const { emit, signal } = context;
  emit({ type: 'start', ...header(session) });
  const observers: Observer[] = [];
  try {
    const log = await openLog(session);
    if (log !== null) observers.push(log);
    // The disk after what a sample is written to: a run killed before its checkpoint repeats what that covers.
    observers.push(epochKeeper(session), recorder(session, start.checkpointEvery), announcer(emit));
    observers.push(...(context.observers ?? []));
    const end = await train(session, observers, signal);
    if (end === 'interrupted') {
      await update(session, { status: 'stopped', endedAt: now() });
      emit({ type: 'stopped', folder: session.folder, epoch: session.position.epoch });
      return;
    }
    emit({ type: 'evaluating' });
    const finished = await finish(session, {
      observers,
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
    for (const observer of observers) observer.close?.();
    try {
      await session.trainer.dispose();
    } finally {
      await session.lock.release();
    }
  }
}

/** Trains to the end or an interruption, and tells the observers what happens. */
async function train(session: Session, observers: readonly Observer[], signal: AbortSignal) {
  const { recipe, splits, trainer, rows, lock } = session;
  const { epochs } = recipe.training;
  let held = performance.now();
  const loop = trainingLoop({
    trainer,
    train: splits.train,
    validation: splits.validation,
    settings: recipe.training,
    from: session.position,
    signal,
  });
  for await (const event of loop) {
    switch (event.type) {
      case 'step':
        for (const observer of observers) await observer.step?.(event);
        if (performance.now() - held > LOCK_INTERVAL) {
          await lock.requireHeld();
          held = performance.now();
        }
        break;
      case 'epoch':
        session.position = event.position;
        rows.push(event.metrics);
        if (isSampled(event.position.epoch, epochs)) await sample(session, observers);
        for (const observer of observers) await observer.epoch?.(event);
        break;
      case 'end':
        for (const observer of observers) await observer.end?.(event);
        if (event.reason === 'early-stopping' && !isSampled(event.position.epoch, epochs)) {
          await sample(session, observers);
        }
        return event.reason;
    }
  }
  throw new Error('the training loop ended without saying why');
}

/** Shows the observers the model as it is now. */
async function sample(session: Session, observers: readonly Observer[]): Promise<void> {
  const { engine, folder, trainer, position, manifest, lock } = session;
  const files = shipRun(session, trainer.weights(), position.epoch);
  const model = await openModel(engine, files, folder, manifest.threads);
  try {
    await lock.requireHeld();
    for (const observer of observers) await observer.sample?.(model, position.epoch);
  } finally {
    await model.dispose();
  }
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
