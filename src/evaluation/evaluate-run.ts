/** The figures of a finished run, measured again on the data it was trained on. */

import type { Figure } from '../metrics/index.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadModel } from '../node/load-model.ts';
import { readWeights } from '../node/model-files.ts';
import { imageShape } from '../recipe/fitting.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { readMetrics } from '../store/index.ts';
import { expectingFailures } from '../system-errors.ts';
import { type Evaluation, evaluateModel } from './evaluate.ts';
import type { OnProgress } from './progress.ts';

/** What is evaluated, and how. */
export interface EvaluateOptions extends Pick<SessionData, 'dataDir' | 'offline' | 'cacheDir' | 'arrays'> {
  /** The split to measure. Default `test`. */
  split?: Evaluation['split'];
  /** Threads of ONNX Runtime. Default: as many as the run was trained with. */
  threads?: number;
  /** Figures of your own, measured in addition to those of hourglass. */
  figures?: readonly Figure[];
  /** Called with what is being measured and the share of it that is done, 0 to 1. */
  onProgress?: OnProgress;
}

/**
 * Evaluates a finished run again, on the data it was trained on.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if the run is missing, damaged or not finished; `data` if its images are missing or
 * have changed.
 *
 * @example
 * ```ts
 * import { evaluateRun } from 'hourglass';
 *
 * const { model, pca, diagnosis } = await evaluateRun('runs/digits', { split: 'validation' });
 * console.log(diagnosis.verdict);
 * console.log(model.mse, pca?.mse); // squared error, mean over pixels and images
 * ```
 */
export function evaluateRun(run: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  return expectingFailures(() => evaluated(run, options));
}

async function evaluated(run: string, options: EvaluateOptions): Promise<Evaluation> {
  const { split = 'test', figures = [], onProgress } = options;
  const { manifest, recipe, dataset, splits } = await openRunData(run, options);
  const threads = options.threads ?? manifest.threads;
  const model = inScaledUnits(await loadModel(run, { threads }));
  try {
    const definition = defineAutoencoder(recipe.model, imageShape(dataset));
    const weights = await readWeights(run, definition, recipe);
    const { seed } = manifest;
    const epochs = await readMetrics(run);
    return await evaluateModel({
      engine: nodeEngine,
      model,
      recipe,
      definition,
      weights,
      dataset,
      splits,
      split,
      statistics: model.statistics,
      epochs,
      seed,
      threads,
      figures,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  } finally {
    await model.dispose();
  }
}
