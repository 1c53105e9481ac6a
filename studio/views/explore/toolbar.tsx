/** What is shown: the run, its samples, the plane, the colours. */
import { inWordsFor } from '../../../src/samples/words.ts';
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { ClassChoice } from '../../parts/class-strip.tsx';
import type { Explorer } from './explorer.ts';
import {
  axes,
  type ColourBy,
  colourBy,
  colourOfProperty,
  type Plane,
  plane,
  planesOf,
  SPLITS,
  type Split,
  setParameters,
  split,
  withShapes,
} from './settings.ts';

const PLANE_NAMES: Readonly<Record<Plane, string>> = {
  units: 'Two units',
  axes: 'Principal axes',
  umap: 'UMAP',
  space: '3-D',
};
const SPLIT_NAMES: Readonly<Record<Split, string>> = {
  test: 'Test images',
  train: 'Training images',
  all: 'All images',
};

/** Another run or other samples: what was shown of the earlier ones means nothing there. */
const GONE = {
  ...{
    image: null,
    code: null,
    point: null,
    lasso: null,
    from: null,
    to: null,
    hide: null,
    at: null,
    turn: null,
  },
};

function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange(value: T): void;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {options.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

export function RunChoice({ runs, run }: { runs: readonly RunEntry[]; run: string }) {
  const kind = runs.find(({ id }) => id === run)?.samples ?? 'image';
  return (
    <>
      <Choice
        label="Run"
        value={run}
        options={runs.map(({ id, name }) => [id, name] as const)}
        onChange={(id) =>
          setParameters({
            ...GONE,
            class: null,
            run: id,
            plane: null,
            x: null,
            y: null,
            z: null,
            colour: null,
          })
        }
      />
      <Choice
        label={inWordsFor(kind, 'Images')}
        value={split()}
        options={SPLITS.map((each) => [each, inWordsFor(kind, SPLIT_NAMES[each])] as const)}
        onChange={(value) => setParameters({ ...GONE, split: value === 'test' ? null : value })}
      />
    </>
  );
}

/** More units are chosen by number. */
const MOST_LISTED = 512;

function colourName(by: ColourBy, properties: readonly string[]): string {
  if (typeof by === 'number') return `unit${by}`;
  return typeof by === 'object' ? colourOfProperty(properties[by.property]!) : by;
}

export function PlaneChoice({ explorer }: { explorer: Explorer }) {
  const { units } = explorer.codes;
  const now = plane(units);
  const chosen = axes(units);
  const unitNames = explorer.ranges.map(
    ({ constant }, unit) => `unit ${unit + 1}${constant ? ' (constant)' : ''}`,
  );
  const moved = { at: null, point: null, lasso: null, turn: null };
  const { properties } = explorer;
  const by = colourBy(units, explorer.set.classes.length, properties);
  const hasGroups =
    by === 'class' ? explorer.hasClasses : typeof by === 'object' && explorer.isGrouped(by.property);
  const listed = unitNames.slice(0, MOST_LISTED);
  const options = listed.map((name, unit) => [String(unit), name] as const);
  const names = ['x', 'y', 'z'].slice(
    0,
    now === 'space' ? (units === 3 ? 0 : 3) : now === 'units' ? Math.min(2, units) : 0,
  );
  return (
    <>
      {planesOf(units).length > 1 && (
        <Choice
          label="Plane"
          value={now}
          options={planesOf(units).map((each) => [each, PLANE_NAMES[each]] as const)}
          onChange={(value) => setParameters({ ...moved, plane: value })}
        />
      )}
      {units > 2 &&
        names.map((name, k) => (
          <Choice
            key={name}
            label={['Across', 'Up', 'Deep'][k]!}
            value={String(chosen[k])}
            options={options}
            onChange={(value) => {
              // The other axis takes the unit that this one had.
              const other = chosen.indexOf(Number(value));
              setParameters({
                ...moved,
                ...(other === -1 || names[other] === undefined ? {} : { [names[other]]: chosen[k]! }),
                [name]: value,
              });
            }}
          />
        ))}
      <Choice
        label="Colour"
        value={colourName(by, properties)}
        options={[
          ...(explorer.hasClasses ? [['class', 'class'] as const] : []),
          ['error', 'reconstruction error'] as const,
          ...properties
            .slice(0, MOST_LISTED)
            .map((name) => [colourOfProperty(name), `column ${name}`] as const),
          ...listed.map((name, unit) => [`unit${unit}`, name] as const),
        ]}
        // Groups that are hidden are those of one colouring.
        onChange={(value) => setParameters({ colour: value, ...(properties.length > 0 && { hide: null }) })}
      />
      {explorer.classes.length > 0 && (
        <ClassChoice
          label="Decode as"
          classes={explorer.classes}
          chosen={explorer.chosenClass}
          otherwise="own class"
          onChoose={(name) => setParameters({ class: name })}
        />
      )}
      {hasGroups && (
        <label class="check">
          <input
            type="checkbox"
            checked={withShapes()}
            onChange={({ currentTarget }) => setParameters({ shapes: currentTarget.checked ? 1 : null })}
          />
          Shapes
        </label>
      )}
    </>
  );
}
