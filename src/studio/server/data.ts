/** What one can train on: sets with a name, folders that the server was started with, uploaded pictures and tables. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { unpackedIdx } from '../../data/files.ts';
import { isImageName } from '../../data/images/formats.ts';
import { idxImages } from '../../data/images/idx-images.ts';
import { isIdxName } from '../../data/images/idx-name.ts';
import { isTable } from '../../data/open.ts';
import { DATASET_NAMES, EMBEDDED_NAME, specOf } from '../../data/registry.ts';
import { isTableName } from '../../data/tables/names.ts';
import { Problem } from '../../server/problem.ts';
import { addFolder, writeWhole } from '../../store/index.ts';
import type { DataEntry } from '../protocol.ts';
import { NAME } from './file-name.ts';
import { OWN } from './own-folder.ts';
import { Tables } from './tables.ts';
import type { Upload } from './upload.ts';

export class DataSets {
  private readonly uploads: string;
  private readonly folders: readonly string[];
  private readonly tables: Tables;

  /**
   * @param runs the folder of the runs.
   * @param folders those of own images.
   */
  constructor(runs: string, folders: readonly string[]) {
    this.uploads = join(runs, OWN, 'pictures');
    this.tables = new Tables(runs);
    this.folders = folders.map((folder) => resolve(folder));
  }

  async list(): Promise<readonly DataEntry[]> {
    const named = DATASET_NAMES.map((name): DataEntry => {
      if (name === EMBEDDED_NAME) {
        const note = '10,000 of MNIST, 28 × 28, part of hourglass';
        return { id: name, title: 'Handwritten digits', note, samples: 'image' };
      }
      const { title, train, test, downloadMB } = specOf(name);
      const count = (train + test).toLocaleString('en');
      const note = `${count} images, 28 × 28; downloaded if needed (${downloadMB} MB)`;
      return { id: name, title, note, samples: 'image' };
    });
    const own = await Promise.all(
      this.folders.map(
        async (folder): Promise<DataEntry> => ({
          id: idOf(folder),
          title: basename(folder),
          note: 'A folder of this machine',
          samples: (await isTable(folder)) ? 'row' : 'image',
        }),
      ),
    );
    const uploaded = (await this.uploaded()).map(
      (name): DataEntry => ({
        id: name,
        title: titleOf(name),
        note: NOTE,
        samples: 'image',
      }),
    );
    return [...named, ...own, ...uploaded, ...(await this.tables.list())];
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
    const table = await this.tables.pathOf(id);
    if (table !== null) return table;
    throw new Problem(422, 'There is no such data set: choose another one.');
  }

  /**
   * Keeps pictures in their folders, IDX files, or the files of one table. They are there when all of them are written.
   * @throws Problem 422 for too few of them, and for both at once; HourglassError for damaged IDX files.
   */
  async add(files: readonly Upload[]): Promise<DataEntry> {
    const pictures = files.filter(({ name }) => isImageName(name));
    const arrays = files.filter(({ name }) => isIdxName(name));
    const tables = files.filter(({ name }) => isTableName(name));
    if (tables.length > 0) {
      if (pictures.length + arrays.length > 0)
        throw new Problem(422, 'Add a table or pictures, one after the other: these are both.');
      return this.tables.add(tables);
    }
    if (pictures.length > 0 && arrays.length > 0) {
      throw new Problem(422, 'Add pictures or IDX files, one after the other: these are both.');
    }
    if (arrays.length === 0 && pictures.length < 2) {
      throw new Problem(
        422,
        'Choose two pictures or more (PNG, JPEG, WebP, TIFF, GIF, AVIF, BMP), or IDX files, whose names end in idx3-ubyte or .idx, or a table (CSV, TSV, JSON lines, NPY, NPZ, safetensors, Parquet).',
      );
    }
    const count = arrays.length > 0 ? imagesIn(arrays) : pictures.length;
    const id = `${count}-${randomBytes(6).toString('hex')}`;
    await addFolder(join(this.uploads, id), (folder) =>
      arrays.length > 0 ? writeArrays(folder, arrays) : writePictures(folder, pictures),
    );
    return { id, title: titleOf(id), note: NOTE, samples: 'image' };
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
    const pictures = (await this.uploaded()).find((id) => resolve(this.uploads, id) === folder);
    return pictures ?? this.tables.idOf(folder);
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
