/** A model's files on disk: found in a folder, read whole within bounds, and written. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decodeWeights, type StoredTensors } from '../codecs/sealed.ts';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import {
  contentOf,
  contentOfOne,
  fileOfPart,
  MODEL_FILES,
  MODEL_FOLDER,
  type ModelContent,
  refuse,
  WEIGHTS_FILE,
} from '../model/content.ts';
import {
  AUTOREGRESSIVE_FILE,
  LARGEST_AUTOREGRESSIVE,
  LARGEST_SAMPLERS,
  SAMPLERS_FILE,
} from '../model/samplers/names.ts';
import { LARGEST_STATISTICS, STATISTICS_FILE } from '../model/statistics.ts';
import { type Definition, PARTS } from '../models/index.ts';
import { readFileIfThere } from '../read-file.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { LARGEST_TENSOR_FILE, MANIFEST_FILE } from '../record/index.ts';
import { readManifest, trueStatus } from '../store/index.ts';
import { requireTensors, weightShapes } from '../training/index.ts';
import { nodeEngine } from './engine/index.ts';

/**
 * The files of a finished run, of a model's folder that was taken from one or exported, or one ONNX file alone.
 * @throws HourglassError if there is no model, or a run has not all of it.
 */
export async function readModelFiles(path: string): Promise<ModelContent> {
  if (path.endsWith('.onnx') && (await isFile(path))) {
    const bytes = await readIfThere(path, LARGEST_TENSOR_FILE);
    if (bytes === null) throw refuse(path, 'is not there any more');
    const one = contentOfOne(dirname(path), bytes, path);
    const text = async (name: string, most: number) => {
      const found = await readIfThere(join(one.source, name), most);
      return found === null ? null : found.toString('utf8');
    };
    return {
      ...one,
      statistics: await text(STATISTICS_FILE, LARGEST_STATISTICS),
      samplers: await text(SAMPLERS_FILE, LARGEST_SAMPLERS),
      autoregressive: await readIfThere(join(one.source, AUTOREGRESSIVE_FILE), LARGEST_AUTOREGRESSIVE),
    };
  }
  const ofRun = await isFile(join(path, MANIFEST_FILE));
  const folder = ofRun ? join(path, MODEL_FOLDER) : path;
  const found = new Map<string, Uint8Array>();
  for (const name of MODEL_FILES) {
    const most = LARGEST[name] ?? LARGEST_TENSOR_FILE;
    const bytes = await readIfThere(join(folder, name), most);
    if (bytes !== null) found.set(name, bytes);
  }
  const onnx = PARTS.filter((part) => found.has(fileOfPart(part)));
  const absent = PARTS.find((part) => part !== 'sampler' && !onnx.includes(part));
  if (ofRun && absent !== undefined) throw await missing(path, join(folder, fileOfPart(absent)));
  // Not a model: the error says that it is not a run either.
  if (onnx.length === 0) await readManifest(path);
  return contentOf(folder, found, nodeEngine.sha256);
}

/** Bytes that are read of files that are no tensors. */
const LARGEST: Readonly<Record<string, number>> = {
  [STATISTICS_FILE]: LARGEST_STATISTICS,
  [SAMPLERS_FILE]: LARGEST_SAMPLERS,
  [AUTOREGRESSIVE_FILE]: LARGEST_AUTOREGRESSIVE,
};

/** The SHA-256 of a model's ONNX files, in hexadecimal: what tells it from others, wherever it lies. */
export async function modelDigest(path: string): Promise<string> {
  const { files } = await readModelFiles(path);
  const hash = createHash('sha256');
  for (const part of PARTS) {
    const bytes = files[part];
    if (bytes !== undefined) hash.update(`${part} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Weights and running statistics of a finished run, by name. */
export async function readWeights(
  run: string,
  definition: Definition,
  recipe: Recipe,
): Promise<StoredTensors> {
  const file = join(run, MODEL_FOLDER, WEIGHTS_FILE);
  const bytes = await readIfThere(file, LARGEST_TENSOR_FILE);
  if (bytes === null) {
    throw new HourglassError('run', { subject: file, rule: 'is missing', hint: 'train the recipe again' });
  }
  const { tensors } = decodeWeights(bytes, file, nodeEngine.sha256);
  requireTensors(tensors, weightShapes(definition, recipe), {
    subject: file,
    rule: "does not fit the run's configuration",
  });
  return tensors;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const readIfThere = (file: string, most: number): Promise<Buffer | null> => readFileIfThere(file, { most });

async function missing(run: string, file: string): Promise<HourglassError> {
  const status = await trueStatus(run, await readManifest(run));
  return new HourglassError('run', {
    subject: file,
    rule: status === 'finished' ? 'is missing' : `is not there: the run is ${status}`,
    hint: status === 'stopped' ? `finish it: ${command('train', '--resume', run)}` : 'train the recipe again',
  });
}
