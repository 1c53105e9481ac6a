/** Run folders: where a new one goes, and what it is called. */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CHECKPOINTS } from '../record/index.ts';
import { unwritable } from './atomic.ts';

/** Where runs go unless told otherwise. */
export const RUNS_FOLDER = 'runs';

/** Makes a new folder: `wanted`, or the first of wanted-2, wanted-3 … that is new. What is there is never touched. */
export async function createFolder(wanted: string): Promise<string> {
  const path = resolve(wanted);
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : `${path}-${n}`;
      const isMade = await mkdir(candidate).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (isMade) return candidate;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Makes a folder for a new run: `wanted`, or the first of wanted-2, wanted-3 … that is new. In it is the empty
 * folder of its checkpoints.
 * What is there is never touched.
 */
export async function createRunFolder(wanted: string): Promise<string> {
  const path = resolve(wanted);
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : `${path}-${n}`;
      try {
        await mkdir(candidate);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (n > 1 || !(await isEmptyFolder(candidate))) continue;
      }
      // If two runs find the same empty folder, the one that creates this owns it.
      const claimed = await mkdir(join(candidate, CHECKPOINTS)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (claimed) return candidate;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    (names) => names.length === 0,
    () => false,
  );
}

/** As `stacked-20261121-153000`: readable, sortable by time; made unique by {@link createRunFolder}. */
export function runName(recipe: string, now: Date): string {
  const digits = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${recipe}-${digits}`;
}
