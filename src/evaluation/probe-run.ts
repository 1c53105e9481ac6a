/** What the codes of a finished run keep of the classes, measured on the data it was trained on. */

import type { ProbeResult } from '../metrics/index.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadModel } from '../node/load-model.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { type CodeProbe, measureProbe, measureSamplesProbe, type ProbedSplit } from './probe.ts';
import type { OnProgress } from './progress.ts';

/** What is probed, and how. */
export interface ProbeOptions extends SessionData {
  /** Default `test`. */
  split?: ProbedSplit;
  /** Threads of ONNX Runtime. Default: as many as the run was trained with. */
  threads?: number;
  /** Called with what is being measured and the share of it that is done, 0 to 1. */
  onProgress?: OnProgress;
}

/**
 * Measures what a finished run's codes keep of the classes: linear probes fitted on the training images' codes and on PCA's
 * scores, the five nearest training codes, and k-means, each on held-out images.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `usage` for a code of more than 2,048 units; `data` if fewer than two classes have images in
 * both splits, or the images are missing or have changed; `run` if the run is not finished.
 *
 * @example
 * ```ts
 * import { probeRun } from 'hourglass';
 *
 * const { codes, pca } = await probeRun('runs/digits');
 * console.log(codes.accuracy, pca?.accuracy); // from 0 to 1
 * ```
 */
export async function probeRun(run: string, options: ProbeOptions = {}): Promise<CodeProbe> {
  const { split = 'test', onProgress, ...data } = options;
  const opened = await openRunData(run, data);
  const threads = options.threads ?? opened.manifest.threads;
  const model = inScaledUnits(await loadModel(run, { threads }));
  try {
    const input = { ...opened, engine: nodeEngine, split, threads };
    return await measureProbe(onProgress === undefined ? input : { ...input, onProgress }, model);
  } finally {
    await model.dispose();
  }
}

/**
 * The linear probe on the pixels themselves: the baseline of {@link probeRun}.
 *
 * @param run the folder of a finished run; its images are used, not its model.
 * @throws HourglassError of kind `data` if fewer than two classes have images in the training and in the test split, or the
 * images are missing or have changed.
 *
 * @example
 * ```ts
 * import { probePixels } from 'hourglass';
 *
 * const { accuracy } = await probePixels('runs/digits');
 * console.log(accuracy);
 * ```
 */
export async function probePixels(run: string, options: SessionData = {}): Promise<ProbeResult> {
  const opened = await openRunData(run, options);
  const { threads } = opened.manifest;
  return measureSamplesProbe({ ...opened, engine: nodeEngine, split: 'test', threads });
}
