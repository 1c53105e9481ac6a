/** Runs side by side: curves over one another, figures with the best marked, and the settings that differ. */
import type { ComponentChildren } from 'preact';
import type { RunDetails } from '../../../src/studio/protocol.ts';
import { differences } from '../../../src/views/comparison/differences.ts';
import { parameter, setParameters } from '../../address.ts';
import { Curves, type Series } from '../../parts/curves.tsx';
import { classColour } from '../../parts/ground.ts';
import { shortNumber } from '../../parts/numbers.ts';
import { betterOf, definitionOf, FIGURE_KEYS, longTitle } from './figure-words.ts';
import { GenerationOf } from './generation.tsx';
import { figuresOf } from './rows.ts';

export interface SideBySideProps {
  readonly runs: readonly RunDetails[];
  /** Ids in the address of which there is no run. */
  readonly missing: readonly string[];
}

export function SideBySide({ runs, missing }: SideBySideProps) {
  return (
    <section aria-label="Chosen runs side by side">
      {missing.length > 0 && (
        <p class="failed" role="status">
          {missing.length === 1 ? 'One chosen run is' : `${missing.length} chosen runs are`} not here any
          more.
        </p>
      )}
      {runs.length > 0 && (
        <>
          <CurvesOf runs={runs} />
          <Figures runs={runs} />
          <GenerationOf runs={runs} />
          <Settings runs={runs} />
        </>
      )}
    </section>
  );
}

const SPLITS = ['training', 'validation'] as const;

function CurvesOf({ runs }: Pick<SideBySideProps, 'runs'>) {
  const parts = [
    ...new Set(runs.flatMap(({ rows }) => rows.flatMap(({ validation }) => Object.keys(validation)))),
  ];
  if (parts.length === 0) return <p>No epoch is complete yet, so there are no curves.</p>;
  const asked = parameter('curve');
  const part = asked !== null && parts.includes(asked) ? asked : parts[0]!;
  const logarithmic = parameter('scale') === 'log';
  const series = runs.flatMap(({ name, rows }, i): Series[] =>
    SPLITS.map((split) => ({
      name: `${name}, ${split}`,
      x: rows.map(({ epoch }) => epoch),
      y: rows.map((row) => row[split][part] ?? null),
      colour: i,
      dashed: split === 'validation',
    })),
  );
  const losses = new Set(runs.map(({ config }) => JSON.stringify([config.loss, config.penalties])));
  return (
    <>
      <div class="bar">
        <label>
          <span>Curve</span>
          <select
            value={part}
            onChange={({ currentTarget }) => setParameters({ curve: currentTarget.value })}
          >
            {parts.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={logarithmic}
            onChange={({ currentTarget }) => setParameters({ scale: currentTarget.checked ? 'log' : null })}
          />{' '}
          logarithmic
        </label>
      </div>
      <Curves
        title={`${part} by epoch; solid: training, dashed: validation`}
        series={series}
        xLabel="epoch"
        yLabel={part}
        logarithmic={logarithmic}
        height={320}
      />
      {losses.size > 1 && (
        <p class="hint">
          These runs minimise different losses. Compare the shape of the curves, not their height.
        </p>
      )}
    </>
  );
}

interface SidesProps extends Pick<SideBySideProps, 'runs'> {
  /** What a row is. */
  readonly of: string;
  readonly caption: string;
  readonly children: ComponentChildren;
}

/** A table with a column for each run, its colour beside its name. It scrolls by itself where it is too wide. */
function Sides({ runs, of, caption, children }: SidesProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="wide" aria-label={caption} tabIndex={0}>
      <table class="sides">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {runs.map(({ id, name }, i) => (
              <th scope="col" key={id}>
                <span class="swatch" style={{ background: classColour(i) }} aria-hidden="true" /> {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function Figures({ runs }: Pick<SideBySideProps, 'runs'>) {
  const keys = figuresOf(runs, FIGURE_KEYS);
  if (keys.length === 0) return <p>No chosen run is finished, so there are no figures yet.</p>;
  const sameData = new Set(runs.map(({ dataset }) => dataset)).size === 1;
  return (
    <Sides
      runs={runs}
      of="Figure"
      caption={`Figures on the test split${sameData ? '' : '. The runs are on different data, so that none is marked as the best'}`}
    >
      {keys.map((key) => {
        const values = runs.map(({ figures }) => figures[key] ?? null);
        const known = values.filter((value) => value !== null);
        const better = sameData && new Set(known).size > 1 && key !== 'loss' ? betterOf(key) : null;
        const best = better === null ? null : better === 'lower' ? Math.min(...known) : Math.max(...known);
        return (
          <tr key={key}>
            <th scope="row" title={definitionOf(key)}>
              {longTitle(key, runs)}
            </th>
            {values.map((value, i) => (
              <td key={runs[i]!.id} class={value !== null && value === best ? 'number best' : 'number'}>
                {value === null ? '–' : shortNumber(value)}
                {value !== null && value === best && <span class="unseen"> (best)</span>}
              </td>
            ))}
          </tr>
        );
      })}
    </Sides>
  );
}

/** A recipe's prose is no setting. */
function settingsOf({ config }: RunDetails) {
  const { why: _why, reference: _reference, $schema: _schema, name: _name, ...settings } = config;
  return settings;
}

function Settings({ runs }: Pick<SideBySideProps, 'runs'>) {
  if (runs.length < 2) return null;
  const found = differences(runs.map(settingsOf));
  if (found.length === 0) return <p>Their settings are the same.</p>;
  return (
    <Sides runs={runs} of="Setting" caption="Settings that differ">
      {found.map(({ path, values }) => (
        <tr key={path}>
          <th scope="row">
            <code>{path}</code>
          </th>
          {values.map((value, i) => (
            <td key={runs[i]!.id}>{value ?? '–'}</td>
          ))}
        </tr>
      ))}
    </Sides>
  );
}
