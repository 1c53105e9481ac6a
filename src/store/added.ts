/** What is added to a folder next to its runs: a folder that is there once it is whole, and files that may be removed again. */
import { rename, rm } from 'node:fs/promises';
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
