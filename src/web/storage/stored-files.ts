/** The files of a kept training. Only a worker can write them. */
import { HourglassError } from '../../errors.ts';
import type { RunFiles } from '../../record/index.ts';
import { folderNameOf, folderOf, inWords, nameOf, trainingsFolder } from './place.ts';

/** The ending of a file that is not whole. */
const PART = '.part';

/** Each file is written under another name and moved, so that it is whole or absent. */
export function storedFiles(name: string): RunFiles {
  const placeOf = (file: string) => `${name}/${file}`;
  const split = (file: string) => {
    const parts = file.split('/');
    return { leaf: parts.at(-1)!, folders: parts.slice(0, -1) };
  };

  /** Null if it is not there. */
  async function existing(folders: readonly string[]): Promise<FileSystemDirectoryHandle | null> {
    let at = await folderOf(name);
    for (const folder of folders) at = at && (await ifThere(() => at!.getDirectoryHandle(folder)));
    return at;
  }

  async function made(folders: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let at = await (await trainingsFolder()).getDirectoryHandle(folderNameOf(name), { create: true });
    for (const folder of folders) at = await at.getDirectoryHandle(folder, { create: true });
    return at;
  }

  const spoken = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw inWords(error, placeOf(file));
    }
  };

  return {
    place: name,
    placeOf,
    read: (file, most) =>
      spoken(file, async () => {
        const { leaf, folders } = split(file);
        const folder = await existing(folders);
        const handle = folder && (await ifThere(() => folder.getFileHandle(leaf)));
        if (handle === null) return null;
        const content = await handle.getFile();
        if (content.size > most) {
          throw new HourglassError('run', {
            subject: placeOf(file),
            rule: `must have at most ${most} bytes`,
            got: content.size,
          });
        }
        return new Uint8Array(await content.arrayBuffer());
      }),
    write: (file, content) =>
      spoken(file, async () => {
        const { leaf, folders } = split(file);
        const folder = await made(folders);
        const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
        const part = await folder.getFileHandle(leaf + PART, { create: true });
        if (part.move === undefined) {
          throw new HourglassError('environment', {
            subject: 'storage',
            rule: 'this browser cannot move files in it',
            hint: 'use a newer one, or train without `keep`',
          });
        }
        try {
          await fill(part, bytes);
          await part.move(leaf);
        } catch (error) {
          await folder.removeEntry(leaf + PART).catch(() => {});
          throw error;
        }
      }),
    list: (file) =>
      spoken(file, async () => {
        const names: string[] = [];
        const folder = await existing(file.split('/'));
        if (folder === null) return names;
        for await (const { kind, name } of folder.values()) {
          if (kind === 'file' && !name.endsWith(PART)) names.push(name);
        }
        return names;
      }),
    remove: (file) =>
      spoken(file, async () => {
        const { leaf, folders } = split(file);
        const folder = await existing(folders);
        if (folder !== null) await ifThere(() => folder.removeEntry(leaf));
      }),
  };
}

async function fill(file: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const access = await file.createSyncAccessHandle();
  try {
    access.truncate(0);
    if (access.write(bytes, { at: 0 }) < bytes.length) {
      throw Object.assign(new Error('fewer bytes were written'), { name: 'QuotaExceededError' });
    }
    access.flush();
  } finally {
    access.close();
  }
}

/** Null where there is no such file or folder. */
async function ifThere<T>(get: () => Promise<T>): Promise<T | null> {
  try {
    return await get();
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return null;
    throw error;
  }
}
