/** The columns that were found in a table, and what the model is given of them. */
import { useEffect, useState } from 'preact/hooks';
import type { FoundColumn, FoundColumns, RecipeEntry } from '../../../../src/studio/protocol.ts';
import type { Host } from '../../../host/host.ts';
import { wholeNumber } from '../../../parts/numbers.ts';
import { changeSetting } from '../choice.ts';
import { Choice } from './choice.tsx';

export interface ColumnsProps {
  readonly host: Host;
  readonly recipe: RecipeEntry;
  /** The id of the table. */
  readonly data: string;
  /** The settings that are changed, by path. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** What happens with missing values. */
const MISSING = [
  ['refuse', 'are an error'],
  ['mean', 'become the mean'],
  ['drop', 'drop the row'],
] as const;

type Looked = { readonly found: FoundColumns | null; readonly problem: string | null };

/** Looks again whenever a setting on the data changes; what was found before stays on screen. */
function useColumns({ host, recipe, data, set }: ColumnsProps): Looked {
  const [looked, setLooked] = useState<Looked & { of: string }>({ of: data, found: null, problem: null });
  const ofData = Object.fromEntries(Object.entries(set).filter(([path]) => path.startsWith('data.')));
  const asked = JSON.stringify(ofData);
  useEffect(() => {
    let isOld = false;
    const name = recipe.origin === 'hourglass' ? recipe.name : recipe.config;
    host.columns({ recipe: name, set: ofData, data }).then(
      (found) => isOld || setLooked({ of: data, found, problem: null }),
      ({ message }: Error) =>
        isOld ||
        setLooked(({ of, found }) => ({ of: data, found: of === data ? found : null, problem: message })),
    );
    return () => {
      isOld = true;
    };
  }, [host, recipe, data, asked]);
  return looked.of === data ? looked : { found: null, problem: null };
}

export function Columns(props: ColumnsProps) {
  const { recipe, set } = props;
  const { found, problem } = useColumns(props);
  const change = (name: string, value: unknown) => changeSetting(recipe, `data.${name}`, value);
  const ignored = [set['data.ignore'] ?? []].flat().map(String);
  const ignore = (name: string, isIgnored: boolean) => {
    const next = isIgnored ? [...ignored, name] : ignored.filter((each) => each !== name);
    change('ignore', next.length === 0 ? undefined : next);
  };
  const own = (recipe.config.data as { missing?: string } | undefined)?.missing;
  const missing = String(set['data.missing'] ?? own ?? 'refuse');
  const gaps = missing === 'refuse' ? gapsIn(found) : [];
  // An error names the column that it is about.
  const culprit = problem?.match(/column '([^']+)'/)?.[1];
  return (
    <div class="columns-found">
      {problem !== null && (
        <div class="failed" role="alert">
          <p>{problem}</p>
          {culprit !== undefined && !ignored.includes(culprit) && (
            <button type="button" onClick={() => ignore(culprit, true)}>
              {`Leave ${culprit} out`}
            </button>
          )}
        </div>
      )}
      <Choice
        label="Missing values"
        value={missing}
        options={MISSING}
        onChange={(value) =>
          change('missing', value === own || (own === undefined && value === 'refuse') ? undefined : value)
        }
      />
      {gaps.length > 0 && (
        <p class="failed" role="alert">
          {`There are missing values (${gaps.join(', ')}): choose what becomes of them, or leave the column out.`}
        </p>
      )}
      {found === null
        ? problem === null && <p role="status">Reading the table …</p>
        : found !== null && <Found {...{ found, set, ignored, ignore, change }} />}
    </div>
  );
}

/** Columns of the model that have no value in some row. */
const gapsIn = (found: FoundColumns | null): string[] =>
  (found?.columns ?? []).filter(({ type, missing }) => type !== null && missing > 0).map(({ name }) => name);

function Found({
  found,
  set,
  ignored,
  ignore,
  change,
}: {
  found: FoundColumns;
  set: Readonly<Record<string, unknown>>;
  ignored: readonly string[];
  ignore: (name: string, isIgnored: boolean) => void;
  change: (name: string, value: unknown) => void;
}) {
  const { columns, rows, label, classes } = found;
  const names = columns.map(({ name }) => [name, name] as const);
  const given = set['data.label'];
  return (
    <>
      <Choice
        label="Label"
        value={given === undefined ? (label ?? 'none') : String(given)}
        options={[['none', 'none'], ...names]}
        onChange={(value) => {
          change('label', value);
          change('normal', undefined);
        }}
      />
      {classes.length > 1 && (
        <Choice
          label="Train on"
          value={String(set['data.normal'] ?? '')}
          options={[['', 'all classes'], ...classes.map((name) => [name, `only ${name}`] as const)]}
          onChange={(value) => change('normal', value === '' ? undefined : value)}
        />
      )}
      <p class="note">
        {`${wholeNumber(rows.train)} rows to train on, ${wholeNumber(rows.validation)} to validate, ${wholeNumber(rows.test)} to test. ${found.about}.`}
      </p>
      {found.notes.map((note) => (
        <p key={note} class="note">{`${note}.`}</p>
      ))}
      <details class="columns" open={columns.length <= 12}>
        <summary>{`Columns (${wholeNumber(columns.length)})`}</summary>
        <ul>
          {columns.map((column) => (
            <li key={column.name}>
              <Column
                column={column}
                isLabel={column.name === label}
                isIgnored={ignored.includes(column.name)}
                onIgnore={(isIgnored) => ignore(column.name, isIgnored)}
              />
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Column({
  column: { name, type, missing, about },
  isLabel,
  isIgnored,
  onIgnore,
}: {
  column: FoundColumn;
  isLabel: boolean;
  isIgnored: boolean;
  onIgnore: (isIgnored: boolean) => void;
}) {
  const gap = missing === 0 ? '' : `; ${wholeNumber(missing)} missing`;
  return (
    <label>
      <input
        type="checkbox"
        checked={!isIgnored && !isLabel}
        disabled={isLabel}
        onChange={({ currentTarget }) => onIgnore(!currentTarget.checked)}
      />
      <b>{name}</b>
      <span class="note">{`${type === null ? 'left out' : type}: ${about}${gap}`}</span>
    </label>
  );
}
