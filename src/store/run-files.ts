/** The files of a run's folder on disk. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfThere } from '../read-file.ts';
import type { RunFiles } from '../record/index.ts';
import { writeWhole } from './part-file.ts';

/** Each file is written next to its place and renamed into it. */
export function runFiles(folder: string): RunFiles {
  const placeOf = (name: string) => join(folder, name);
  return {
    place: folder,
    placeOf,
    read: (name, most) => readFileIfThere(placeOf(name), { most }),
    write: (name, content) => writeWhole(placeOf(name), content),
    list: (name) => readdir(placeOf(name)).catch(() => []),
    remove: (name) => rm(placeOf(name), { force: true }),
  };
}
