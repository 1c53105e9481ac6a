/** What is added to a folder next to its runs: a folder that is there once it is whole, and files that may be removed again. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Makes a folder by what `fill` writes into the one that it is given; if that fails, nothing is left. */
export async function addFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  // Its name is hidden while it is incomplete.
  const making = join(dirname(path), `.${basename(path)}`);
  try {
    await fill(making);
    await rename(making, path);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

/** Removes a file; one that is not there is no error. */
export const removeFile = (path: string): Promise<void> => rm(path, { force: true });

/** Makes a folder and those that it is in; one that exists stays as it is. */
export const makeFolder = (path: string): Promise<unknown> => mkdir(path, { recursive: true });

/** Removes a folder with everything in it; one that is not there is no error. */
export const removeFolder = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

/** Writes a piece of a file that arrives in pieces: the first one begins the file. Without a first one nothing is written. */
export async function writePiece(path: string, bytes: Uint8Array, position: number): Promise<void> {
  const file = await open(path, position === 0 ? 'w' : 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && position > 0) return null;
    throw error;
  });
  try {
    await file?.write(bytes, 0, undefined, position);
  } finally {
    await file?.close();
  }
}

/** A file or folder takes the place of another. */
export async function replace(path: string, by: string): Promise<void> {
  await removeFolder(path);
  await rename(by, path);
}
