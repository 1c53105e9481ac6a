/** The settings of a recipe as a form, with help and errors at each field. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { shortNumber } from '../../parts/numbers.ts';
import { type Field, type Group, problemOf } from './fields.ts';
import { Layers } from './layers.tsx';

export interface FormProps {
  readonly main: readonly Field[];
  readonly rest: readonly Group[];
  /** The paths that differ from the recipe. */
  readonly changed: readonly string[];
  /** What was refused when a training was to begin, in a line. */
  readonly refusal: string | null;
  readonly onChange: (path: string, value: unknown) => void;
}

export function Form({ main, rest, changed, refusal, onChange }: FormProps) {
  const fields = [...main, ...rest.flatMap((group) => group.fields)];
  const refused = refusal === null ? undefined : refusedField(fields, refusal);
  const given = { changed, refusal, refused, onChange };
  return (
    <>
      <Fields fields={main} {...given} />
      {rest.map(({ title, fields: own }) => (
        <details key={title} open={own.includes(refused as Field) || undefined}>
          <summary>
            {title}
            <Changes fields={own} changed={changed} />
          </summary>
          <Fields fields={own} {...given} />
        </details>
      ))}
      {refusal !== null && refused === undefined && (
        <p class="failed" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}

/** The field that an error names: the one with the longest path in it. Errors of layers begin with `encoder.dense1`. */
const refusedField = (fields: readonly Field[], refusal: string): Field | undefined =>
  fields
    .filter(
      ({ path, kind }) =>
        refusal.includes(path) || (kind === 'layers' && refusal.includes(`${path.split('.').at(-1)}.`)),
    )
    .sort((a, b) => b.path.length - a.path.length)
    .at(0);

/** The fields of a group; those of layers are within their lists. */
function Fields({ fields, ...given }: { fields: readonly Field[] } & Omit<OneFieldProps, 'field'>) {
  const lists = fields.filter(({ kind }) => kind === 'layers');
  const shown = (own: readonly Field[], isWithin: boolean) =>
    own.map((field) => <OneField key={`${field.path} ${field.kind}`} {...{ field, isWithin }} {...given} />);
  const isInList = ({ path }: Field) => lists.some((list) => path.startsWith(`${list.path}.`));
  return (
    <>
      {fields
        .filter((field) => !isInList(field))
        .map((field) =>
          field.kind === 'layers' ? (
            <Layers
              key={field.path}
              field={field}
              isChanged={given.changed.includes(field.path)}
              problem={given.refused === field ? given.refusal : null}
              settingsOf={(i) =>
                shown(
                  fields.filter(({ path }) => path.startsWith(`${field.path}.${i}.`)),
                  true,
                )
              }
              onChange={(layers) => given.onChange(field.path, layers)}
            />
          ) : (
            shown([field], false)
          ),
        )}
    </>
  );
}

function Changes({ fields, changed }: { fields: readonly Field[]; changed: readonly string[] }) {
  const count = fields.filter(({ path }) => changed.includes(path)).length;
  return count === 0 ? null : <span class="count">{` ${count} changed`}</span>;
}

/** Where the setting's own name begins in `Encoder 1, dense: Units`. */
const ownPart = (label: string): number => label.indexOf(': ') + 2;

interface OneFieldProps extends Pick<FormProps, 'changed' | 'refusal' | 'onChange'> {
  readonly field: Field;
  /** Whether what is around it says whose setting it is. */
  readonly isWithin?: boolean;
  readonly refused: Field | undefined;
}

function OneField({ field, isWithin = false, changed, refused, refusal, onChange }: OneFieldProps) {
  const id = useId();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [text, setText] = useState<string | null>(null);
  const own = text === null ? null : problemOf(field, parsed(field, text));
  const problem = own ?? (refused === field ? refusal : null);
  const change = (value: unknown) => {
    if (problemOf(field, value) === null) onChange(field.path, value);
  };
  const isChanged = changed.includes(field.path);
  const box = useRef<HTMLDivElement>(null);
  const isRefused = refused === field;
  useEffect(() => {
    if (isRefused) box.current?.scrollIntoView({ block: 'nearest' });
  }, [isRefused, refusal]);
  const common = {
    id,
    'aria-invalid': problem !== null || undefined,
    'aria-describedby': problem === null ? `${id}-help` : `${id}-problem ${id}-help`,
  };
  return (
    <div ref={box} class={`field ${isChanged ? 'changed' : ''}`}>
      <label for={id}>
        {isWithin && <span class="unseen">{field.label.slice(0, ownPart(field.label))}</span>}
        {isWithin ? field.label.slice(ownPart(field.label)) : field.label}
      </label>
      {field.help !== '' && (
        <button
          type="button"
          class="help"
          aria-expanded={isHelpOpen}
          aria-label={`What is ${field.label}?`}
          onClick={() => setHelpOpen(!isHelpOpen)}
        >
          ?
        </button>
      )}
      {field.kind === 'boolean' && (
        <input
          {...common}
          type="checkbox"
          checked={field.value === true}
          onChange={({ currentTarget }) => change(currentTarget.checked)}
        />
      )}
      {field.kind === 'choice' && <Choice {...{ field, common, change }} />}
      {(field.kind === 'number' || field.kind === 'text') && (
        <input
          {...common}
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          placeholder={field.isOptional ? 'none' : ''}
          value={text ?? written(field.value)}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            change(parsed(field, currentTarget.value));
          }}
          onBlur={() => own === null && setText(null)}
        />
      )}
      <p class={isHelpOpen ? 'help-text' : 'unseen'} id={`${id}-help`}>
        {field.help}
        {field.schema.default !== undefined && typeof field.schema.default !== 'object'
          ? ` (default: ${field.schema.default})`
          : ''}
      </p>
      {problem !== null && (
        <p class="failed" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Choice({
  field,
  common,
  change,
}: {
  field: Field;
  common: { id: string };
  change: (value: unknown) => void;
}) {
  const { choices, value } = field;
  const at = choices.findIndex((each) => JSON.stringify(each.value) === JSON.stringify(value));
  return (
    <select
      {...common}
      value={String(at)}
      onChange={({ currentTarget }) => change(choices[Number(currentTarget.value)]!.value)}
    >
      {at < 0 && <option value="-1">—</option>}
      {choices.map(({ label }, i) => (
        <option key={label} value={String(i)}>
          {label}
        </option>
      ))}
    </select>
  );
}

const written = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'number'
      ? Number.isInteger(value)
        ? String(value)
        : shortNumber(value)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);

function parsed({ kind }: Field, text: string): unknown {
  if (text.trim() === '') return null;
  if (kind === 'number') return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
