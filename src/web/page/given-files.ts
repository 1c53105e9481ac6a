/** Picture files that a page is given: from an input, or dropped with their folders. */
import type { FolderSettings } from '../../data/images/folder-settings.ts';
import { HourglassError } from '../../errors.ts';
import type { PostedFiles } from '../work/image-files.ts';

/** A file, and where it lay: `cats/1.png`. */
export interface NamedFile {
  /** Its folders and its name, with `/` between them. */
  path: string;
  /** Its content. */
  file: Blob;
}

/**
 * Picture files, as Node takes a folder of them: sub-folders are classes, or `train` and `test` with classes in them; or IDX files,
 * whose names tell the split. A `File` of
 * an input with `webkitdirectory` has its path itself.
 */
export interface FileData extends Omit<FolderSettings, 'followLinks' | 'range'> {
  /** The name that every result carries. By default that of the folder. */
  name?: string;
  /** A `FileList`, or a list of files. */
  files: ArrayLike<File | NamedFile>;
}

/** The folder of files that lie in none, or in several. */
const NO_FOLDER = 'files';

/** Files with their paths. @throws HourglassError of kind 'usage' if there are none. */
export function namedFiles(files: ArrayLike<File | NamedFile>, subject: string): NamedFile[] {
  const refuse = (rule: string, got: string) => new HourglassError('usage', { subject, rule, got });
  const given = Array.from(files ?? [], (entry, i): NamedFile => {
    if (entry instanceof Blob) {
      const { webkitRelativePath, name } = entry as File & { webkitRelativePath?: string };
      return { path: webkitRelativePath || name || String(i), file: entry };
    }
    if (entry?.file instanceof Blob && typeof entry.path === 'string') return entry;
    throw refuse('must be files, or objects with `path` and `file`', `${typeof entry} at ${i}`);
  });
  if (given.length === 0) throw refuse('must have files', 'none');
  return given;
}

/** @throws HourglassError of kind 'usage' if there are none. */
export function postedFiles({ name, files, ...settings }: FileData): PostedFiles {
  const given = namedFiles(files, 'data.files');
  const parts = given.map(({ path }) => path.split('/').filter((part) => part !== '' && part !== '.'));
  const [top] = parts[0]!;
  const isOne = parts.every((path) => path.length > 1 && path[0] === top);
  const folder = isOne ? top! : NO_FOLDER;
  return {
    name: name ?? (isOne ? folder : 'images'),
    folder,
    files: given.map(({ file }, i) => ({ name: [...(isOne ? [] : [folder]), ...parts[i]!].join('/'), file })),
    settings,
  };
}

/** What is used of a browser's `DataTransferItem`. */
export interface DroppedItem {
  /** `file` for a file or a folder. */
  readonly kind: string;
  /** The file or the folder. */
  webkitGetAsEntry(): object | null;
}

/** What is used of a browser's `DataTransfer`. */
export interface Dropped {
  /** Files and folders. */
  readonly items: ArrayLike<DroppedItem>;
}

interface FileEntry {
  readonly isFile: true;
  readonly fullPath: string;
  file(use: (file: File) => void, fail: (error: Error) => void): void;
}
interface FolderEntry {
  readonly isFile: false;
  createReader(): { readEntries(use: (entries: Entry[]) => void, fail: (error: Error) => void): void };
}
type Entry = FileEntry | FolderEntry;

/**
 * The files in what was dropped on a page, and in all its folders. Call it in the handler of the event, before anything is waited
 * for: the browser empties the list then.
 *
 * @example
 * ```ts
 * import { droppedFiles, train } from 'hourglass/web';
 *
 * document.body.addEventListener('drop', async (event) => {
 *   event.preventDefault();
 *   const files = await droppedFiles(event.dataTransfer!);
 *   await train('vae', { data: { files, size: 32 } });
 * });
 * ```
 */
export async function droppedFiles({ items }: Dropped): Promise<NamedFile[]> {
  const entries = Array.from(items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry() as Entry | null);
  const files: NamedFile[] = [];
  for (const entry of entries) if (entry !== null) await collect(entry, files);
  return files;
}

async function collect(entry: Entry, files: NamedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    files.push({ path: entry.fullPath.slice(1), file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A part of the folder at a time; none at its end.
    const some = await new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const below of some) await collect(below, files);
  }
}
