/** The end of a session: the model's files, its figures on the test split, its pictures. */
import { join } from 'node:path';
import { evaluateModel } from '../evaluation/evaluate.ts';
import type { OnProgress } from '../evaluation/progress.ts';
import { RESULTS_FILE } from '../evaluation/results.ts';
import { writeStatistics } from '../evaluation/statistics.ts';
import type { Figure } from '../metrics/index.ts';
import { MODEL_FOLDER } from '../model/files.ts';
import { type Model, openModel } from '../model/model.ts';
import { shipRun, writeModel } from '../model/ship.ts';
import { meanOf } from '../runs/data.ts';
import { readBestWeights, type StoredTensors, writeWhole } from '../store/index.ts';
import { initialWeights } from '../training/index.ts';
import { taskExamples } from '../views/pictures/examples.ts';
import { summaryPage } from '../views/summary.ts';
import type { FinishedRun } from './events.ts';
import type { Observer } from './observer.ts';
import { writeReport } from './report-file.ts';
import { savePictures } from './save-pictures.ts';
import { now, type Session, update } from './state.ts';

/** Writes the model, measures it on the test split and draws its pictures. */
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
  const { engine, folder, recipe, dataset, splits, trainer, position, rows, manifest, lock } = session;
  await lock.requireHeld();
  const best = recipe.training.keep === 'best' ? await readBestWeights(folder, session.configuration) : null;
  const weights: StoredTensors = best?.weights ?? trainer.weights();
  const keptEpoch = best?.epoch ?? position.epoch;
  const files = await writeModel(join(folder, MODEL_FOLDER), session, weights, keptEpoch);

  onProgress('opening the model', 0);
  // Training is over: its sessions' memory is needed for measuring.
  await trainer.dispose();
  const model = await openModel(engine, files, folder, manifest.threads);
  try {
    const evaluation = await evaluateModel({
      engine,
      model,
      recipe,
      definition: session.definition,
      weights,
      dataset,
      splits,
      split: 'test',
      epochs: rows,
      seed: manifest.seed,
      threads: manifest.threads,
      figures,
      onProgress,
    });
    await lock.requireHeld();
    await writeStatistics(join(folder, MODEL_FOLDER), model, splits, evaluation.diagnosis, onProgress);
    await writeWhole(
      join(folder, RESULTS_FILE),
      `${JSON.stringify({ keptEpoch, ...evaluation }, null, 2)}\n`,
    );
    await lock.requireHeld();
    const pictures = await draw(session, model, weights, keptEpoch, onProgress);
    const page = {
      manifest,
      recipe,
      metrics: rows,
      evaluation,
      keptEpoch,
      trainingSeconds: position.seconds,
    };
    onProgress('writing the report', 0);
    await lock.requireHeld();
    await writeWhole(join(folder, 'summary.md'), summaryPage(page));
    for (const observer of observers) await observer.finish?.(model);
    await writeReport(folder);
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
      examples: await examples(session, model),
    };
  } finally {
    await model.dispose();
  }
}

/** Draws the pictures, next to those of the untrained model. */
async function draw(
  session: Session,
  model: Model,
  weights: StoredTensors,
  keptEpoch: number,
  onProgress: OnProgress,
): Promise<string[]> {
  const { engine, folder, recipe, dataset, splits, rows, manifest, definition } = session;
  const { mean } = await meanOf(recipe, splits);
  const first = initialWeights(engine, definition, recipe, manifest.seed, mean);
  const untrained = await openModel(engine, shipRun(session, first, 0), folder, manifest.threads);
  try {
    return await savePictures(folder, {
      engine,
      recipe,
      dataset,
      model,
      untrained,
      weights,
      metrics: rows,
      losses: manifest.losses,
      keptEpoch,
      seed: manifest.seed,
      onProgress,
    });
  } finally {
    await untrained.dispose();
  }
}

/** What the terminal shows: for a denoiser its task, noisy images and their reconstructions. */
async function examples(session: Session, model: Model): Promise<FinishedRun['examples']> {
  const { captions, inputs } = await taskExamples(session);
  const { data } = await model.reconstruct(inputs);
  const { height, width, channels } = session.dataset;
  return { height, width, channels, captions, inputs, reconstructions: data };
}
