/** The recipes that one can start from: those of hourglass, of folders of this machine, and those that were added in the studio. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { loadRecipe, recipeNames } from '../../node/recipes.ts';
import { readTextIfThere } from '../../read-file.ts';
import { Problem } from '../../server/problem.ts';
import { removeFile, writeWhole } from '../../store/index.ts';
import { entryOfOwn, isObject, ownRecipeId, recipeNameOf } from '../own-recipes.ts';
import type { RecipeEntry } from '../protocol.ts';
import { OWN } from './own-folder.ts';

/** Bytes of a recipe's file. */
const LARGEST = 1e6;
/** Files of a folder that are read. */
const MOST = 500;

export class Recipes {
  private readonly added: string;
  private readonly folders: readonly string[];

  /**
   * @param runs the folder of the runs.
   * @param folders those with recipes of the user.
   */
  constructor(runs: string, folders: readonly string[]) {
    this.added = join(runs, OWN, 'recipes');
    this.folders = folders.map((folder) => resolve(folder));
  }

  async list(): Promise<readonly RecipeEntry[]> {
    const own = await entriesIn(this.added, (name) => ({ id: ownRecipeId(name), origin: 'own' }));
    const found = await Promise.all(
      this.folders.map((folder) =>
        entriesIn(folder, (name) => ({ id: idOf(join(folder, name)), origin: 'folder' })),
      ),
    );
    return [...recipeNames().map(entryOf), ...found.flat(), ...own];
  }

  /**
   * Keeps a recipe under the name of its file; one of the same name is replaced. One that cannot be trained is kept as well: the
   * page shows at which setting it fails, and there it can be changed.
   * @throws Problem 422 for anything but an object.
   */
  async add(file: string, given: unknown): Promise<RecipeEntry> {
    if (!isObject(given)) throw new Problem(422, `${file}: a recipe must be one JSON object.`);
    const name = recipeNameOf(file);
    await writeWhole(join(this.added, `${name}.json`), `${JSON.stringify(given, null, 2)}\n`);
    return entryOfOwn(name, given, { problem: problemOf(given) });
  }

  /** @throws Problem 404 for a recipe that was not added in the studio. */
  async remove(id: string): Promise<void> {
    const found = (await this.list()).find((each) => each.id === id && each.origin === 'own');
    if (found === undefined) throw new Problem(404, 'There is no such recipe of your own.');
    await removeFile(join(this.added, `${found.name}.json`));
  }
}

function entryOf(name: string): RecipeEntry {
  const { why, reference, ...config } = loadRecipe(name);
  return {
    ...{ id: name, origin: 'hourglass', name, why, reference: reference ?? null },
    ...{ config: { ...config, why }, problem: null },
  };
}

/** The recipes of a folder by name. JSON files that are plainly something else are left out. */
async function entriesIn(
  folder: string,
  place: (name: string) => Pick<RecipeEntry, 'id' | 'origin'>,
): Promise<RecipeEntry[]> {
  const files = (await readdir(folder).catch(() => []))
    .filter((file) => /^[^.].*\.json$/i.test(file))
    .sort()
    .slice(0, MOST);
  const entries = await Promise.all(
    files.map(async (file) => {
      const name = basename(file).replace(/\.json$/i, '');
      const read = await contentOf(join(folder, file));
      if ('problem' in read)
        return entryOfOwn(name, {}, { ...place(name), problem: `${file}: ${read.problem}` });
      if (!isObject(read.value) || !('model' in read.value)) return null;
      return entryOfOwn(name, read.value, { ...place(name), problem: problemOf(read.value) });
    }),
  );
  return entries.filter((entry) => entry !== null);
}

async function contentOf(path: string): Promise<{ value: unknown } | { problem: string }> {
  try {
    return { value: JSON.parse((await readTextIfThere(path, { most: LARGEST, kind: 'usage' })) ?? 'null') };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function problemOf(config: object): string | null {
  try {
    loadRecipe(config);
    return null;
  } catch (error) {
    if (error instanceof HourglassError) return error.message;
    throw error;
  }
}

const idOf = (path: string): string => createHash('sha256').update(path).digest('base64url').slice(0, 16);
