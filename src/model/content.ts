/** A model's files as bytes, wherever they were read: which they are, by the names that they have in a model's folder. */
import { decodeWeights, type StoredTensors } from '../codecs/sealed.ts';
import { HourglassError } from '../errors.ts';
import type { Sha256 } from '../hash.ts';
import { PARTS, type PartName } from '../models/index.ts';
import { verifyModel } from '../onnx/index.ts';
import { AUTOREGRESSIVE_FILE, SAMPLERS_FILE } from './samplers/names.ts';
import { STATISTICS_FILE } from './statistics.ts';

/** The folder of the model within a run's. */
export const MODEL_FOLDER = 'model';
export const WEIGHTS_FILE = 'weights.safetensors';

/** A model's ONNX files by part: all of them, or those that were exported. */
export type ModelFiles = Partial<Record<PartName, Uint8Array>>;

/** What a model is made of. */
export interface ModelContent {
  /** Names the model in errors: the folder or the address that its files lie in. */
  readonly source: string;
  readonly files: ModelFiles;
  /** The weights next to the ONNX files, which must be the same; null without them. */
  readonly weights?: StoredTensors | null;
  /** The text of `statistics.json`; null without it. */
  readonly statistics?: string | null;
  /** The text of `samplers.json`; null without it. */
  readonly samplers?: string | null;
  /** `autoregressive.onnx`; null without it. */
  readonly autoregressive?: Uint8Array | null;
}

/** The name of a part's file. */
export const fileOfPart = (part: PartName): string => `${part}.onnx`;

/** The files that a model's folder can have. */
export const MODEL_FILES: readonly string[] = [
  ...PARTS.map(fileOfPart),
  WEIGHTS_FILE,
  STATISTICS_FILE,
  SAMPLERS_FILE,
  AUTOREGRESSIVE_FILE,
];

/** A file of a folder, as errors name it. */
export const placeIn = (folder: string, file: string): string =>
  folder === '' || folder === '.' ? file : `${folder.replace(/[\\/]+$/, '')}/${file}`;

/**
 * The content of a model's folder.
 * @param read the files that are there, by those of {@link MODEL_FILES}; others are ignored.
 * @throws HourglassError if the weights are damaged.
 */
export function contentOf(
  source: string,
  read: ReadonlyMap<string, Uint8Array>,
  sha256: Sha256,
): ModelContent {
  const files: ModelFiles = {};
  for (const part of PARTS) {
    const bytes = read.get(fileOfPart(part));
    if (bytes !== undefined) files[part] = bytes;
  }
  const weights = read.get(WEIGHTS_FILE);
  const textOf = (name: string) => {
    const bytes = read.get(name);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  return {
    source,
    files,
    weights:
      weights === undefined ? null : decodeWeights(weights, placeIn(source, WEIGHTS_FILE), sha256).tensors,
    statistics: textOf(STATISTICS_FILE),
    samplers: textOf(SAMPLERS_FILE),
    autoregressive: read.get(AUTOREGRESSIVE_FILE) ?? null,
  };
}

/**
 * The content of one ONNX file, whatever its name.
 * @param file names it in errors.
 * @throws HourglassError if it is not a part of a model that hourglass wrote.
 */
export function contentOfOne(source: string, bytes: Uint8Array, file: string): ModelContent {
  const { part } = verifyModel(bytes, file).metadata;
  const name = PARTS.find((one) => one === part);
  if (name === undefined) throw refuse(file, 'does not say which part of a model it is');
  return { source, files: { [name]: bytes }, weights: null, statistics: null };
}

export function refuse(subject: string, rule: string): HourglassError {
  return new HourglassError('data', { subject, rule, hint: 'give a model that hourglass has written' });
}
