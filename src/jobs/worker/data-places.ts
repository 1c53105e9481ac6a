/** Where a job's data may be on this machine. A job comes from elsewhere: it names no file that was not allowed here. */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type AddressOptions, fileAt, HostRefused, isAddress } from '../../data/address.ts';
import { DATASET_NAMES } from '../../data/registry.ts';
import { HourglassError } from '../../errors.ts';

export interface DataPlaces {
  /** Where named data sets are looked for, whatever the job says. */
  readonly dataDir: string | undefined;
  /** Folders in which a job may name data by their path. */
  readonly allowed: readonly string[];
  /** Hosts from which a job's data may be downloaded. */
  readonly hosts: readonly string[];
}

/**
 * The folder in which a job's data are looked for.
 * @param set the recipe's `data.set`.
 * @param dataDir the folder that the asker looked in.
 * @throws HourglassError (data) for a path that is not allowed.
 */
export function placeOfData(set: string, dataDir: string | null, places: DataPlaces): string | null {
  if (!isNamedSet(set) && !isAddress(set)) requireAllowed(set, places.allowed);
  if (places.dataDir !== undefined) return resolve(places.dataDir);
  if (dataDir !== null) requireAllowed(dataDir, places.allowed);
  return dataDir;
}

/**
 * Downloads what a job names by an address, before its training asks for it: from the worker's own hosts alone.
 * @throws NotAllowed (data) for another host, also by a redirect.
 */
export async function fetchData(set: string, { hosts }: DataPlaces, options: AddressOptions): Promise<void> {
  if (!isAddress(set)) return;
  try {
    await fileAt(set, { ...options, hosts });
  } catch (error) {
    throw error instanceof HostRefused ? new NotAllowed('data', error.parts) : error;
  }
}

/** Whether it is the name of a data set. A folder may be called as simply, and is no such name. */
export const isNamedSet = (set: string): boolean => DATASET_NAMES.includes(set);

/** A job asks for what this worker was not allowed: another may be, and it says nothing about this worker's health. */
export class NotAllowed extends HourglassError {}

/** @throws NotAllowed (data) for a path in no folder that was allowed. */
export function requireAllowed(path: string, allowed: readonly string[]): void {
  const real = realPlace(path);
  if (isAbsolute(path) && allowed.some((folder) => isWithin(real, realPlace(folder)))) return;
  throw new NotAllowed('data', {
    subject: path,
    rule: 'is not in a folder whose data this worker may read',
    hint: 'start the worker with --allow-data <folder>, or with --data-dir for sets with a name',
  });
}

/** Links are followed, so that none leads out of a folder. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
