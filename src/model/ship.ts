/** A run's model as the files that are shipped, with what it was trained on in their metadata. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type Definition,
  describeParts,
  type ShipOptions,
  type ShippedModels,
  shippedModels,
  type Weights,
} from '../models/index.ts';
import { imageShape } from '../recipe/fitting.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { encodeSealed, type Manifest, type StoredTensors, writeWhole } from '../store/index.ts';
import { WEIGHTS_FILE } from './files.ts';
import { preprocessingMetadata } from './preprocessing.ts';

interface ShippedRun {
  manifest: Manifest;
  recipe: Recipe;
  definition: Definition;
}

/** The metadata in every file of a model; docs/formats.md describes the keys. */
export function modelMetadata(
  { manifest, recipe }: Pick<ShippedRun, 'manifest' | 'recipe'>,
  weights: StoredTensors,
  epoch: number,
): Record<string, string> {
  const { name, classes, height, width, channels } = manifest.dataset;
  return {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    loss: describeParts(manifest.losses),
    dataset: name,
    classes: JSON.stringify(classes),
    image: JSON.stringify({ channels, height, width }),
    ...preprocessingMetadata(manifest.dataset),
    scaling: 'bytes / 255',
    epoch: String(epoch),
    weights: digestOf(weights),
    hourglass: manifest.versions.hourglass,
  };
}

/** SHA-256 of the tensors in the order of their names, each as its name, a zero byte and its little-endian floats. */
function digestOf(weights: StoredTensors): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { buffer, byteOffset, byteLength } = weights.get(name)!.values;
    hash.update(`${name}\0`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

export function shipRun(run: ShippedRun, weights: StoredTensors, epoch: number): ShippedModels {
  const metadata = modelMetadata(run, weights, epoch);
  return shipModel(run.definition, imageShape(run.manifest.dataset), weights, metadata);
}

export function shipModel(
  definition: Definition,
  image: Parameters<typeof shippedModels>[1],
  weights: StoredTensors,
  metadata: Readonly<Record<string, string>>,
  options: ShipOptions = {},
): ShippedModels {
  const plain: Weights = new Map([...weights].map(([name, { values }]) => [name, values]));
  const { hourglass } = metadata;
  const version = hourglass === undefined ? {} : { version: hourglass };
  return shippedModels(definition, image, plain, metadata, { ...version, ...options });
}

/** Writes a run's model into a folder, each file complete; returns the ONNX files. */
export async function writeModel(
  folder: string,
  run: ShippedRun,
  weights: StoredTensors,
  epoch: number,
): Promise<ShippedModels> {
  const files = shipRun(run, weights, epoch);
  for (const [name, bytes] of Object.entries(files)) await writeWhole(join(folder, `${name}.onnx`), bytes);
  const metadata = modelMetadata(run, weights, epoch);
  await writeWhole(join(folder, WEIGHTS_FILE), encodeSealed(weights, metadata));
  return files;
}
