/**
 * Opens a data set by its name. A folder that the user names comes first, then the cache, then what a package of the
 * system has installed, then a download; `mnist` falls back to the 10,000 digits that come with the program, under their
 * own name.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { placeOnDisk } from './address.ts';
import { cacheFolder, isOffline, type Manifest, readManifest } from './cache.ts';
import type { DataOptions, Dataset, FileRole, SampleSet } from './dataset.ts';
import { DownloadError, downloadSet } from './download.ts';
import { embeddedFile, openEmbedded } from './embedded.ts';
import { type LocatedFiles, locateFiles, readSet } from './files.ts';
import { type FoundSet, findSet } from './folders.ts';
import { openFolderSamples, openImageFolder } from './images/folder.ts';
import { isPictureList } from './images/list.ts';
import { DATASET_NAMES, type DatasetSpec, EMBEDDED_NAME, specOf } from './registry.ts';
import { samplesOf } from './source.ts';
import type { ValidationChoice } from './splits.ts';
import { holdsTables, isArrayOfRows } from './tables/shards.ts';

/** Parquet and tar are loaded when a data set is opened, not with the library. */
const streams = () => import('./stream/index.ts');

/**
 * Opens a data set by its name, a folder of images by its path, or a file by its address. `mnist-10k` needs no files and ignores the
 * options.
 *
 * @param name `mnist-10k`, `mnist`, `fashion-mnist` or another name that `hourglass data` lists; the path of a folder; or `https://…`, a
 * file that is downloaded once into the cache.
 * @throws HourglassError of kind `usage` for an unknown name; `data` for files that are missing, damaged or not what they
 * should be, with the file and the rule; `interrupted` on `signal`.
 *
 * @example
 * ```ts
 * import { openDataset } from 'hourglass';
 *
 * const { train, test, classes, height, width } = await openDataset('mnist-10k');
 * console.log(train.count, test.count, classes.length, height, width); // 8000 1000 10 28 28
 * ```
 */
export async function openDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  return datasetAt(await placeOnDisk(name, options), options);
}

async function datasetAt(name: string, options: DataOptions): Promise<Dataset> {
  const { heldInMemory, openStream } = await streams();
  const stream = await openStream(name, options);
  if (stream !== null) return heldInMemory(stream, options);
  if (await isFolder(name)) {
    refuseSettings(options.table ?? {}, 'tables', `${name} is a folder of images`);
    return openImageFolder(name, options.images, options);
  }
  refuseSettings(options.table ?? {}, 'tables', `${name} is a named data set`);
  refuseSettings(options.images ?? {}, 'folders of images', `${name} is a named data set`);
  if (name === EMBEDDED_NAME) return openEmbedded();
  const spec = specOf(name);
  const found = await findSet(spec, options);
  if (found && found.from !== 'cache') return openFolder(spec, found);
  let damage: unknown;
  if (found) {
    try {
      return await openCache(spec, found.files);
    } catch (error) {
      // A damaged cache counts as none; if a download cannot replace it, this error says why.
      damage = error;
    }
  }
  try {
    const { folder, from } = await fetchInto(spec, options);
    return await openCache(spec, await locateFiles(folder, spec), `downloaded from ${from} to`);
  } catch (error) {
    if (!(error instanceof HourglassError) || error.kind !== 'data') throw error;
    if (spec.name !== 'mnist') throw damage ?? error;
    const reason = damage ? `the cached one is damaged, ${reasonOf(error)}` : reasonOf(error);
    return openEmbedded(`the full MNIST is not here: ${reason}`);
  }
}

/** What `openSamples` is given. */
export interface SamplesOptions extends DataOptions {
  /** How many training rows of a table are held out to validate, or that the test split serves. */
  validation?: ValidationChoice;
}

/**
 * The same as samples, which need not fit into memory: pictures of large folders, tar shards and arrays are then read and
 * decoded whenever they are needed. A table is a data set of rows.
 * @throws HourglassError as {@link openDataset} does.
 */
export async function openSamples(name: string, options: SamplesOptions = {}): Promise<SampleSet> {
  return samplesAt(await placeOnDisk(name, options), options);
}

async function samplesAt(name: string, options: SamplesOptions): Promise<SampleSet> {
  const isRows = await isArrayOfRows(name);
  const { fitting, openStream } = await streams();
  const stream = isRows ? null : await openStream(name, options);
  if (stream !== null) return fitting(stream, options);
  if (isRows || (await isTable(name))) return openTableSamples(name, options);
  if (!(await isFolder(name))) return samplesOf(await openDataset(name, options));
  refuseSettings(options.table ?? {}, 'tables', `${name} is a folder of images`);
  return fitting(await openFolderSamples(name, options.images ?? {}, options), options);
}

async function openTableSamples(name: string, options: SamplesOptions): Promise<SampleSet> {
  const { images = {}, table = {}, validation, onRead, signal } = options;
  const { test, splitSeed, stream, ...others } = images;
  refuseSettings(others, 'folders of images', `${name} is a table`);
  const { openTable } = await import('./tables/open.ts');
  const settings = {
    ...table,
    ...(test === undefined ? {} : { test }),
    ...(splitSeed === undefined ? {} : { splitSeed }),
  };
  return openTable(
    name,
    { ...settings, validation },
    { stream, ...(onRead && { onRead }), ...(signal && { signal }) },
  );
}

/** Whether a path is that of a table: a file, or a folder with files of tables. */
export async function isTable(name: string): Promise<boolean> {
  if (DATASET_NAMES.includes(name)) return false;
  const found = await stat(name).catch(() => null);
  if (found === null) return false;
  if (found.isDirectory()) return holdsTables(name);
  return found.isFile() && !(await isPictureList(name));
}

/** Whether its images have a size of their own: those of a known set, or of one array in a file. */
export async function isArrayOrNamed(name: string): Promise<boolean> {
  if (DATASET_NAMES.includes(name)) return true;
  const found = await stat(name).catch(() => null);
  return found?.isFile() === true && (await (await streams()).fileKind(name)) === 'array';
}

/** Settings of another kind of data set. */
function refuseSettings(settings: object, of: string, but: string): void {
  const [setting] = Object.entries(settings).find(([, value]) => value !== undefined) ?? [];
  if (setting === undefined) return;
  throw new HourglassError('usage', {
    subject: `data.${setting}`,
    rule: `is only for ${of}, and ${but}`,
    hint: 'leave it out',
  });
}

/** Whether the request is a folder rather than a name; a known name never is. */
async function isFolder(name: string): Promise<boolean> {
  if (DATASET_NAMES.includes(name)) return false;
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory() || (found?.isFile() && (await isPictureList(name)))) return true;
  if (found === null && !/[\\/]/.test(name)) return false;
  throw new HourglassError('data', {
    subject: name,
    rule: 'must be a folder of images, tar shards, an array in a file, or the name of a data set',
    got: found === null ? 'a path that does not exist' : 'another file',
  });
}

export interface FetchedSet {
  name: string;
  dir: string;
  files: string[];
  /** Whether it already existed, so that nothing was downloaded. */
  already: boolean;
}

/**
 * Downloads a set into the cache unless it is there and undamaged.
 * @throws HourglassError as {@link openDataset} does, and never falls back to another set.
 */
export async function fetchDataset(name: string, options: DataOptions = {}): Promise<FetchedSet> {
  if (name === EMBEDDED_NAME) {
    const file = embeddedFile();
    return { name, dir: dirname(file), files: [basename(file)], already: true };
  }
  const spec = specOf(name);
  const files = Object.values(spec.files);
  const cached = await locateFiles(join(cacheFolder(options), spec.name), spec);
  if (cached.missing.length === 0) {
    try {
      await openCache(spec, cached);
      return { name, dir: cached.folder, files, already: true };
    } catch {
      // Damaged: downloaded again below.
    }
  }
  return { name, dir: (await fetchInto(spec, options)).folder, files, already: false };
}

/** Downloads are switched off, by `offline` or HOURGLASS_OFFLINE. */
class OfflineError extends HourglassError {}

async function fetchInto(spec: DatasetSpec, options: DataOptions): Promise<{ folder: string; from: string }> {
  if (isOffline(options)) {
    throw new OfflineError('data', {
      subject: spec.name,
      rule: 'is not on this machine, and downloads are switched off',
      hint: 'give a folder that holds it with --data-dir or HOURGLASS_DATA, or go online',
    });
  }
  return downloadSet(spec, cacheFolder(options), options);
}

async function openFolder(spec: DatasetSpec, { files, from }: FoundSet): Promise<Dataset> {
  const { standing, ...read } = await readSet(files, spec);
  const notes = {
    official: '',
    other: ` (not the official ${spec.name}: checksums differ)`,
    unknown:
      from === 'system'
        ? ' (installed by a package of the system)'
        : ' (no known checksums, so they may not be the official files)',
  };
  return describe(spec, `IDX files in ${files.folder}${notes[standing]}`, read);
}

async function openCache(spec: DatasetSpec, files: LocatedFiles, lead = 'cache'): Promise<Dataset> {
  const manifest = await readManifest(files.folder);
  const { standing, ...read } = await readSet(files, spec, crcsOf(manifest));
  const verified = standing === 'official' || isVerified(manifest);
  const note =
    standing === 'other' ? ' (not the official files: checksums differ)' : verified ? '' : ' (unverified)';
  return describe(spec, `${lead} ${files.folder}${note}`, read);
}

/** Whether known checksums confirmed all four files when they were downloaded. */
export function isVerified(manifest: Manifest | null): boolean {
  const files = Object.values(manifest ?? {});
  return files.length === 4 && files.every((file) => file.verified === true);
}

function crcsOf(manifest: Manifest | null): Partial<Record<FileRole, number>> {
  const pairs = Object.entries(manifest ?? {}).map(([role, file]) => [role, file?.crc32]);
  return Object.fromEntries(pairs.filter(([, crc]) => typeof crc === 'number'));
}

function describe(
  spec: DatasetSpec,
  source: string,
  read: Pick<Dataset, 'height' | 'width' | 'train' | 'test'>,
): Dataset {
  return { name: spec.name, source, channels: 1, classes: [...spec.classes], validation: null, ...read };
}

/** Why there is no download, in a few words. */
function reasonOf(error: HourglassError): string {
  if (error instanceof OfflineError) return 'downloads are switched off';
  return error instanceof DownloadError ? error.brief : `${error.parts.subject} ${error.parts.rule}`;
}
