/**
 * Image files as a data set: sub-folders are classes, or `train` and `test` with classes in them. All images are converted to
 * one size and held in memory. No disk: a reader is given.
 */
import type { DataOptions, Dataset, ImageFolder } from '../dataset.ts';
import type { FolderSettings } from './folder-settings.ts';
import type { ImageFile } from './image-file.ts';
import type { Member } from './layout-parts.ts';
import { type FilesOfFolder, type Gathered, gather, type PlannedSet, planSet } from './plan-set.ts';
import { describePreprocessing } from './preprocessing.ts';
import { readAll } from './reading.ts';

/**
 * @throws HourglassError: usage for a setting; data for a folder without images, with images next to class folders, with
 * too many classes or pixels, and for bad images if `onBad` is 'stop'.
 */
export async function imageSet<F extends ImageFile>(
  found: FilesOfFolder<F>,
  settings: FolderSettings,
  options: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Dataset> {
  const gathered = gather(found, settings);
  const plan = await planSet(gathered, settings);
  return heldSet({ ...found, ...gathered }, plan, settings, options);
}

/** A planned set, read into memory. */
export async function heldSet<F extends ImageFile>(
  about: Gathered<F> & Pick<FilesOfFolder<F>, 'name' | 'leftOut'>,
  plan: PlannedSet<F>,
  settings: FolderSettings,
  options: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Dataset> {
  const { folder, reader } = about;
  const { onBad = 'stop' } = settings;
  const { train, validation, test, notes, skipped } = await readAll(
    { ...plan, reader, onBad, folder },
    options,
  );
  const described = describeSet(about, plan, settings);
  return {
    ...described,
    train,
    validation,
    test,
    folder: { ...described.folder, notes: [...described.folder.notes, ...notes], skipped },
  };
}

/** What a set is called, and how it came about. */
export function describeSet<F extends ImageFile>(
  {
    name,
    folder,
    place = folder,
    note,
    normal,
    members,
    leftOut,
  }: Pick<Gathered<F>, 'folder' | 'place' | 'note' | 'normal' | 'members'> &
    Pick<FilesOfFolder<F>, 'name' | 'leftOut'>,
  { want, classes }: Pick<PlannedSet<F>, 'want' | 'classes'>,
  settings: FolderSettings,
): Omit<Dataset, 'train' | 'validation' | 'test'> & { folder: ImageFolder } {
  return {
    name,
    source: `images in ${place}, as ${describePreprocessing(want)}`,
    height: want.height,
    width: want.width,
    channels: want.channels,
    classes,
    folder: {
      path: place,
      filesIn: folder,
      preprocessing: want,
      layout: note,
      normal,
      notes: [...leftOut.notes(), ...unusedShare(members, settings)],
      skipped: [],
    },
  };
}

/** A note if `data.test` was set for a folder that has a test split of its own. */
function unusedShare(members: readonly Member[], { test }: FolderSettings): string[] {
  if (test === undefined || members.some(({ split }) => split === null)) return [];
  if (!members.some(({ split }) => split === 'test')) return [];
  return [`data.test=${test} has no effect: the folder has a test split of its own`];
}
