/** The images that are scored: of a run, or files of the user. */
import type { ImageSet } from '../../../../src/studio/protocol.ts';
import type { Loaded } from '../loaded.ts';
import { convert } from '../pictures/convert.ts';
import { readPicture } from '../pictures/read.ts';

export interface Given extends ImageSet {
  /** Of each image: the path of its file; null for images of a split, which have numbers. */
  readonly names: readonly string[] | null;
  /** What they are, in words. */
  readonly words: string;
}

/** A file and its path, from the folder that was dropped. */
export interface FileAt {
  readonly file: File;
  readonly path: string;
}

/** More files are not read: each has to be decoded. */
export const MOST_FILES = 5000;

export interface ReadFiles {
  readonly given: Given | null;
  /** What went wrong, in words. */
  readonly problems: readonly string[];
}

/** Reads pictures one after the other, as the model takes them. The folder that a file lies in is its class. */
export async function readFiles(
  files: readonly FileAt[],
  { model, ground }: Loaded,
  onProgress: (read: number) => void,
  isCurrent: () => boolean,
): Promise<ReadFiles> {
  const { preprocessing, image } = model.info;
  const { channels, height, width } = image;
  const size = channels * height * width;
  const taken = files.slice(0, MOST_FILES);
  const values = new Uint8Array(taken.length * size);
  const read: FileAt[] = [];
  const unreadable: string[] = [];
  // Pictures are scaled by areas: twice the model's size is fine enough.
  const longest = Math.max(256, 2 * Math.max(height, width));
  for (const [i, each] of taken.entries()) {
    if (!isCurrent()) break;
    try {
      const { pixels, original } = await readPicture(each.file, each.path, longest);
      const how = { preprocessing, ground, asMnist: false };
      values.set(convert(pixels, how, original).values, read.length * size);
      read.push(each);
    } catch {
      unreadable.push(each.path);
    }
    if (i % 20 === 0) onProgress(i);
  }
  const problems: string[] = [];
  if (files.length > MOST_FILES) {
    const all = files.length.toLocaleString('en');
    problems.push(`Only the first ${MOST_FILES.toLocaleString('en')} of ${all} files were taken.`);
  }
  if (unreadable.length > 0) {
    const some = unreadable.slice(0, 3).join(', ');
    const more = unreadable.length > 3 ? ` and ${unreadable.length - 3} more` : '';
    problems.push(
      `${unreadable.length} of ${taken.length} files cannot be read as pictures: ${some}${more}.`,
    );
  }
  if (read.length === 0) return { given: null, problems };
  const folders = read.map(({ path }) => path.split('/').at(-2) ?? '');
  const classes = [...new Set(folders)].sort();
  return {
    given: {
      kind: 'image',
      count: read.length,
      channels: channels as 1 | 3,
      height,
      width,
      values: values.subarray(0, read.length * size),
      labels: Uint8Array.from(folders, (folder) => classes.indexOf(folder)),
      classes,
      names: read.map(({ path }) => path),
      words: `${read.length.toLocaleString('en')} ${read.length === 1 ? 'picture' : 'pictures'} of your own`,
    },
    problems,
  };
}

/** The files of what was dropped, folders and all below them. Call it while the event is handled. */
export async function filesOf(items: DataTransferItemList): Promise<FileAt[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(below))).flat();
}

async function below(entry: FileSystemEntry): Promise<FileAt[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives at most a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    found.push(...some);
  }
  found.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const all: FileAt[] = [];
  for (const each of found) if (!each.name.startsWith('.')) all.push(...(await below(each)));
  return all;
}

/** Files of an input; those of a folder know their path. */
export const filesOfList = (list: FileList | null): FileAt[] =>
  [...(list ?? [])]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => !/(^|\/)\./.test(path));
