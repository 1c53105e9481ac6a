/** The recipe that one starts from: one of hourglass, of a folder of this machine, or a JSON file of one's own. */
import type { NamedFile } from 'hourglass/web';
import { useState } from 'preact/hooks';
import type { RecipeEntry } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';
import { chooseRecipe } from './choice.ts';
import { isForRows } from './fit.ts';

const GROUPS = {
  hourglass: 'Recipes of hourglass',
  rows: 'For tables',
  folder: 'Recipes of this machine',
  own: 'Own recipes',
} as const;

const groupOf = (recipe: RecipeEntry): keyof typeof GROUPS => (isForRows(recipe) ? 'rows' : recipe.origin);

/** Bytes of a recipe's file. */
const LARGEST = 1e6;

export const isRecipeFile = ({ path }: NamedFile): boolean => /\.json$/i.test(path);

/** Reads one file and has the host keep it. @returns its entry. */
export async function addRecipe(host: Host, { path, file }: NamedFile): Promise<RecipeEntry> {
  const name = path.split('/').at(-1)!;
  if (file.size > LARGEST) throw new Error(`${name} is too large for a recipe: it has more than 1 MB.`);
  let recipe: unknown;
  try {
    recipe = JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  return host.addRecipe(name, recipe);
}

export interface RecipeChoiceProps {
  readonly host: Host;
  readonly recipes: readonly RecipeEntry[];
  readonly chosen: RecipeEntry;
  /** The id in the address, where there is no such recipe. */
  readonly missing: string | null;
  /** Reads the list again. */
  readonly onChanged: () => Promise<void>;
}

export function RecipeChoice({ host, recipes, chosen, missing, onChanged }: RecipeChoiceProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const trying = (work: () => Promise<void>) => {
    setProblem(null);
    work().catch((error: Error) => setProblem(error.message));
  };
  const add = async (files: FileList | null) => {
    for (const file of files ?? []) {
      const { id } = await addRecipe(host, { path: file.name, file });
      await onChanged();
      chooseRecipe(id);
    }
  };
  const remove = async () => {
    await host.removeRecipe(chosen.id);
    chooseRecipe(recipes[0]!.id);
    await onChanged();
  };
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[])
    .map((group) => ({ group, entries: recipes.filter((each) => groupOf(each) === group) }))
    .filter(({ entries }) => entries.length > 0);
  const options = (entries: readonly RecipeEntry[]) =>
    entries.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ));
  return (
    <div class="field recipe">
      <label for="recipe">Recipe</label>
      <select
        id="recipe"
        value={chosen.id}
        onChange={({ currentTarget }) => chooseRecipe(currentTarget.value)}
      >
        {groups.length === 1
          ? options(recipes)
          : groups.map(({ group, entries }) => (
              <optgroup key={group} label={GROUPS[group]}>
                {options(entries)}
              </optgroup>
            ))}
      </select>
      <label class="file">
        Own recipe
        <input
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const { files } = currentTarget;
            trying(() =>
              add(files).finally(() => {
                // The same file may be chosen again after it was corrected.
                currentTarget.value = '';
              }),
            );
          }}
        />
      </label>
      {chosen.origin === 'own' && (
        <button type="button" class="quiet" onClick={() => trying(remove)}>
          Remove this recipe
        </button>
      )}
      {missing !== null && (
        <p class="failed" role="alert">
          {`There is no recipe ${missing} here. Choose another one, or add its file.`}
        </p>
      )}
      {problem !== null && (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
