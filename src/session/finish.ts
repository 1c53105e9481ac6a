/** The end of a session: the model's files, its figures on the test split, and what observers make of them. */

import { evaluateModel } from '../evaluation/evaluate.ts';
import type { OnProgress } from '../evaluation/progress.ts';
import { statisticsOf } from '../evaluation/statistics.ts';
import type { Figure } from '../metrics/index.ts';
import { toldOwn } from '../model/condition.ts';
import { MODEL_FOLDER } from '../model/content.ts';
import type { Model } from '../model/model.ts';
import { openModel } from '../model/open.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { modelFiles } from '../model/ship.ts';
import { encodeStatistics, STATISTICS_FILE } from '../model/statistics.ts';
import { RESULTS_FILE } from '../record/index.ts';
import { taskExamples } from '../views/pictures/examples.ts';
import type { FinishedRun } from './events.ts';
import type { Observer } from './observer.ts';
import { now, type Session, update } from './state.ts';

/** Writes the model, measures it on the test split, and shows it to the observers. */
export async function finish(
  session: Session,
  {
    observers,
    figures,
    stoppedEarly,
    onProgress,
  }: {
    observers: readonly Observer[];
    /** Figures to measure in addition to those of hourglass. */
    figures: readonly Figure[];
    stoppedEarly: boolean;
    onProgress: OnProgress;
  },
): Promise<FinishedRun> {
  const { engine, files, recipe, dataset, splits, trainer, position, rows, manifest, hold } = session;
  await hold.requireHeld();
  const best = recipe.training.keep === 'best' ? await session.checkpoints.readBest() : null;
  const weights = best?.weights ?? trainer.weights();
  const keptEpoch = best?.epoch ?? position.epoch;
  const shipped = modelFiles(session, weights, keptEpoch, engine.sha256);
  for (const [name, bytes] of shipped.files) await files.write(`${MODEL_FOLDER}/${name}`, bytes);

  onProgress('opening the model', 0);
  // Training is over: its sessions' memory is needed for measuring.
  await trainer.dispose();
  const model = inScaledUnits(
    await openModel(engine, { source: files.place, files: shipped.parts }, manifest),
  );
  try {
    const statistics = await statisticsOf(model, recipe, splits, null, onProgress);
    await hold.requireHeld();
    const evaluation = await evaluateModel({
      engine,
      model,
      recipe,
      definition: session.definition,
      weights,
      dataset,
      splits,
      split: 'test',
      statistics,
      epochs: rows,
      seed: manifest.seed,
      threads: manifest.threads,
      figures,
      onProgress,
    });
    await hold.requireHeld();
    const { diagnosis } = evaluation;
    await files.write(`${MODEL_FOLDER}/${STATISTICS_FILE}`, encodeStatistics({ ...statistics, diagnosis }));
    await files.write(RESULTS_FILE, `${JSON.stringify({ keptEpoch, ...evaluation }, null, 2)}\n`);
    const pictures: string[] = [];
    const measured = { evaluation, weights, keptEpoch, onProgress, pictures };
    for (const observer of observers) {
      await hold.requireHeld();
      await observer.finish?.(model, measured);
    }
    const note = stoppedEarly ? `early stopping after epoch ${position.epoch}` : null;
    await update(session, { status: 'finished', note, endedAt: now() });
    return {
      folder: files.place,
      evaluation,
      keptEpoch,
      epochs: position.epoch,
      stoppedEarly,
      trainingSeconds: position.seconds,
      pictures,
      examples: await examples(session, model),
    };
  } finally {
    await model.dispose();
  }
}

/** What the terminal shows: for a denoiser its task, noisy images and their reconstructions. */
async function examples(session: Session, model: Model): Promise<FinishedRun['examples']> {
  if (model.info.rows !== null) return null;
  const { captions, inputs, labels } = await taskExamples(session);
  const { data } = await toldOwn(model, labels).reconstruct(inputs);
  const { height, width, channels } = session.dataset;
  return { height, width, channels, captions, inputs, reconstructions: data };
}
