/** The images that one can train on: sets with a name, folders that the server was started with, uploaded pictures. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { DATASET_NAMES, EMBEDDED_NAME, specOf } from '../../data/registry.ts';
import { Problem } from '../../server/problem.ts';
import { writeWhole } from '../../store/index.ts';
import type { DataEntry } from '../protocol.ts';

/** The studio's own folder within that of the runs. Its name is hidden, so that nothing takes it for a run. */
const OWN = '.studio';
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp', '.bmp'];
const CLASS = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,63}$/u;

export interface Upload {
  /** The name of the file; only its ending is kept. */
  readonly name: string;
  /** The folder that it lay in, which is its class; empty if there is none. */
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
        note: 'Pictures that were added in the studio',
      }),
    );
    return [...named, ...own, ...uploaded];
  }

  /** What `data.set` names it by. @throws Problem 422 */
  async sourceOf(id: string): Promise<string> {
    if (DATASET_NAMES.includes(id)) return id;
    const folder = this.folders.find((each) => idOf(each) === id);
    if (folder !== undefined) return folder;
    if ((await this.uploaded()).includes(id)) return resolve(this.uploads, id);
    throw new Problem(422, 'There is no such data set: choose another one.');
  }

  /** Writes pictures as a folder, one below it for each class. */
  async add(files: readonly Upload[]): Promise<DataEntry> {
    const pictures = files.filter(({ name }) => PICTURES.includes(extname(name).toLowerCase()));
    if (pictures.length < 2) {
      throw new Problem(
        422,
        'Choose two pictures or more: PNG, JPEG, WebP or BMP. For IDX files, use --data-dir.',
      );
    }
    const id = `${pictures.length}-${randomBytes(6).toString('hex')}`;
    for (const [i, { name, folder, bytes }] of pictures.entries()) {
      const own = CLASS.test(folder) ? [folder] : [];
      const file = `${String(i).padStart(6, '0')}${extname(name).toLowerCase()}`;
      await writeWhole(join(this.uploads, id, ...own, file), bytes);
    }
    return { id, title: titleOf(id), note: 'Pictures that were added in the studio' };
  }

  private async uploaded(): Promise<readonly string[]> {
    return readdir(this.uploads).catch(() => []);
  }
}

const titleOf = (id: string): string => `${Number.parseInt(id, 10).toLocaleString('en')} own pictures`;

const idOf = (folder: string): string => createHash('sha256').update(folder).digest('base64url').slice(0, 16);
