/** A list of layers, each with its settings: layers are added, removed and moved by buttons, which keys reach as well. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Field, layerName } from './fields.ts';

export interface LayersProps {
  /** Its value is the list. */
  readonly field: Field;
  readonly isChanged: boolean;
  /** What is wrong with the list, in a line. */
  readonly problem: string | null;
  /** The settings of one layer. */
  readonly settingsOf: (index: number) => ComponentChildren;
  readonly onChange: (layers: readonly unknown[]) => void;
}

type Action = 'up' | 'down' | 'remove';

export function Layers({ field, isChanged, problem, settingsOf, onChange }: LayersProps) {
  const layers = field.value as readonly unknown[];
  const whose = field.label.toLowerCase();
  const id = useId();
  const [kind, setKind] = useState(0);
  const [said, say] = useState('');
  const box = useRef<HTMLFieldSetElement>(null);
  /** The button that has the focus once the list is drawn again. */
  const next = useRef<string | null>(null);
  useEffect(() => {
    if (next.current === null) return;
    const all = (action: string) =>
      box.current?.querySelector<HTMLButtonElement>(`[data-action="${action}"]`);
    const wanted = all(next.current);
    // A layer at the end of the list cannot be moved further.
    const other = wanted?.disabled
      ? all(next.current.replace(/up|down/, (at) => (at === 'up' ? 'down' : 'up')))
      : wanted;
    (other ?? all('add'))?.focus();
    next.current = null;
  }, [layers]);

  const change = (changed: readonly unknown[], focus: string, words: string) => {
    next.current = focus;
    say(words);
    onChange(changed);
  };
  const act = (action: Action, i: number) => {
    const name = layerName(layers[i]);
    const without = layers.filter((_, k) => k !== i);
    if (action === 'remove') {
      const focus = without.length === 0 ? 'add' : `remove ${Math.min(i, without.length - 1)}`;
      return change(without, focus, `Removed layer ${i + 1} of the ${whose}, ${name}.`);
    }
    const to = action === 'up' ? i - 1 : i + 1;
    change(
      without.toSpliced(to, 0, layers[i]),
      `${action} ${to}`,
      `${name} is layer ${to + 1} of the ${whose} now.`,
    );
  };
  const add = () => {
    const { label, value } = field.choices[kind]!;
    change([...layers, value], 'add', `Added layer ${layers.length + 1} of the ${whose}, ${label}.`);
  };
  const isFull = layers.length >= (field.schema.maxItems ?? Infinity);
  return (
    <fieldset
      ref={box}
      class={`layers ${isChanged ? 'changed' : ''}`}
      aria-describedby={problem === null ? undefined : `${id}-problem`}
    >
      <legend>{`Layers of the ${whose}`}</legend>
      {layers.length === 0 && <p class="note">None.</p>}
      <ol>
        {layers.map((layer, i) => {
          const name = layerName(layer);
          const button = (action: Action, sign: string, words: string, isDisabled = false) => (
            <button
              type="button"
              data-action={`${action} ${i}`}
              aria-label={`${words} layer ${i + 1} of the ${whose}, ${name}`}
              title={words}
              disabled={isDisabled}
              onClick={() => act(action, i)}
            >
              {sign}
            </button>
          );
          return (
            <li key={`${i} ${name}`}>
              <div class="layer-head">
                <span>{`${i + 1}. ${name}`}</span>
                {button('up', '↑', 'Move up', i === 0)}
                {button('down', '↓', 'Move down', i === layers.length - 1)}
                {button('remove', '×', 'Remove')}
              </div>
              {settingsOf(i)}
            </li>
          );
        })}
      </ol>
      <div class="layer-add">
        <label for={`${id}-kind`}>New layer</label>
        <select
          id={`${id}-kind`}
          value={String(kind)}
          onChange={({ currentTarget }) => setKind(Number(currentTarget.value))}
        >
          {field.choices.map(({ label }, i) => (
            <option key={label} value={String(i)}>
              {label}
            </option>
          ))}
        </select>
        <button
          type="button"
          data-action="add"
          disabled={isFull}
          aria-label={`Add a layer to the ${whose}`}
          onClick={add}
        >
          Add
        </button>
      </div>
      <p class="unseen" role="status">
        {said}
      </p>
      {problem !== null && (
        <p class="failed" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
