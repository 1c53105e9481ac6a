/** A run's model as the ONNX files that are shipped, with what it was trained on in their metadata. */
import type { Dataset } from '../data/dataset.ts';
import { type Definition, type ShippedName, shippedModels, type Weights } from '../models/index.ts';
import type { Manifest, StoredTensors } from '../store/index.ts';
import type { Recipe } from './recipe.ts';
import { imageOf } from './state.ts';

export function shipRun(
  run: { manifest: Manifest; recipe: Recipe; definition: Definition; dataset: Dataset },
  weights: StoredTensors,
  epoch: number,
): Record<ShippedName, Uint8Array> {
  const { manifest, recipe, definition, dataset } = run;
  const plain: Weights = new Map([...weights].map(([name, { values }]) => [name, values]));
  return shippedModels(definition, imageOf(dataset), plain, {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    dataset: manifest.dataset.name,
    scaling: 'bytes / 255',
    epoch: String(epoch),
    hourglass: manifest.versions.hourglass,
  });
}
