/** How well the samples of a finished run match the held-out data that it was not trained on. */
import { inScaledUnits } from '../model/scaled-units.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { type GenerationEvaluation, measureGeneration } from './generation.ts';
import { openForUse } from './open.ts';
import { type OnProgress, SILENT } from './progress.ts';

/** What is measured, and how. */
export interface GenerationOptions extends SessionData {
  /** The split to compare with. Default `test`. */
  split?: GenerationEvaluation['split'];
  /** Held-out samples, and samples of each source; default 2,000, or all if there are fewer. */
  images?: number;
  /** Seeds what is drawn. Default 1. */
  seed?: number;
  /** Threads of ONNX Runtime. Default: as many as the run was trained with. */
  threads?: number;
  /** Called with what is being measured and the share of it that is done, 0 to 1. */
  onProgress?: OnProgress;
}

/**
 * Compares what a finished run makes with held-out samples, by their features: reconstructions, samples of the prior, of each
 * sampler that was fitted ({@link fitSampler}), and what lies halfway between codes. For each a Fréchet distance, precision and
 * recall, density and coverage. Features are those of a small classifier of digits for MNIST, and principal components for
 * other data.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `usage` for fewer than 20 samples, or more than the split has; `run` or `data` if the run or its
 * data are missing or damaged.
 *
 * @example
 * ```ts
 * import { evaluateGeneration } from 'hourglass';
 *
 * const { sources } = await evaluateGeneration('runs/vae', { images: 200 });
 * for (const { source, frechet, coverage } of sources) console.log(source, frechet, coverage);
 * ```
 */
export async function evaluateGeneration(
  run: string,
  options: GenerationOptions = {},
): Promise<GenerationEvaluation> {
  const { split = 'test', images, seed = 1, onProgress = SILENT } = options;
  const { manifest, dataset, splits } = await openRunData(run, options);
  const threads = options.threads ?? manifest.threads;
  const model = inScaledUnits(await openForUse(run, { ...options, threads, statistics: true }));
  try {
    const what = { model, dataset, splits };
    return await measureGeneration(nodeEngine, what, { split, images, seed, threads, onProgress });
  } finally {
    await model.dispose();
  }
}
