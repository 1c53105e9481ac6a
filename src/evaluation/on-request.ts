/** Figures that are measured on request, kept with a run's results: comparison and report show them. */
import { join } from 'node:path';
import type { Measured } from '../metrics/index.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { RESULTS_FILE } from '../record/index.ts';
import { readManifest, writeWhole } from '../store/index.ts';
import { expectingFailures } from '../system-errors.ts';
import type { GenerationEvaluation } from './generation.ts';
import type { LikelihoodEvaluation } from './likelihood.ts';
import type { CodeProbe } from './probe.ts';
import { readResults } from './results.ts';

/** What can be kept of a run: each replaces what was kept of its sort before. */
export interface MeasuredOnRequest {
  /** What the codes keep of the classes. */
  probe?: CodeProbe;
  /** The likelihood of held-out images. */
  likelihood?: LikelihoodEvaluation;
  /** How well samples match held-out ones. */
  generation?: GenerationEvaluation;
  /** The AUROC of models of single classes, without a row for each class. */
  oneClass?: NonNullable<Measured['oneClass']>;
}

/**
 * Adds figures of test images to a finished run's `results.json`; figures of other splits are left out.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if there are no results, or they cannot be written.
 *
 * @example
 * ```ts
 * import { keepMeasured, probeRun, writeComparison } from 'hourglass';
 *
 * await keepMeasured('runs/digits', { probe: await probeRun('runs/digits') });
 * const { figures } = await writeComparison(['runs/digits', 'runs/vae'], 'compared');
 * console.log(figures.find(({ name }) => name === 'linear probe')?.values); // [ 0.…, null ]
 * ```
 */
export function keepMeasured(
  run: string,
  { probe, likelihood, generation, oneClass }: MeasuredOnRequest,
): Promise<void> {
  const kept = {
    ...(probe?.split === 'test' ? { probe } : {}),
    ...(likelihood?.split === 'test' ? { likelihood } : {}),
    ...(generation?.split === 'test' ? { generation } : {}),
    ...(oneClass === undefined ? {} : { oneClass }),
  };
  return expectingFailures(async () => {
    if (Object.keys(kept).length === 0) return;
    // Damaged results are refused here, before anything is written.
    await readResults(run, await readManifest(run));
    const file = join(run, RESULTS_FILE);
    const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
    const results = { ...(JSON.parse(text!) as object), ...kept };
    await writeWhole(file, `${JSON.stringify(results, null, 2)}\n`);
  });
}
