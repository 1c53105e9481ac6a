/** A folder of your own images on disk as a data set. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { HourglassError } from '../../errors.ts';
import type { DataOptions, Dataset, SampleSet } from '../dataset.ts';
import { DATASET_NAMES } from '../registry.ts';
import { samplesOf } from '../source.ts';
import { identityOfPictures } from '../stream/identity.ts';
import { convertFile, inspectFile } from './convert.ts';
import { type FoundFile, filesIn } from './files.ts';
import type { FolderSettings } from './folder-settings.ts';
import { idxSet } from './idx-folder.ts';
import type { ImageReader } from './image-file.ts';
import { heldSet } from './image-set.ts';
import { keepSet, keptSet, placeOf } from './kept-sets.ts';
import type { Layout } from './layout-parts.ts';
import { LeftOut } from './left-out.ts';
import { isPictureList, readPictureList } from './list.ts';
import { type FilesOfFolder, type Gathered, gather, type PlannedSet, planSet } from './plan-set.ts';
import { readPicture } from './read-picture.ts';
import { MAX_BYTES } from './reading.ts';

type FolderOptions = Pick<DataOptions, 'onRead' | 'signal' | 'cacheDir' | 'env'>;

/** The values of the largest image that a model takes. */
const LARGEST_IMAGE = 1024 * 1024 * 3;

const reader: ImageReader<FoundFile> = {
  width: 2 * availableParallelism(),
  inspect: async (file) => inspectFile(await readPicture(file), file.name),
  convert: async (file, to) => convertFile(await readPicture(file), file.name, to),
};

/** A folder's files, or those of a list, which says what they are. */
interface Found extends FilesOfFolder<FoundFile> {
  list?: { path: string; layout: Layout<FoundFile> };
}

/** What a folder holds, or a list names. */
async function filesOf(path: string, settings: FolderSettings): Promise<Found> {
  const folder = resolve(path);
  if (await isPictureList(folder)) {
    const { files, layout } = await readPictureList(folder);
    const name = basename(folder).replace(/\.[^.]+$/, '');
    const list = { path: folder, layout };
    return { folder: dirname(folder), name, files, leftOut: new LeftOut(), reader, list };
  }
  const leftOut = new LeftOut();
  const files: FoundFile[] = [];
  for await (const file of filesIn(folder, settings.followLinks ?? false, leftOut)) files.push(file);
  const base = basename(folder);
  const name = DATASET_NAMES.includes(base) ? `${base}-folder` : base;
  return { folder, name, files, leftOut, reader };
}

/**
 * @throws HourglassError: usage for a setting; data for a folder without images, with images next to class folders, with
 * too many classes or pixels, and for bad images if `onBad` is 'stop'.
 */
export async function openImageFolder(
  path: string,
  settings: FolderSettings = {},
  options: FolderOptions = {},
): Promise<Dataset> {
  if (settings.depth === 16) {
    throw new HourglassError('usage', {
      subject: 'depth',
      rule: 'must be 8 for images that are held in memory as bytes',
      got: 16,
      hint: 'train on the folder itself, with data.depth=16',
    });
  }
  return inMemory(await filesOf(path, settings), settings, options);
}

async function inMemory(
  found: Found,
  settings: FolderSettings,
  options: FolderOptions,
  planned?: PlannedFolder,
): Promise<Dataset> {
  const { folder, files, leftOut, list } = found;
  const arrays = files.length === 0 ? await idxSet(folder, found.name, settings, options) : null;
  if (arrays !== null) return arrays;
  const said = [...leftOut.notes(), ...(list === undefined ? [] : [JSON.stringify(list)])];
  const place = placeOf(folder, files, settings, said, options);
  const kept = place && (await keptSet(place));
  if (kept) return kept;
  const { gathered, plan } = planned ?? (await planFolder(found, settings));
  const made = await heldSet({ ...found, ...gathered }, plan, settings, options);
  if (place !== null) await keepSet(place, made);
  return made;
}

interface PlannedFolder {
  gathered: Gathered<FoundFile>;
  plan: PlannedSet<FoundFile>;
}

async function planFolder(found: Found, settings: FolderSettings): Promise<PlannedFolder> {
  const { list, folder } = found;
  const gathered =
    list === undefined
      ? gather(found, settings)
      : { folder, reader, isMixed: true, place: list.path, ...list.layout };
  return { gathered, plan: await planSet(gathered, settings) };
}

/**
 * The same as samples. Its pictures are decoded when they are needed if a setting says so, or if they would not fit
 * into memory; the samples, their order and their splits are the same.
 */
export async function openFolderSamples(
  path: string,
  settings: FolderSettings,
  options: FolderOptions,
): Promise<SampleSet> {
  const found = await filesOf(path, settings);
  // What is held of a folder at once is bytes.
  if (settings.depth === 16 && found.files.length > 0)
    return streamed(found, await planFolder(found, settings), settings);
  // Without pictures it may have IDX files, which are held in memory.
  if (settings.stream === false || found.files.length === 0)
    return samplesOf(await inMemory(found, settings, options));
  // Fewer files cannot have more values than fit, whatever their size in the model.
  const mayBeLarge = found.files.length * LARGEST_IMAGE > MAX_BYTES;
  if (settings.stream !== true && !mayBeLarge) return samplesOf(await inMemory(found, settings, options));
  const planned = await planFolder(found, settings);
  const { want } = planned.plan;
  const isLarge = found.files.length * want.height * want.width * want.channels > MAX_BYTES;
  if (settings.stream !== true && !isLarge)
    return samplesOf(await inMemory(found, settings, options, planned));
  return streamed(found, planned, settings);
}

async function streamed(
  found: FilesOfFolder<FoundFile>,
  { gathered, plan }: PlannedFolder,
  settings: FolderSettings,
): Promise<SampleSet> {
  const files = plan.files.map(({ file }) => file);
  const sizes = files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? -1);
  const identity = await identityOfPictures(
    files.length,
    (i) => `${files[i]!.name.slice(found.folder.length)} ${sizes[i]}`,
    async (i, most) => (await readPicture(files[i]!)).subarray(0, most),
  );
  const start = {
    type: 'pictures' as const,
    files: files.map(({ path }) => path.toString()),
    parts: null,
    blocks: null,
  };
  const isHeld = settings.depth === 16 && settings.stream !== true;
  const notes = isHeld ? [] : ['pictures are decoded whenever they are needed, not held in memory'];
  const { pictureSet } = await import('../stream/picture-set.ts');
  return pictureSet({ about: { ...found, ...gathered }, plan, start, mixed: 1, identity, notes }, settings);
}
