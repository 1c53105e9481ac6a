/** Draws the pictures of finished runs again from what is in their folders: for one run, or several together. */

import { readResults } from '../evaluation/results.ts';
import { openModel } from '../model/open.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { shipRun } from '../model/ship.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadModel } from '../node/load-model.ts';
import { readWeights } from '../node/model-files.ts';
import { imageShape } from '../recipe/fitting.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { beginningOf, openRunData, type SessionData } from '../runs/index.ts';
import { readManifest, readMetrics } from '../store/index.ts';
import { initialWeights } from '../training/index.ts';
import type { PicturedRun } from '../views/index.ts';
import { savePicture, savePictures } from './save-pictures.ts';

/**
 * Draws all pictures of a finished run again and returns the paths of the PNG files.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if the run or its model is missing or damaged; `data` if its images are missing or have
 * changed.
 *
 * @example
 * ```ts
 * import { redrawPictures } from 'hourglass';
 *
 * for (const file of await redrawPictures('runs/digits')) console.log(file);
 * ```
 */
export async function redrawPictures(run: string, options: SessionData = {}): Promise<string[]> {
  const { manifest, recipe, dataset, splits } = await openRunData(run, options);
  // The run's own number of threads: another may give other bits.
  const model = inScaledUnits(await loadModel(run, { threads: manifest.threads }));
  const definition = defineAutoencoder(recipe.model, imageShape(dataset));
  const weights = await readWeights(run, definition, recipe);
  const beginning = await beginningOf(recipe, splits);
  const first = initialWeights(nodeEngine, definition, recipe, manifest.seed, beginning);
  const files = shipRun({ manifest, recipe, definition }, first, 0, nodeEngine.sha256);
  const untrained = inScaledUnits(await openModel(nodeEngine, { source: run, files }, manifest));
  try {
    const { keptEpoch } = await readResults(run, manifest);
    return await savePictures(run, {
      engine: nodeEngine,
      recipe,
      dataset,
      model,
      untrained,
      weights,
      metrics: await readMetrics(run, manifest.epoch),
      losses: manifest.losses,
      keptEpoch,
      seed: manifest.seed,
    });
  } finally {
    await model.dispose();
    await untrained.dispose();
  }
}

/**
 * Draws several runs into the same pictures, in a folder, and returns the paths of the PNG files. The images are
 * the first run's.
 *
 * @param runs the folders of the runs.
 * @param out the folder to write into; it is created if it does not exist.
 * @throws HourglassError as {@link redrawPictures}, and for runs on images of other sizes.
 *
 * @example
 * ```ts
 * import { compareRuns } from 'hourglass';
 *
 * for (const file of await compareRuns(['runs/digits', 'runs/vae'], 'compared')) console.log(file);
 * ```
 */
export async function compareRuns(
  runs: readonly string[],
  out: string,
  options: SessionData = {},
): Promise<string[]> {
  const { comparisonPictures, distinctNames } = await import('../views/index.ts');
  const manifests = await Promise.all(runs.map(readManifest));
  const names = distinctNames(manifests.map((manifest, i) => ({ folder: runs[i]!, manifest })));
  const opened: PicturedRun[] = [];
  try {
    for (const [i, manifest] of manifests.entries()) {
      const model = inScaledUnits(await loadModel(runs[i]!, { threads: manifest.threads }));
      const metrics = await readMetrics(runs[i]!, manifest.epoch);
      const recipe = parseRecipe(manifest.config);
      const { dataset, losses } = manifest;
      opened.push({ name: names[i]!, dataset: dataset.name, recipe, model, metrics, losses });
    }
    const { dataset } = await openRunData(runs[0]!, options);
    const files: string[] = [];
    for (const picture of await comparisonPictures(opened, dataset))
      files.push(await savePicture(out, picture));
    return files;
  } finally {
    for (const { model } of opened) await model.dispose();
  }
}
