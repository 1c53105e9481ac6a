/**
 * A trained model to use: images to codes, codes to images, images to their reconstructions. It runs the ONNX
 * files of a run folder, the very ones that are shipped.
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import {
  type CorruptionConfig,
  corruptionSchema,
  type Definition,
  type ImageShape,
  SHIPPED,
  type ShippedName,
} from '../models/index.ts';
import { decodeModel } from '../onnx/index.ts';
import type { FloatArray } from '../runtime/arrays.ts';
import { defaultThreads, openSession, type Session } from '../runtime/index.ts';
import { readManifest, readTensors, type StoredTensors, trueStatus } from '../store/index.ts';
import { initialWeights } from '../training/index.ts';
import { readStatistics, type Statistics } from './apply/statistics.ts';
import type { Recipe } from './recipe.ts';

export const MODEL_FOLDER = 'model';
export const WEIGHTS_FILE = 'weights.safetensors';

/** Rows that are run at once: memory stays flat for any number of images. */
const ROWS = 500;

/** What a model was trained on and for. */
export interface ModelInfo {
  recipe: string;
  dataset: string;
  image: ImageShape;
  codeUnits: number;
  /** Whether the code is a variational one, whose prior is N(0, I). */
  gaussianCode: boolean;
  /** What was done to training images before the encoder saw them. */
  corruption: CorruptionConfig;
}

export interface Model {
  readonly info: ModelInfo;
  /** Scores of held-out images and the codes' statistics; null of a model without `statistics.json`. */
  readonly statistics: Statistics | null;
  /**
   * Codes, [n, units], of images given as bytes (0 to 255) or as floats in [0, 1]: n · channels · height ·
   * width of them, image after image.
   */
  encode(images: Uint8Array | Float32Array): Promise<FloatArray>;
  /** Images, [n, channels, height, width] in [0, 1], of n codes one after the other. */
  decode(codes: Float32Array): Promise<FloatArray>;
  /** decode(encode(images)), [n, channels, height, width]. */
  reconstruct(images: Uint8Array | Float32Array): Promise<FloatArray>;
  dispose(): Promise<void>;
}

/** Weights and running statistics of a finished run, by name. */
export async function readWeights(
  run: string,
  definition: Definition,
  recipe: Recipe,
): Promise<StoredTensors> {
  const file = join(run, MODEL_FOLDER, WEIGHTS_FILE);
  const { tensors } = await readTensors(file);
  for (const [name, { values }] of initialWeights(definition, recipe, 0)) {
    const stored = tensors.get(name);
    if (stored?.values.length === values.length) continue;
    throw new HourglassError('run', {
      subject: file,
      rule: `does not fit the run's configuration: tensor '${name}' must have ${values.length} values`,
      got: stored?.values.length ?? 'none',
    });
  }
  return tensors;
}

/** Bytes (0 to 255) or floats as floats in [0, 1]. */
export function scaled(images: Uint8Array | Float32Array): Float32Array {
  if (images instanceof Float32Array) return images;
  // A plain loop: Float32Array.from takes twenty times as long.
  const floats = new Float32Array(images.length);
  for (let i = 0; i < floats.length; i++) floats[i] = images[i]! / 255;
  return floats;
}

/**
 * Loads the model of a finished run, from the run's folder or from its `model/` alone, wherever that was taken.
 * @throws HourglassError where the folder holds neither, or the model is missing or damaged.
 */
export async function loadModel(path: string, options: { threads?: number } = {}): Promise<Model> {
  const alone = await isModelFolder(path);
  const manifest = alone ? null : await readManifest(path);
  const folder = alone ? path : join(path, MODEL_FOLDER);
  const read = async (name: ShippedName) => {
    const file = join(folder, `${name}.onnx`);
    return readFile(file).catch(async (cause) => {
      const status = manifest === null ? 'finished' : await trueStatus(path, manifest);
      const unfinished = status !== 'finished';
      throw new HourglassError(
        'run',
        {
          subject: file,
          rule: unfinished ? `is not there: the run is ${status}` : 'is missing',
          hint:
            status === 'stopped' ? `finish it: hourglass train --resume ${path}` : 'train the recipe anew',
        },
        { cause },
      );
    });
  };
  // One after the other: of several that are missing the first is named, every time.
  const files: Partial<Record<ShippedName, Uint8Array>> = {};
  for (const name of SHIPPED) files[name] = await read(name);
  const threads = options.threads ?? defaultThreads();
  const model = await openModel(files as Record<ShippedName, Uint8Array>, path, threads);
  return { ...model, statistics: await readStatistics(folder, model.info.codeUnits) };
}

/** Whether a folder is a model's own: ONNX files, and no run around them. */
export async function isModelFolder(path: string): Promise<boolean> {
  const has = (file: string) =>
    access(join(path, file)).then(
      () => true,
      () => false,
    );
  return !(await has('run.json')) && (await has('autoencoder.onnx'));
}

/** What the recipe in a model's metadata says of its code and its corruption. */
function traitsOf(configuration: string | undefined): Pick<ModelInfo, 'gaussianCode' | 'corruption'> {
  const part = z.object({
    model: z.object({ code: z.object({ type: z.string().optional() }) }),
    corruption: corruptionSchema.default({ type: 'none' }),
  });
  let value: unknown = null;
  try {
    value = JSON.parse(configuration ?? 'null');
  } catch {
    // Not hourglass's: such a model has no traits.
  }
  const { data } = part.safeParse(value);
  return {
    gaussianCode: data?.model.code.type === 'gaussian',
    corruption: data?.corruption ?? { type: 'none' },
  };
}

/** A model from the bytes of its ONNX files; `source` names it in errors. */
export async function openModel(
  files: Readonly<Record<ShippedName, Uint8Array>>,
  source: string,
  threads: number,
): Promise<Model> {
  const description = decodeModel(files.autoencoder, source);
  const shape = description.inputs[0]?.shape.slice(1) ?? [];
  const codeUnits = description.outputs.find(({ name }) => name === 'code')?.shape[1];
  const { recipe, dataset } = description.metadata;
  if (
    shape.length !== 3 ||
    !shape.every(Number.isInteger) ||
    typeof codeUnits !== 'number' ||
    recipe === undefined
  ) {
    throw new HourglassError('data', {
      subject: source,
      rule: 'is no model of hourglass: its images, codes or metadata are missing',
    });
  }
  const [channels, height, width] = shape as [number, number, number];
  const sessions = new Map<ShippedName, Promise<Session>>();
  const sessionOf = (name: ShippedName): Promise<Session> => {
    let session = sessions.get(name);
    if (session === undefined) {
      session = openSession(files[name], { threads, file: `${source} (${name})` });
      sessions.set(name, session);
    }
    return session;
  };

  /** Runs one model over rows of `from` values, a bounded number at a time. */
  const run = async (
    name: ShippedName,
    feed: string,
    fetch: string,
    values: Float32Array | Uint8Array,
    shapes: { from: number[]; to: number[] },
  ): Promise<FloatArray> => {
    // In plain JavaScript anything may be given; a Float64Array would be taken for bytes.
    const isCode = feed === 'code';
    if (!(values instanceof Float32Array || (!isCode && values instanceof Uint8Array))) {
      throw new HourglassError('usage', {
        subject: isCode ? 'codes' : 'images',
        rule: isCode ? 'must be a Float32Array' : 'must be a Uint8Array or a Float32Array',
        got: Object.prototype.toString.call(values).slice(8, -1),
      });
    }
    const size = (dims: number[]) => dims.reduce((a, b) => a * b, 1);
    const [from, to] = [size(shapes.from), size(shapes.to)];
    if (values.length % from !== 0 || values.length === 0) {
      throw new HourglassError('data', {
        subject: isCode ? 'codes' : 'images',
        rule: `must be whole ones of ${shapes.from.join(' × ')} = ${from} values`,
        got: `${values.length} values`,
      });
    }
    const session = await sessionOf(name);
    const count = values.length / from;
    const result = new Float32Array(count * to);
    for (let start = 0; start < count; start += ROWS) {
      const end = Math.min(start + ROWS, count);
      const piece = scaled(values.subarray(start * from, end * from));
      const out = await session.run({ [feed]: { data: piece, shape: [end - start, ...shapes.from] } });
      result.set(out[fetch]!.data, start * to);
    }
    return { data: result, shape: [count, ...shapes.to] };
  };

  const image = [channels, height, width];
  return {
    info: {
      recipe,
      dataset: dataset ?? 'unknown',
      image: { channels, height, width },
      codeUnits,
      ...traitsOf(description.metadata.configuration),
    },
    statistics: null,
    encode: (images) => run('encoder', 'image', 'code', images, { from: image, to: [codeUnits] }),
    decode: (codes) => run('decoder', 'code', 'reconstruction', codes, { from: [codeUnits], to: image }),
    reconstruct: (images) =>
      run('autoencoder', 'image', 'reconstruction', images, { from: image, to: image }),
    async dispose() {
      for (const session of sessions.values()) await (await session).dispose();
      sessions.clear();
    },
  };
}
