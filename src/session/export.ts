/** Writes a model as files for other programs: ONNX in the requested form, and its weights. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSealed, type StoredTensors } from '../codecs/sealed.ts';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { WEIGHTS_FILE } from '../model/content.ts';
import { verifyFiles } from '../model/files.ts';
import { readRows } from '../model/rows.ts';
import { saelensFiles } from '../model/saelens.ts';
import { samplerGraphs } from '../model/samplers/as-graphs.ts';
import { AUTOREGRESSIVE_FILE, SAMPLERS_FILE } from '../model/samplers/names.ts';
import { parseSamplers, type Samplers } from '../model/samplers/samplers.ts';
import { readSettings } from '../model/settings-traits.ts';
import { modelMetadata, shipModel, shipSamplers } from '../model/ship.ts';
import { parseStatistics, STATISTICS_FILE, type Statistics } from '../model/statistics.ts';
import { type Definition, defineAutoencoder, type ImageShape, PARTS } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { readModelFiles } from '../node/model-files.ts';
import { readFileIfThere } from '../read-file.ts';
import { imageShape } from '../recipe/fitting.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { checkpointsOf, LARGEST_TENSOR_FILE } from '../record/index.ts';
import { configurationOf } from '../runs/index.ts';
import { readManifest, runFiles, trueStatus, writeTogether } from '../store/index.ts';
import { requireTensors, weightShapes } from '../training/index.ts';

/** What can be exported: the parts of a model as ONNX, and its weights as safetensors. */
export const EXPORTED = [...PARTS, 'weights'] as const;
/**
 * The files of an export: `autoencoder`, `encoder`, `decoder`, `sampler` and `weights`. `sampler` is `sampler.onnx` of models with a
 * prior, `sampler-codes.onnx` (a Gaussian of the codes) of others, and `sampler-mixture.onnx`, `sampler-flow.onnx` and
 * `sampler-second-stage.onnx` of models to which these were fitted.
 */
export type ExportedName = (typeof EXPORTED)[number];

/** Whose files: ONNX and safetensors, or those of a sparse code for SAELens. */
export const EXPORT_FORMATS = ['onnx', 'saelens'] as const;

/** Where a model is exported to, and in which form. */
export interface ExportOptions {
  /** The folder to write into; it is created if it does not exist. */
  out: string;
  /**
   * `saelens` writes `cfg.json` and `sae_weights.safetensors` of a sparse code, which SAELens reads, and nothing else. Default
   * `onnx`.
   */
  format?: (typeof EXPORT_FORMATS)[number];
  /** Whether the ONNX graphs take images as bytes, uint8 [N, height, width, channels]. Default false. */
  preprocess?: boolean;
  /** The version of ONNX's operator set, 13 to 22. Default 20. */
  opset?: number;
  /** Which files; default all that the model has. */
  only?: readonly ExportedName[];
  /** Whether to use the newest checkpoint's weights, even of a run that is not finished. Default false. */
  checkpoint?: boolean;
  /** Whether files of the same names may be replaced. Default false. */
  force?: boolean;
}

/** What was exported. */
export interface ExportedModel {
  /** The paths of the files. */
  files: string[];
  /** The epoch of these weights. */
  epoch: number;
}

/** What a use of the model may need besides the ONNX files; copied if it exists. */
const COMPANIONS = [STATISTICS_FILE, SAMPLERS_FILE, AUTOREGRESSIVE_FILE];

interface Source {
  recipe: Recipe;
  image: ImageShape;
  weights: StoredTensors;
  metadata: Record<string, string>;
  /** The folder it was read from, if it is a model's folder. */
  folder: string | null;
  /** What was measured of its codes, and fitted to them, as the texts of their files; null without them. */
  statistics: string | null;
  samplers: string | null;
}

/**
 * Writes a run's or a model folder's model into another folder: ONNX files, and the weights as safetensors. All files are
 * written before the first is put in its place.
 *
 * @param source the folder of a run, or of a model.
 * @throws HourglassError before anything is written: of kind `run` if there is no model, `usage` if a setting is not valid or
 * a file of that name exists.
 *
 * @example
 * ```ts
 * import { exportModel } from 'hourglass';
 *
 * const { files } = await exportModel('runs/digits', { out: 'exported', only: ['encoder', 'weights'], force: true });
 * console.log(files); // [ 'exported/encoder.onnx', 'exported/weights.safetensors' ]
 * ```
 */
export async function exportModel(source: string, options: ExportOptions): Promise<ExportedModel> {
  const { out, preprocess = false, opset, force = false } = options;
  requireOneFormat(options);
  const found = await (options.checkpoint ? fromCheckpoint(source) : fromModel(source));
  const { recipe, image, weights, metadata } = found;
  const definition = defineAutoencoder(recipe.model, image);
  requireTensors(weights, weightShapes(definition, recipe), {
    subject: source,
    rule: 'its weights do not fit its configuration',
  });
  if (options.format === 'saelens') {
    const files = saelensFiles({ recipe, weights, metadata }, source);
    if (!force) await requireFree(out, [...files.keys()]);
    await writeTogether(out, files);
    return { files: [...files.keys()].map((name) => join(out, name)), epoch: Number(metadata.epoch) };
  }
  const models = shipModel(definition, image, weights, metadata, {
    preprocess,
    ...(opset === undefined ? {} : { opset }),
  });
  const contents = new Map<string, Uint8Array>();
  const only = options.only ?? EXPORTED;
  for (const name of only) {
    if (name === 'weights') contents.set(WEIGHTS_FILE, encodeSealed(weights, metadata, nodeEngine.sha256));
    else if (models[name] !== undefined) contents.set(`${name}.onnx`, models[name]);
  }
  if (only.includes('sampler')) {
    const { samplers, statistics } = fittedTo(definition, found);
    // A model with a prior is drawn from that by default, and has a sampler of it.
    const graphs = samplerGraphs(
      samplers,
      models.sampler === undefined ? statistics : null,
      definition.conditionUnits,
    );
    if (options.only !== undefined && models.sampler === undefined && graphs.size === 0)
      throw noSampler(source);
    const settings = opset === undefined ? {} : { opset };
    const made = shipSamplers(definition, image, weights, metadata, graphs, settings);
    for (const [name, bytes] of made) contents.set(name, bytes);
  }
  const targets = [...contents.keys()];
  const companions = found.folder === null ? [] : await present(found.folder, COMPANIONS);
  if (!force) await requireFree(out, [...targets, ...companions]);
  // Everything that is written must be readable again.
  await verifyFiles({ source: out, files: models, weights }, readSettings);
  for (const name of companions) {
    const bytes = await readFileIfThere(join(found.folder!, name), { most: LARGEST_TENSOR_FILE });
    if (bytes !== null) contents.set(name, bytes);
  }
  await writeTogether(out, contents);
  return {
    files: [...contents.keys()].map((name) => join(out, name)),
    epoch: Number(metadata.epoch),
  };
}

async function fromModel(path: string): Promise<Source> {
  const found = await readModelFiles(path).catch(async (error) => {
    // A run that is training or was stopped has weights to export, on request.
    const status = await statusOf(path);
    if (status === null || status === 'finished') throw error;
    throw new HourglassError(
      'run',
      {
        subject: path,
        rule: `is ${status}: it has no model yet`,
        hint: "'--checkpoint' exports the weights of its newest checkpoint",
      },
      { cause: error },
    );
  });
  const { metadata } = await verifyFiles(found, readSettings);
  const { source: folder, weights = null, statistics = null, samplers = null } = found;
  if (weights === null) {
    throw new HourglassError('run', {
      subject: join(folder, WEIGHTS_FILE),
      rule: 'is missing: a model is exported from its weights',
    });
  }
  const manifest = (await statusOf(path)) === null ? null : await readManifest(path);
  if (manifest !== null) {
    const recipe = parseRecipe(manifest.config);
    const image = imageShape(manifest.dataset);
    const run = { manifest, recipe, definition: defineAutoencoder(recipe.model, image) };
    return {
      recipe,
      image,
      weights,
      metadata: modelMetadata(run, weights, Number(metadata.epoch), nodeEngine.sha256),
      ...{ folder, statistics, samplers },
    };
  }
  const { image } = await verifyFiles(found, readSettings);
  return {
    ...{ recipe: recipeIn(metadata, folder), image, weights, metadata },
    ...{ folder, statistics, samplers },
  };
}

/** @throws HourglassError if they are damaged, or of another model. */
function fittedTo(
  { codeUnits }: Definition,
  { statistics, samplers, metadata, folder }: Source,
): { statistics: Statistics | null; samplers: Samplers | null } {
  const place = (name: string) => join(folder ?? '', name);
  const columns = readRows(metadata.rows, folder ?? '')?.columns.length ?? null;
  const { weights } = metadata;
  return {
    statistics:
      statistics === null
        ? null
        : parseStatistics(statistics, { codeUnits, columns }, place(STATISTICS_FILE)),
    samplers:
      samplers === null ? null : parseSamplers(samplers, { codeUnits, weights }, place(SAMPLERS_FILE)),
  };
}

function recipeIn({ configuration }: Readonly<Record<string, string>>, folder: string): Recipe {
  let value: unknown;
  try {
    value = JSON.parse(configuration ?? '');
  } catch (cause) {
    throw new HourglassError(
      'data',
      { subject: folder, rule: "its files' metadata 'configuration' is not JSON" },
      { cause },
    );
  }
  return parseRecipe(value as Parameters<typeof parseRecipe>[0]);
}

async function fromCheckpoint(run: string): Promise<Source> {
  const manifest = await readManifest(run);
  const recipe = parseRecipe(manifest.config);
  const { sha256 } = nodeEngine;
  const { checkpoint } = await checkpointsOf(
    runFiles(run),
    configurationOf(manifest, sha256),
    sha256,
  ).newest();
  if (checkpoint === null) {
    const status = await trueStatus(run, manifest);
    throw new HourglassError('run', {
      subject: run,
      rule: `has no checkpoint: the run is ${status}`,
      hint:
        status === 'running'
          ? 'wait for its first epoch to end'
          : status === 'finished'
            ? "leave out '--checkpoint' to export its model"
            : status === 'stopped'
              ? `continue it: ${command('train', '--resume', run)}`
              : 'train its recipe again',
    });
  }
  const image = imageShape(manifest.dataset);
  const definition = defineAutoencoder(recipe.model, image);
  const wanted = weightShapes(definition, recipe);
  const weights = new Map([...checkpoint.tensors].filter(([name]) => wanted.has(name)));
  const { epoch } = checkpoint.position as { epoch: number };
  return {
    recipe,
    image,
    weights,
    metadata: modelMetadata({ manifest, recipe, definition }, weights, epoch, nodeEngine.sha256),
    ...{ folder: null, statistics: null, samplers: null },
  };
}

/** A run's status, or null if there is no run. */
async function statusOf(path: string): Promise<string | null> {
  const manifest = await readManifest(path).catch(() => null);
  return manifest === null ? null : trueStatus(path, manifest);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function present(folder: string, names: readonly string[]): Promise<string[]> {
  const there = await Promise.all(names.map((name) => isThere(join(folder, name))));
  return names.filter((_, i) => there[i]);
}

async function requireFree(folder: string, names: readonly string[]): Promise<void> {
  const [taken] = await present(folder, names);
  if (taken === undefined) return;
  throw new HourglassError('usage', {
    subject: join(folder, taken),
    rule: 'already exists',
    hint: "give another folder, or '--force' to replace it",
  });
}

/** @throws HourglassError (usage) for a setting of ONNX files next to another format. */
function requireOneFormat(options: ExportOptions): void {
  if (options.format !== 'saelens') return;
  const set = (['preprocess', 'opset', 'only'] as const).find(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (set === undefined) return;
  throw new HourglassError('usage', {
    subject: set,
    rule: "is for ONNX files, and not for format 'saelens'",
    hint: 'leave out one of them',
  });
}

function noSampler(source: string): HourglassError {
  return new HourglassError('usage', {
    subject: source,
    rule: 'has no sampler: its code has no prior, and nothing was fitted to its codes',
    hint: "leave 'sampler' out, or fit one to the codes of the run: hourglass sample <run> --prior mixture",
  });
}
