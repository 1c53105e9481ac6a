/** What one trains on: data sets with a name, and own pictures and tables. */
import { droppedFiles, type NamedFile } from 'hourglass/web';
import { useEffect, useState } from 'preact/hooks';
import type { DataEntry, RecipeEntry } from '../../../src/studio/protocol.ts';
import { setParameters } from '../../address.ts';
import type { Host } from '../../host/host.ts';
import { Later } from '../../parts/later.tsx';
import { chooseRecipe } from './choice.ts';
import type { Misfit } from './fit.ts';
import { addRecipe, isRecipeFile } from './recipe-choice.tsx';

const columnsView = async () => (await import('./rows/columns.tsx')).Columns;

/** Settings that name columns of one table. */
const OF_ONE_TABLE = ['label', 'normal', 'ignore', 'types', 'time', 'group'];

const choose = (id: string) =>
  setParameters({ data: id, ...Object.fromEntries(OF_ONE_TABLE.map((name) => [`data.${name}`, null])) });

export interface DataProps {
  readonly host: Host;
  readonly recipe: RecipeEntry;
  readonly data: readonly DataEntry[];
  readonly chosen: DataEntry;
  /** The settings that are changed, by path. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Why the recipe is not for these data; null if it may be. */
  readonly misfit: Misfit | null;
  readonly onAdded: () => Promise<void>;
}

export function Data({ host, recipe, data, chosen, set, misfit, onAdded }: DataProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const add = async (files: readonly NamedFile[]) => {
    setProblem(null);
    try {
      if (files.length === 0) return;
      if (files.every(isRecipeFile)) {
        for (const file of files) {
          const { id } = await addRecipe(host, file);
          await onAdded();
          chooseRecipe(id);
        }
        return;
      }
      const { id } = await host.addFiles(files);
      await onAdded();
      choose(id);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  useEffect(() => whenDropped(setOver, (files) => void add(files)), [host]);
  return (
    <>
      <div class={`field data ${isOver ? 'over' : ''}`}>
        <label for="data">Data</label>
        <select
          id="data"
          value={chosen.id}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          aria-invalid={misfit !== null || undefined}
          aria-describedby={misfit === null ? undefined : 'data-misfit'}
        >
          {data.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        {misfit !== null && (
          <p class="failed" role="alert" id="data-misfit">
            {misfit.sentence}{' '}
            {misfit.remedy !== null && (
              <button type="button" onClick={() => chooseRecipe(misfit.remedy!)}>
                Use the recipe {misfit.remedy}
              </button>
            )}
          </p>
        )}
        <p class="note">{chosen.note}</p>
        <label class="file">
          Own data
          <input
            type="file"
            multiple
            onChange={({ currentTarget }) =>
              void add(
                Array.from(currentTarget.files ?? [], (file) => ({
                  path: file.webkitRelativePath || file.name,
                  file,
                })),
              )
            }
          />
        </label>
        <p class="note">
          Choose files, or drop files and folders: pictures, of which folders are classes, IDX files, or a
          table (CSV, TSV, JSON lines, NPY and more). A recipe can be dropped as well.
        </p>
        {problem !== null && (
          <p class="failed" role="alert">
            {problem}
          </p>
        )}
      </div>
      {chosen.samples === 'row' && (
        <Later
          load={columnsView}
          render={(Columns) => <Columns {...{ host, recipe, set }} data={chosen.id} />}
        />
      )}
    </>
  );
}

/** Files that are dropped anywhere on the page. @returns what ends it. */
function whenDropped(
  over: (isOver: boolean) => void,
  take: (files: readonly NamedFile[]) => void,
): () => void {
  const end = new AbortController();
  const on = (type: 'dragover' | 'dragleave' | 'drop', listen: (event: DragEvent) => void) =>
    document.addEventListener(
      type,
      (event) => {
        event.preventDefault();
        listen(event);
      },
      { signal: end.signal },
    );
  on('dragover', () => over(true));
  on('dragleave', () => over(false));
  on('drop', ({ dataTransfer }) => {
    over(false);
    if (dataTransfer !== null) void droppedFiles(dataTransfer).then(take);
  });
  return () => end.abort();
}
