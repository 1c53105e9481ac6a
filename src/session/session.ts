/**
 * One session of a run, from its first step to its last figure: a new run, or a resumed one. It decides in which order the
 * observers are told, so that a run can be killed at any moment and resumed. It knows no disk: the run is kept in `RunFiles`.
 */

import type { Figure } from '../metrics/index.ts';
import { openModel } from '../model/open.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { shipRun } from '../model/ship.ts';
import { type LiveModel, liveModel, trainingLoop } from '../training/index.ts';
import { announcer } from './announcer.ts';
import type { TrainResult } from './events.ts';
import { finish } from './finish.ts';
import { headerOf } from './header.ts';
import { isSampled, type Look, type Observer } from './observer.ts';
import { measuringEvents } from './progress.ts';
import { recorder } from './recorder.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshots } from './snapshots.ts';
import { changeRate, now, type Session, type SessionContext, update } from './state.ts';
import { Steering } from './steering.ts';

/** Milliseconds after which a training looks whether its folder is still its own. */
const LOCK_INTERVAL = 2000;

/** How a session is watched and stopped. */
export interface TrainingOfSession extends SessionContext {
  /** Figures to measure in addition to those of hourglass. */
  figures: readonly Figure[];
  /** Seconds from one checkpoint to the next within an epoch. */
  checkpointEvery: number;
  /** Called with pictures of the model while it trains. */
  onSnapshot?: ((snapshot: Snapshot) => void) | undefined;
  /** The share of its time that these may take. */
  snapshotShare?: number | undefined;
  /** Holds, slows down and changes the training; by default nothing does. */
  steering?: Steering | undefined;
  /** Observers that are told before the run is written; made once the training is announced. */
  before?: () => Promise<readonly Observer[]>;
  /** Observers that are told after that. */
  after?: readonly Observer[];
}

/** Trains a session to its end or an interruption, and gives back all that it held. */
export async function trainSession(session: Session, options: TrainingOfSession): Promise<TrainResult> {
  const { emit, figures, checkpointEvery } = options;
  const observers: Observer[] = [];
  try {
    emit({ type: 'start', ...headerOf(session) });
    observers.push(...((await options.before?.()) ?? []));
    observers.push(recorder(session, checkpointEvery), announcer(emit));
    if (options.onSnapshot !== undefined)
      observers.push(await snapshots(session, options.onSnapshot, options.snapshotShare));
    observers.push(...(options.after ?? []));
    const end = await train(session, observers, options);
    if (end === 'interrupted') {
      await update(session, { status: 'stopped', endedAt: now() });
      const stopped = { folder: session.files.place, epoch: session.position.epoch };
      emit({ type: 'stopped', ...stopped });
      return { status: 'stopped', ...stopped };
    }
    emit({ type: 'evaluating' });
    const finished = await finish(session, {
      observers,
      figures,
      stoppedEarly: end === 'early-stopping',
      onProgress: measuringEvents(emit),
    });
    emit({ type: 'finished', ...finished });
    return { status: 'finished', ...finished };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    await update(session, { status: 'failed', note, endedAt: now() }).catch(() => {});
    throw error;
  } finally {
    for (const observer of observers) observer.close?.();
    try {
      await session.trainer.dispose();
    } finally {
      await session.hold.release();
    }
  }
}

/** Trains to the end or an interruption, and tells the observers what happens. */
async function train(
  session: Session,
  observers: readonly Observer[],
  { signal, emit, steering = new Steering() }: TrainingOfSession,
) {
  const viewer = viewerOf(session);
  try {
    return await trainWatched(session, observers, { signal, emit, steering, look: viewer.look });
  } finally {
    await viewer.close();
  }
}

/** Gives the model as it is now; what that takes is made at the first look. */
function viewerOf({ engine, definition, trainer }: Session): { look: Look; close(): Promise<void> } {
  let made: Promise<LiveModel> | undefined;
  return {
    async look() {
      made ??= liveModel(engine, definition);
      const { refresh, encode, decode } = await made;
      const weights = trainer.weights();
      refresh(weights);
      return { encode, decode, weights };
    },
    close: async () => (await made)?.dispose(),
  };
}

async function trainWatched(
  session: Session,
  observers: readonly Observer[],
  {
    signal,
    emit,
    steering,
    look,
  }: Pick<SessionContext, 'signal' | 'emit'> & { steering: Steering; look: Look },
) {
  const { recipe, splits, trainer, rows, hold } = session;
  const { epochs } = recipe.training;
  let held = performance.now();
  const loop = trainingLoop({
    trainer,
    train: splits.train,
    validation: splits.validation,
    settings: recipe.training,
    from: session.position,
    signal,
    async beforeStep(place) {
      await steering.beforeStep(signal, async (milliseconds) => {
        for (const observer of observers) await observer.wait?.({ ...place, milliseconds }, look);
      });
      const learningRate = signal.aborted ? null : steering.takeRate();
      if (learningRate === null) return;
      await changeRate(session, { step: place.step, learningRate });
      emit({ type: 'learning-rate', step: place.step, learningRate });
    },
  });
  for await (const event of loop) {
    switch (event.type) {
      case 'step':
        for (const observer of observers) await observer.step?.(event, look);
        if (performance.now() - held > LOCK_INTERVAL) {
          await hold.requireHeld();
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
        for (const observer of observers) await observer.end?.(event, look);
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
  const { engine, files, trainer, position, manifest, hold } = session;
  const parts = shipRun(session, trainer.weights(), position.epoch, engine.sha256);
  const model = inScaledUnits(await openModel(engine, { source: files.place, files: parts }, manifest));
  try {
    await hold.requireHeld();
    for (const observer of observers) await observer.sample?.(model, position.epoch);
  } finally {
    await model.dispose();
  }
}
