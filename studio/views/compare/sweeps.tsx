/** The sweeps of this machine as they run: a list, and of the chosen one its best trial, its curves and its trials. */
import { useEffect, useState } from 'preact/hooks';
import type { SweepDetails, SweepEntry, SweepTrial } from '../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../address.ts';
import type { Host } from '../../host/host.ts';
import { Curves } from '../../parts/curves.tsx';
import { moment, shortNumber, wholeNumber } from '../../parts/numbers.ts';
import { bestSoFar, countWords, figuresWords, leadingTrials, settingsWords } from './sweep-words.ts';

/** Milliseconds after which the list, and the chosen sweep, are read again. */
const AGAIN = 3000;
/** Rows that are shown before somebody asks for all. */
const FIRST_ROWS = 20;

export function Sweeps({ host }: { host: Host }) {
  const { sweeps, details, problem } = useSweeps(host, parameter('sweep'));
  if (sweeps.length === 0) return null;
  const chosen = parameter('sweep');
  return (
    <section aria-label="Sweeps">
      <div class="bar">
        <h2>Sweeps</h2>
        <p role="status">{`${sweeps.length} in all`}</p>
        {chosen !== null && (
          <button type="button" onClick={() => setParameters({ sweep: null })}>
            Close the sweep
          </button>
        )}
      </div>
      {problem !== null && <p class="failed" role="alert">{`The sweeps cannot be read: ${problem}`}</p>}
      <List sweeps={sweeps} chosen={chosen} />
      {details !== null && <Details key={details.id} sweep={details} />}
      {chosen !== null && details === null && problem === null && <p class="waiting">Reading the sweep …</p>}
    </section>
  );
}

function useSweeps(host: Host, chosen: string | null) {
  const [sweeps, setSweeps] = useState<readonly SweepEntry[]>([]);
  const [details, setDetails] = useState<SweepDetails | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    const read = async () => {
      try {
        const list = await host.sweeps();
        const entry = list.find(({ id, broken }) => id === chosen && broken === null);
        const found = entry === undefined ? null : await host.sweep(entry.id);
        if (isGone) return;
        setSweeps(list);
        setDetails(found);
        setProblem(chosen !== null && entry === undefined ? 'the chosen one is not here any more' : null);
      } catch (error) {
        if (!isGone) setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    read();
    const timer = setInterval(() => document.visibilityState === 'visible' && read(), AGAIN);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [host, chosen]);
  return { sweeps, details: details?.id === chosen ? details : null, problem };
}

const HEADS = ['Sweep', 'State', 'Recipe', 'Search', 'Trials', 'Best', 'Begun'];

function List({ sweeps, chosen }: { sweeps: readonly SweepEntry[]; chosen: string | null }) {
  return (
    <div class="runs">
      <table>
        <caption class="unseen">Sweeps; each opens by a click on its name</caption>
        <thead>
          <tr>
            {HEADS.map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sweeps.map((sweep) => (
            <tr key={sweep.id} class={sweep.id === chosen ? 'chosen' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={sweep.id === chosen}
                  disabled={sweep.broken !== null}
                  onClick={() => setParameters({ sweep: sweep.id === chosen ? null : sweep.id })}
                >
                  {sweep.name}
                </button>
              </th>
              {sweep.broken === null ? (
                <>
                  <td data-title="State" class={sweep.state}>
                    {sweep.state}
                  </td>
                  <td data-title="Recipe">{sweep.recipe}</td>
                  <td data-title="Search">{sweep.search}</td>
                  <td data-title="Trials" class="number">
                    {countWords(sweep)}
                  </td>
                  <td data-title="Best" class="number">
                    {sweep.best === null ? '–' : figuresWords(sweep, sweep.best)}
                  </td>
                  <td data-title="Begun">{moment(sweep.createdAt)}</td>
                </>
              ) : (
                <td class="failed" colSpan={HEADS.length - 1}>{`cannot be read: ${sweep.broken}`}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Details({ sweep }: { sweep: SweepDetails }) {
  const [first] = sweep.objectives;
  const leading = leadingTrials(sweep.shown);
  return (
    <div class="sweep">
      <h3>{sweep.name}</h3>
      <p>
        {sweep.best === null
          ? 'No trial is complete yet.'
          : `Best: trial ${sweep.best.number}, ${figuresWords(sweep, sweep.best)} on the validation split, with ${settingsWords(sweep, sweep.best)}.`}
      </p>
      <div class="charts">
        {sweep.points.length > 1 && (
          <Curves
            title={`${first!.name} of each complete trial`}
            series={[
              {
                name: 'trial',
                x: sweep.points.map(([number]) => number),
                y: sweep.points.map(([, value]) => value),
                dots: true,
              },
              { name: 'best so far', ...bestSoFar(sweep) },
            ]}
            xLabel="trial"
            yLabel={first!.name}
          />
        )}
        {leading.some(({ losses }) => losses.length > 1) && (
          <Curves
            title="Validation loss by epoch: trials that run, and the best"
            series={leading.map(({ number, state, losses }, i) => ({
              name: `trial ${number}${state === 'running' ? ', runs' : ''}`,
              x: losses.map((_, i) => i + 1),
              y: losses,
              colour: i,
              dashed: state === 'running',
            }))}
            xLabel="epoch"
            yLabel="validation loss"
          />
        )}
      </div>
      <Trials sweep={sweep} />
    </div>
  );
}

function Trials({ sweep }: { sweep: SweepDetails }) {
  const [all, setAll] = useState(false);
  const { shown, objectives, settings, counts, best } = sweep;
  const rows = all ? shown : shown.slice(0, FIRST_ROWS);
  const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return (
    <>
      <div class="runs">
        <table>
          <caption>
            {`Trials: those that run, then the best first${shown.length < count ? `; ${shown.length} of ${wholeNumber(count)}` : ''}`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Trial</th>
              <th scope="col">State</th>
              {objectives.map(({ key, name }) => (
                <th
                  scope="col"
                  key={key}
                  title={`on the validation split; ${objectives.find((one) => one.key === key)!.better} is better`}
                >
                  {name}
                </th>
              ))}
              {settings.map(({ name, path }) => (
                <th scope="col" key={path} title={path}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((trial) => (
              <tr key={trial.number} class={trial.number === best?.number ? 'chosen' : undefined}>
                <th scope="row">{`trial ${trial.number}`}</th>
                <td data-title="State" class={trial.state}>
                  {stateWords(trial)}
                </td>
                {objectives.map(({ key, name }, i) => (
                  <td key={key} data-title={name} class="number">
                    {trial.values?.[i] === undefined ? '–' : shortNumber(trial.values[i])}
                  </td>
                ))}
                {settings.map(({ name, path }, i) => (
                  <td key={path} data-title={name} class="number">
                    {trial.settings[i] || '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length > FIRST_ROWS && (
        <button type="button" onClick={() => setAll(!all)}>
          {all ? `Show the first ${FIRST_ROWS}` : `Show ${shown.length} trials`}
        </button>
      )}
    </>
  );
}

function stateWords({ state, losses, error }: SweepTrial): string {
  if (state === 'failed') return error === null ? 'failed' : `failed: ${error}`;
  if (state === 'complete' || losses.length === 0) return state;
  return `${state}${state === 'running' ? ',' : ' after'} ${losses.length} epoch${losses.length === 1 ? '' : 's'}`;
}
