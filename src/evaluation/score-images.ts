/** Anomaly scores by the model of a finished run. */
import { inScaledUnits } from '../model/scaled-units.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadModel } from '../node/load-model.ts';
import { readWeights } from '../node/model-files.ts';
import { imageShape } from '../recipe/fitting.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import type { Source } from '../samples/index.ts';
import { readManifest } from '../store/index.ts';
import { type AnomalyScores, measureScores } from './anomaly-scores.ts';

/** Scores images of the size that a finished run was trained on, next to images of the classes that it learned. It does not read the run's own. */
export async function scoreImages(
  run: string,
  images: { images: Source; learned: Source },
  options: { threads?: number } = {},
): Promise<AnomalyScores> {
  const manifest = await readManifest(run);
  const { seed } = manifest;
  const recipe = parseRecipe(manifest.config);
  const definition = defineAutoencoder(recipe.model, imageShape(manifest.dataset));
  const threads = options.threads ?? manifest.threads;
  const weights = await readWeights(run, definition, recipe);
  const model = inScaledUnits(await loadModel(run, { threads }));
  try {
    return await measureScores(nodeEngine, { model, recipe, definition, weights }, images, { seed, threads });
  } finally {
    await model.dispose();
  }
}
