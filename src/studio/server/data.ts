/** The images that one can train on: sets with a name, folders that the server was started with, uploaded pictures. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { unpackedIdx } from '../../data/files.ts';
import { isImageName } from '../../data/images/formats.ts';
import { idxImages } from '../../data/images/idx-images.ts';
import { isIdxName } from '../../data/images/idx-name.ts';
import { DATASET_NAMES, EMBEDDED_NAME, specOf } from '../../data/registry.ts';
import { Problem } from '../../server/problem.ts';
import { addFolder, writeWhole } from '../../store/index.ts';
import type { DataEntry } from '../protocol.ts';
import { OWN } from './own-folder.ts';

/** Names of folders and files that are the same on every system, and lead nowhere else. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ()._-]{0,99}$/u;

export interface Upload {
  /** The name of the file. */
  readonly name: string;
  /** The folders that it lay in, with `/` between them; empty if there are none. */
  readonly folder: string;
  readonly bytes: Uint8Array;
}

export class DataSets {
  private readonly uploads: string;
  private readonly folders: readonly string[];

  /**
   * @param runs the folder of the runs.
   * @param folders those of own images.
   */
  constructor(runs: string, folders: readonly string[]) {
    this.uploads = join(runs, OWN, 'pictures');
    this.folders = folders.map((folder) => resolve(folder));
  }

  async list(): Promise<readonly DataEntry[]> {
    const named = DATASET_NAMES.map((name): DataEntry => {
      if (name === EMBEDDED_NAME) {
        return { id: name, title: 'Handwritten digits', note: '10,000 of MNIST, 28 × 28, part of hourglass' };
      }
      const { title, train, test, downloadMB } = specOf(name);
      const count = (train + test).toLocaleString('en');
      return { id: name, title, note: `${count} images, 28 × 28; downloaded if needed (${downloadMB} MB)` };
    });
    const own = this.folders.map(
      (folder): DataEntry => ({
        id: idOf(folder),
        title: basename(folder),
        note: 'A folder of this machine',
      }),
    );
    const uploaded = (await this.uploaded()).map(
      (name): DataEntry => ({
        id: name,
        title: titleOf(name),
        note: NOTE,
      }),
    );
    return [...named, ...own, ...uploaded];
  }

  isNamed(id: string): boolean {
    return DATASET_NAMES.includes(id);
  }

  /** What `data.set` names it by. @throws Problem 422 */
  async sourceOf(id: string): Promise<string> {
    if (this.isNamed(id)) return id;
    const folder = this.folders.find((each) => idOf(each) === id);
    if (folder !== undefined) return folder;
    if ((await this.uploaded()).includes(id)) return resolve(this.uploads, id);
    throw new Problem(422, 'There is no such data set: choose another one.');
  }

  /**
   * Keeps pictures in their folders, or IDX files. They are there when all of them are written.
   * @throws Problem 422 for too few of them, and for both at once; HourglassError for damaged IDX files.
   */
  async add(files: readonly Upload[]): Promise<DataEntry> {
    const pictures = files.filter(({ name }) => isImageName(name));
    const arrays = files.filter(({ name }) => isIdxName(name));
    if (pictures.length > 0 && arrays.length > 0) {
      throw new Problem(422, 'Add pictures or IDX files, one after the other: these are both.');
    }
    if (arrays.length === 0 && pictures.length < 2) {
      throw new Problem(
        422,
        'Choose two pictures or more (PNG, JPEG, WebP, TIFF, GIF, AVIF, BMP), or IDX files, whose names end in idx3-ubyte or .idx.',
      );
    }
    const count = arrays.length > 0 ? imagesIn(arrays) : pictures.length;
    const id = `${count}-${randomBytes(6).toString('hex')}`;
    await addFolder(join(this.uploads, id), (folder) =>
      arrays.length > 0 ? writeArrays(folder, arrays) : writePictures(folder, pictures),
    );
    return { id, title: titleOf(id), note: NOTE };
  }

  /** The id of the images of a recorded run; null if they are not among these. */
  async idOfRun({
    name,
    folder,
  }: {
    readonly name: string;
    readonly folder: string | null;
  }): Promise<string | null> {
    if (folder === null) return DATASET_NAMES.includes(name) ? name : null;
    if (this.folders.includes(folder)) return idOf(folder);
    return (await this.uploaded()).find((id) => resolve(this.uploads, id) === folder) ?? null;
  }

  private async uploaded(): Promise<readonly string[]> {
    return (await readdir(this.uploads).catch(() => [])).filter((name) => !name.startsWith('.'));
  }
}

const NOTE = 'Images that were added in the studio';

/** The number of images in IDX files, all of which are checked. */
function imagesIn(files: readonly Upload[]): number {
  const unpacked = files.map(({ name, bytes }) => ({ name, bytes: unpackedIdx(bytes, name) }));
  const { length } = idxImages('', unpacked);
  if (length < 3) throw new Problem(422, 'IDX files must have three images or more.');
  return length;
}

/** Their own names tell the splits. */
async function writeArrays(folder: string, files: readonly Upload[]): Promise<void> {
  for (const { name, bytes } of files) {
    if (!NAME.test(name))
      throw new Problem(422, `Rename ${name}: letters, digits, dots and dashes are allowed.`);
    await writeWhole(join(folder, name), bytes, { force: false });
  }
}

/** In their folders. A folder that all lie in is left out, and so are folders with odd names. */
async function writePictures(folder: string, pictures: readonly Upload[]): Promise<void> {
  const folders = pictures.map((picture) => picture.folder.split('/').filter((part) => part !== ''));
  const [top] = folders[0]!;
  const isOne = top !== undefined && folders.every((parts) => parts[0] === top);
  for (const [i, { name, bytes }] of pictures.entries()) {
    const own = folders[i]!.slice(isOne ? 1 : 0).filter((part) => NAME.test(part));
    const file = NAME.test(name) ? name : `${i}${extname(name).toLowerCase()}`;
    // Two of the same name: a number is added.
    await writeWhole(join(folder, ...own, file), bytes, { force: false }).catch(() =>
      writeWhole(join(folder, ...own, `${i}-${file}`), bytes),
    );
  }
}

const titleOf = (id: string): string => `${Number.parseInt(id, 10).toLocaleString('en')} own pictures`;

const idOf = (folder: string): string => createHash('sha256').update(folder).digest('base64url').slice(0, 16);
