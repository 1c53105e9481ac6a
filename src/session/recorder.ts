/** The observer that keeps a run: checkpoints, best weights, metrics, the number of epochs in the manifest. */

import type { StoredTensors } from '../codecs/sealed.ts';
import { writeMetrics } from '../record/index.ts';
import type { Position } from '../training/index.ts';
import type { Observer } from './observer.ts';
import { type Session, update } from './state.ts';

/** Files are written after an epoch unless that was done so recently, in milliseconds: epochs can take a few steps. */
const EPOCH_INTERVAL = 1000;

/** After each epoch, but at most once a second, everything is written; within an epoch every `checkpointEvery` seconds. */
export function recorder(session: Session, checkpointEvery: number): Observer {
  const { files, recipe, trainer, rows, hold, checkpoints } = session;
  let saved = performance.now();
  let savedPosition: Position | null = null;
  /** The best weights that are not written yet. */
  let best: { epoch: number; weights: StoredTensors } | null = null;
  /** The checkpoint last: a run that is killed before it repeats what it covers and rewrites the rest. */
  const save = async (position: Position): Promise<void> => {
    session.position = position;
    const { step, epoch } = position;
    if (step === savedPosition?.step && epoch === savedPosition.epoch) return;
    await hold.requireHeld();
    if (best !== null) await checkpoints.writeBest(best.weights, best.epoch);
    best = null;
    await writeMetrics(files, rows);
    await saveCheckpoint(session);
    saved = performance.now();
    savedPosition = position;
    if (session.manifest.epoch !== epoch) await update(session, { epoch });
  };
  return {
    async step({ position }) {
      if (performance.now() - saved > checkpointEvery * 1000) await save(position());
    },
    async epoch({ metrics, position, isBest }) {
      if (isBest && recipe.training.keep === 'best') {
        best = { epoch: metrics.epoch, weights: copyOf(trainer.weights()) };
      }
      if (position.epoch === 1 || performance.now() - saved > EPOCH_INTERVAL) await save(position);
    },
    end: ({ position }) => save(position),
  };
}

/** Weights as they are now: the trainer's change with its next step. */
function copyOf(weights: StoredTensors): StoredTensors {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
}

async function saveCheckpoint({ trainer, position, checkpoints }: Session): Promise<void> {
  const tensors = new Map([...trainer.weights(), ...trainer.optimiserState()]);
  await checkpoints.write(position.step, { tensors, position });
}
