/** The data a finished run was trained on, opened again and checked to be the same. */
import { resolve } from 'node:path';
import { isAddress } from '../data/address.ts';
import type { DataOptions, SampleSet } from '../data/dataset.ts';
import { type GivenData, type GivenSet, givenSet, samplesOfGiven } from '../data/given.ts';
import type { FolderSettings } from '../data/images/index.ts';
import { openSamples, type SamplesOptions } from '../data/open.ts';
import { DATASET_NAMES } from '../data/registry.ts';
import { recordedSplits } from '../data/rows.ts';
import type { TrainingSplits, ValidationChoice } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import type { Manifest } from '../record/index.ts';
import { readManifest } from '../store/index.ts';
import { TABLE_SETTINGS, type TableSettings } from '../tables/index.ts';
import { requireSameImages } from './fingerprint.ts';

/** Where data are looked for. */
export interface SessionData extends Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'> {
  /** For a run that was trained on arrays: the same arrays again. They are copied at once. */
  arrays?: GivenData;
}

/** The same as plain data, the arrays copied: it crosses to the training thread. */
export interface PostedData extends Omit<SessionData, 'arrays'> {
  arrays?: GivenSet;
}

/** Copies arrays; leaves out what is not given. */
export function postedData({
  arrays,
  dataDir,
  offline,
  cacheDir,
}: { readonly [K in keyof SessionData]: SessionData[K] | undefined }): PostedData {
  return {
    ...(arrays === undefined ? {} : { arrays: givenSet(arrays) }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(offline === undefined ? {} : { offline }),
    ...(cacheDir === undefined ? {} : { cacheDir }),
  };
}

export interface OpenedRun {
  manifest: Manifest;
  recipe: Recipe;
  /** With the classes that the run was trained on. */
  dataset: SampleSet;
  /** With all classes. */
  whole: SampleSet;
  splits: TrainingSplits;
  /** Elements of an image. */
  values: number;
}

/** What a recipe says of a folder of images or a table. */
export function dataSettings({ data: { set: _, classes: __, validation, ...given } }: Recipe): {
  images: FolderSettings;
  table: TableSettings;
  validation: ValidationChoice;
} {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const isOfTable = ([key]: readonly [string, unknown]) => TABLE_SETTINGS.includes(key);
  return {
    images: Object.fromEntries(set.filter((each) => !isOfTable(each))),
    table: Object.fromEntries(set.filter(isOfTable)),
    validation,
  };
}

/**
 * Where a run's own data are, by its manifest: the set that was found, not the one asked for. A folder of images is
 * that folder by its absolute path, or `dataDir` where it was moved to, converted as it was for the run. A folder of the
 * same name somewhere else is never taken.
 */
function recordedData(
  { dataset }: Manifest,
  recipe: Recipe,
  options: PostedData,
): { set: string; options: SamplesOptions } {
  const { folder, preprocessing, name, table } = dataset;
  const settings = dataSettings(recipe);
  // A file at an address has another place in each machine's cache.
  const place = (dataDir: string | undefined, folder: string): string =>
    dataDir === undefined && isAddress(recipe.data.set) ? recipe.data.set : resolve(dataDir ?? folder);
  if (folder !== null && table !== null) {
    const { dataDir, ...rest } = options;
    return { set: place(dataDir, folder), options: { ...rest, ...settings } };
  }
  if (folder !== null && preprocessing !== null) {
    const { dataDir, ...rest } = options;
    const { height, width, ...how } = preprocessing;
    const images = { ...settings.images, ...how, size: [height, width] as const };
    return { set: place(dataDir, folder), options: { ...rest, images } };
  }
  if (!DATASET_NAMES.includes(name)) {
    throw new HourglassError('run', {
      subject: name,
      rule: 'is the data set in run.json, but neither a known name nor a recorded folder',
      hint: 'run.json was changed, or an older hourglass wrote it: train again',
    });
  }
  const dataDir = options.dataDir ?? dataset.dataDir;
  return { set: name, options: { ...options, ...(dataDir === null ? {} : { dataDir }) } };
}

export type RunData = Omit<OpenedRun, 'manifest' | 'recipe'>;

/**
 * The one way to a run's data, for every use of it: evaluation, pictures, resuming, neighbours, the service.
 * @throws HourglassError if the data are missing, or the images are not the run's.
 */
export async function openRecordedData(
  run: string,
  manifest: Manifest,
  recipe: Recipe,
  options: PostedData = {},
  watch: Pick<DataOptions, 'signal' | 'onRead' | 'onProgress'> = {},
): Promise<RunData> {
  if (manifest.dataset.isGiven || options.arrays !== undefined)
    return checked(run, manifest, recipe, givenAgain(run, manifest, options));
  const found = recordedData(manifest, recipe, options);
  const whole = await openSamples(found.set, { ...found.options, ...watch }).catch((error: unknown) => {
    throw manifest.dataset.folder === null || options.dataDir !== undefined ? error : moved(error);
  });
  return checked(run, manifest, recipe, whole);
}

/** The run's part of the data, if they are the run's. */
async function checked(run: string, manifest: Manifest, recipe: Recipe, all: SampleSet): Promise<RunData> {
  const { whole, dataset, splits } = await recordedSplits(all, recipe, manifest.dataset.rows);
  await requireSameImages(manifest, run, dataset, splits, nodeEngine.sha256);
  const values = dataset.height * dataset.width * dataset.channels;
  return { dataset, whole, splits, values };
}

/** The arrays that a run was trained on, which only its caller has. */
function givenAgain(run: string, { dataset }: Manifest, { arrays }: PostedData): SampleSet {
  if (arrays === undefined) {
    throw new HourglassError('run', {
      subject: run,
      rule: 'was trained on arrays that were given to it, which it does not keep',
      hint: 'pass the same arrays again: { arrays: { train, … } }',
    });
  }
  if (!dataset.isGiven) {
    throw new HourglassError('usage', {
      subject: 'arrays',
      rule: `are for runs that were trained on arrays: ${run} was trained on ${dataset.name}, which is opened again`,
      hint: 'leave it out',
    });
  }
  return samplesOfGiven(arrays);
}

/** @throws HourglassError if the run or its data are missing, or the images are not the run's. */
export async function openRunData(run: string, options: SessionData = {}): Promise<OpenedRun> {
  // Before the first wait: the caller may change the arrays afterwards.
  const data = postedData(options);
  const manifest = await readManifest(run);
  const recipe = parseRecipe(manifest.config);
  return { manifest, recipe, ...(await openRecordedData(run, manifest, recipe, data)) };
}

/** The recipe values with which another training reads the same images in the same way. */
export function sameImages({ whole }: RunData): Record<string, unknown> {
  if (whole.table !== undefined) return { 'data.set': whole.table.path };
  if (whole.folder === undefined) return { 'data.set': whole.name };
  const { height, width, ...how } = whole.folder.preprocessing;
  const settings = { set: whole.folder.path, size: [height, width], ...how };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`data.${key}`, value]));
}

/** The folder of images is not where it was. */
function moved(error: unknown): unknown {
  if (!(error instanceof HourglassError) || error.kind !== 'data' || error.parts.hint) return error;
  const hint = 'the run was trained on it; if it was moved, pass the new place: --data-dir <folder>';
  return new HourglassError('data', { ...error.parts, hint }, { cause: error });
}
