/** Tables that were added in the studio: each in a folder of its own, under its own name. */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Problem } from '../../server/problem.ts';
import { addFolder, writeWhole } from '../../store/index.ts';
import type { DataEntry } from '../protocol.ts';
import { NAME } from './file-name.ts';
import { OWN } from './own-folder.ts';
import type { Upload } from './upload.ts';

const NOTE = 'A table that was added in the studio';

/** Their ids begin like this, and those of pictures with a number. */
const PREFIX = 'table-';

export class Tables {
  private readonly folder: string;

  /** @param runs the folder of the runs. */
  constructor(runs: string) {
    this.folder = join(runs, OWN, 'tables');
  }

  async list(): Promise<readonly DataEntry[]> {
    const ids = (await readdir(this.folder).catch(() => [])).filter((name) => name.startsWith(PREFIX));
    return Promise.all(ids.map(async (id) => entryOf(id, await this.filesOf(id))));
  }

  /** @throws Problem 422 for a name that other systems cannot have. */
  async add(files: readonly Upload[]): Promise<DataEntry> {
    const odd = files.find(({ name }) => !NAME.test(name));
    if (odd !== undefined)
      throw new Problem(422, `Rename ${odd.name}: letters, digits, dots and dashes are allowed.`);
    const names = files.map(({ name }) => name);
    if (new Set(names).size < names.length) throw new Problem(422, 'Two of these files have the same name.');
    const id = `${PREFIX}${randomBytes(6).toString('hex')}`;
    await addFolder(join(this.folder, id), async (folder) => {
      for (const { name, bytes } of files) await writeWhole(join(folder, name), bytes, { force: false });
    });
    return entryOf(id, names);
  }

  /** The path of a table: its file, or the folder of its files; null if it is not one of these. */
  async pathOf(id: string): Promise<string | null> {
    if (!(await this.list()).some((entry) => entry.id === id)) return null;
    const files = await this.filesOf(id);
    return files.length === 1 ? resolve(this.folder, id, files[0]!) : resolve(this.folder, id);
  }

  /** The id of the table at a path; null if it is not one of these. */
  async idOf(path: string): Promise<string | null> {
    for (const { id } of await this.list()) if ((await this.pathOf(id)) === path) return id;
    return null;
  }

  private async filesOf(id: string): Promise<string[]> {
    return (await readdir(join(this.folder, id)).catch(() => []))
      .filter((name) => !name.startsWith('.'))
      .sort();
  }
}

const entryOf = (id: string, files: readonly string[]): DataEntry => ({
  id,
  title: files.length === 1 ? files[0]! : `${files[0] ?? id} and ${files.length - 1} more`,
  note: NOTE,
  samples: 'row',
});
