/**
 * Where on this machine a set's files are: the folder the user gave, else HOURGLASS_DATA, else the cache, else where
 * packages of the system put them. Looks at names only and reads no file.
 */
import { stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { HourglassError } from '../errors.ts';
import { cacheFolder } from './cache.ts';
import type { DataOptions } from './dataset.ts';
import { type LocatedFiles, locateFiles, missingFiles } from './files.ts';
import { type DatasetSpec, SPECS } from './registry.ts';

export interface FoundSet {
  files: LocatedFiles;
  /** The setting that names the place. */
  from: 'folder' | 'cache' | 'system';
}

/**
 * The first place that holds all four files; null when none does.
 * @throws HourglassError (data) when the user named a folder that does not exist or lacks files. HOURGLASS_DATA
 * may lack a set entirely without error, unless it is `mnist`: then a silent substitute would be wrong.
 */
export async function findSet(spec: DatasetSpec, options: DataOptions): Promise<FoundSet | null> {
  const env = options.env ?? process.env;
  const given = options.dataDir || env.HOURGLASS_DATA;
  if (given) {
    const explicit = Boolean(options.dataDir);
    const files = await findInFolder(resolve(given), spec, explicit);
    if (files.missing.length === 0) return { files, from: 'folder' };
    const hasSome = files.missing.length < 4;
    if (explicit || hasSome || spec.name === 'mnist') throw missingFiles(files, spec);
  }
  const files = await locateFiles(join(cacheFolder(options), spec.name), spec);
  if (files.missing.length === 0) return { files, from: 'cache' };
  for (const folder of systemFolders(spec, env)) {
    const found = await locateFiles(folder, spec);
    if (found.missing.length === 0) return { files: found, from: 'system' };
  }
  return null;
}

/** Debian's `dataset-fashion-mnist` has its files in /usr/share/datasets/fashion-mnist. */
function systemFolders({ name }: DatasetSpec, env: NonNullable<DataOptions['env']>): string[] {
  if (process.platform === 'win32') return [];
  // The XDG specification has relative paths ignored.
  const shared = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(delimiter).filter(isAbsolute);
  return shared.map((folder) => join(folder, 'datasets', name));
}

/**
 * The fullest of the folder and its sub-folders. Three sets share the names of their files, so outside of
 * `dataDir` files directly in the folder are MNIST's, unless the folder bears another set's name.
 */
async function findInFolder(folder: string, spec: DatasetSpec, explicit: boolean): Promise<LocatedFiles> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) {
    throw new HourglassError('data', {
      subject: folder,
      rule: `must be a folder with the IDX files of ${spec.name}`,
      got: found ? 'something else' : 'a path that does not exist',
      hint: explicit ? 'check --data-dir' : 'HOURGLASS_DATA names it',
    });
  }
  const candidates = await Promise.all(spec.folders.map((below) => locateFiles(join(folder, below), spec)));
  const speaksFor = SPECS.find((other) => other.name === basename(folder).toLowerCase())?.name ?? 'mnist';
  const rootCounts = explicit || speaksFor === spec.name || spec.name.startsWith('emnist-');
  const root = await locateFiles(folder, spec);
  if (rootCounts) candidates.push(root);
  const fullest = candidates.reduce((best, next) =>
    next.missing.length < best.missing.length ? next : best,
  );
  // Nothing anywhere: the message names the folder that was given.
  return fullest.missing.length === 4 ? { ...root, paths: {}, missing: fullest.missing } : fullest;
}
