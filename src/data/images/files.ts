/** Given files and folders → the files to read, always in the same order. */
import { type FileHandle, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { openRegularFile, readFileIfThere } from '../../read-file.ts';
import { isMissing, systemReason } from '../../system-errors.ts';
import { isImageName, isSystemName } from './formats.ts';
import type { LeftOut } from './left-out.ts';

/** A path as the system stores it: names need not be UTF-8. */
export type Path = Buffer;

export interface FoundFile {
  path: Path;
  /** The path as it is shown: the input's own, then what lies below, with forward slashes. */
  name: string;
  /** The folder directly below the input that contains it; null if there is none. */
  folder: string | null;
}

export async function isGlob(input: string): Promise<boolean> {
  const { isDynamicPattern } = await import('tinyglobby');
  return isDynamicPattern(input, { caseSensitiveMatch: true });
}

/**
 * The images in a folder and all below it, by name, folder by folder. Hidden files, and files that systems leave in folders, are skipped. A link is followed
 * only where `followLinks` says so, and then no folder is entered from within itself.
 * @throws HourglassError (data) for a folder that cannot be listed.
 */
export async function* filesIn(
  folder: string,
  followLinks: boolean,
  leftOut: LeftOut,
): AsyncGenerator<FoundFile> {
  yield* walk({ path: Buffer.from(folder), name: folder.replace(/[\\/]+$/, '') || '/', folder: null }, [], {
    followLinks,
    leftOut,
  });
}

async function* walk(
  at: FoundFile,
  above: readonly string[],
  how: { followLinks: boolean; leftOut: LeftOut },
): AsyncGenerator<FoundFile> {
  const real = await realpath(at.path, 'latin1').catch((error) => Promise.reject(unreadable(at.name, error)));
  if (above.includes(real)) return;
  const entries = await readdir(at.path, { withFileTypes: true, encoding: 'buffer' }).catch((error) =>
    Promise.reject(unreadable(at.name, error)),
  );
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  for (const entry of entries) {
    const text = entry.name.toString();
    if (text.startsWith('.') || isSystemName(text)) continue;
    const isTop = above.length === 0;
    const found: FoundFile = {
      path: Buffer.concat([at.path, Buffer.from('/'), entry.name]),
      name: at.name.endsWith('/') ? `${at.name}${text}` : `${at.name}/${text}`,
      folder: at.folder,
    };
    let kind: { isDirectory(): boolean; isFile(): boolean } = entry;
    if (entry.isSymbolicLink()) {
      const target = how.followLinks ? await stat(found.path).catch(() => null) : null;
      if (target === null) {
        if (how.followLinks) how.leftOut.brokenLink();
        else how.leftOut.link();
        continue;
      }
      kind = target;
    }
    if (kind.isDirectory()) {
      yield* walk({ ...found, folder: isTop ? text : at.folder }, [...above, real], how);
    } else if (kind.isFile() && isImageName(text)) yield found;
    else how.leftOut.file(text);
  }
}

/** The files that a pattern matches, sorted. */
export async function filesMatching(pattern: string, followLinks: boolean): Promise<FoundFile[]> {
  const { glob } = await import('tinyglobby');
  const paths = await glob(pattern, {
    followSymbolicLinks: followLinks,
    onlyFiles: true,
    expandDirectories: false,
    absolute: isAbsolute(pattern),
  });
  return paths.sort().map((name) => ({ path: Buffer.from(name), name, folder: folderOf(name) }));
}

/** The folder a file lies in; null for one that lies in none that has a name. */
function folderOf(name: string): string | null {
  return /([^\\/]+)[\\/][^\\/]+$/.exec(name)?.[1] ?? null;
}

/**
 * A file opened for reading. Folders are refused, and so are pipes and devices, which might never answer.
 * @throws HourglassError (data) naming the file.
 */
export const openFile = (path: Path | string, name: string): Promise<{ file: FileHandle; size: number }> =>
  openRegularFile(path, { name, kind: 'data', most: Number.POSITIVE_INFINITY });

/** A whole file of at most `most` bytes. */
export async function readFileBounded(path: Path | string, name: string, most: number): Promise<Uint8Array> {
  const bytes = await readFileIfThere(path, { name, kind: 'data', most });
  if (bytes !== null) return bytes;
  throw new HourglassError('data', { subject: name, rule: 'is not there' });
}

function unreadable(name: string, cause: unknown): HourglassError {
  const reason = systemReason(cause)?.rule ?? (cause as Error).message;
  const rule = isMissing(cause) ? 'does not exist' : `cannot be read: ${reason}`;
  return new HourglassError('data', { subject: name, rule }, { cause });
}
