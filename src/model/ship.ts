/** A run's model as the files that are shipped, with what it was trained on in their metadata. */

import { encodeSealed, type StoredTensors } from '../codecs/sealed.ts';
import { HourglassError } from '../errors.ts';
import type { Sha256 } from '../hash.ts';
import {
  codeTraits,
  type Definition,
  describeParts,
  PARTS,
  type SamplerGraph,
  type ShipOptions,
  type ShippedModels,
  shippedModels,
  shippedSampler,
  type Weights,
} from '../models/index.ts';
import { imageShape } from '../recipe/fitting.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Manifest } from '../record/index.ts';
import { fileOfPart, WEIGHTS_FILE } from './content.ts';
import { preprocessingMetadata, tilesMetadata } from './preprocessing.ts';
import { readRows, rowsMetadata, scalingOf } from './rows.ts';
import { traitsOf } from './settings-traits.ts';
import { encodeTraits } from './traits.ts';

interface ShippedRun {
  manifest: Manifest;
  recipe: Recipe;
  definition: Definition;
}

/** The metadata in every file of a model; docs/formats.md describes the keys. */
export function modelMetadata(
  { manifest, recipe, definition }: ShippedRun,
  weights: StoredTensors,
  epoch: number,
  sha256: Sha256,
): Record<string, string> {
  const { name, classes, height, width, channels } = manifest.dataset;
  return {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    traits: encodeTraits(traitsOf(recipe)),
    ...(codeTraits(recipe.model.code).symbols === null
      ? {}
      : { codeShape: JSON.stringify(definition.codeShape) }),
    loss: describeParts(manifest.losses),
    dataset: name,
    classes: JSON.stringify(classes),
    ...(manifest.dataset.rows === null
      ? {
          image: JSON.stringify({ channels, height, width }),
          ...preprocessingMetadata(manifest.dataset),
          ...tilesMetadata(recipe.data.tiles),
          scaling: 'bytes / 255',
        }
      : rowsMetadata(manifest.dataset)),
    epoch: String(epoch),
    weights: digestOf(weights, sha256),
    hourglass: manifest.versions.hourglass,
  };
}

/** SHA-256 of the tensors in the order of their names, each as its name, a zero byte and its little-endian floats. */
function digestOf(weights: StoredTensors, sha256: Sha256): string {
  const hash = sha256();
  const text = new TextEncoder();
  for (const name of [...weights.keys()].sort()) {
    const { buffer, byteOffset, byteLength } = weights.get(name)!.values;
    hash.update(text.encode(`${name}\0`));
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

export function shipRun(
  run: ShippedRun,
  weights: StoredTensors,
  epoch: number,
  sha256: Sha256,
): ShippedModels {
  const metadata = modelMetadata(run, weights, epoch, sha256);
  return shipModel(run.definition, imageShape(run.manifest.dataset), weights, metadata);
}

export function shipModel(
  definition: Definition,
  image: Parameters<typeof shippedModels>[1],
  weights: StoredTensors,
  metadata: Readonly<Record<string, string>>,
  options: ShipOptions = {},
): ShippedModels {
  return shippedModels(definition, image, plainWeights(weights), metadata, shipOptions(metadata, options));
}

/** The samplers that were fitted to the codes of a model, as ONNX bytes by the names of their files. */
export function shipSamplers(
  definition: Definition,
  image: Parameters<typeof shippedModels>[1],
  weights: StoredTensors,
  metadata: Readonly<Record<string, string>>,
  samplers: ReadonlyMap<string, SamplerGraph>,
  options: Pick<ShipOptions, 'opset'> = {},
): Map<string, Uint8Array> {
  const plain = plainWeights(weights);
  const common = shipOptions(metadata, options);
  return new Map(
    [...samplers].map(([name, sampler]) => {
      const part = `sampler-${name}`;
      return [
        `${part}.onnx`,
        shippedSampler(definition, image, plain, metadata, { ...common, part, sampler }),
      ];
    }),
  );
}

const plainWeights = (weights: StoredTensors): Weights =>
  new Map([...weights].map(([name, { values }]) => [name, values]));

/** With the version that trained the model, and the scaling of its columns. */
function shipOptions(metadata: Readonly<Record<string, string>>, options: ShipOptions): ShipOptions {
  const { hourglass } = metadata;
  const version = hourglass === undefined ? {} : { version: hourglass };
  const rows = readRows(metadata.rows, 'model');
  if (rows !== null && options.preprocess) {
    throw new HourglassError('usage', {
      subject: 'preprocess',
      rule: 'is for models of images: a model of rows scales its columns itself',
      hint: 'leave it out',
    });
  }
  return { ...version, ...options, ...(rows === null ? {} : { rows: scalingOf(rows) }) };
}

/** The files of a run's model by their names, and those that run by part. */
export function modelFiles(
  run: ShippedRun,
  weights: StoredTensors,
  epoch: number,
  sha256: Sha256,
): { parts: ShippedModels; files: ReadonlyMap<string, Uint8Array> } {
  const parts = shipRun(run, weights, epoch, sha256);
  const files = new Map(PARTS.flatMap((part) => (parts[part] ? [[fileOfPart(part), parts[part]]] : [])));
  files.set(WEIGHTS_FILE, encodeSealed(weights, modelMetadata(run, weights, epoch, sha256), sha256));
  return { parts, files };
}
