/** A model at work: one picture or row in all its steps, or many by how unusual they are. */
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../address.ts';
import type { ViewProps } from '../../app.tsx';
import { inSettings } from '../../parts/remedy.ts';
import { isOfRows } from '../../parts/rows.ts';
import { AnomalyView } from './anomaly/index.tsx';
import { type Loaded, useLoaded, useRuns, withModel } from './loaded.ts';
import { OnePicture } from './one/index.tsx';
import { RowAnomalies } from './rows/anomalies.tsx';
import type { LoadedRows } from './rows/loaded.ts';
import { OneRow } from './rows/one-row.tsx';
import { SamplesView } from './samples/index.tsx';

const MODES = [null, 'anomalies', 'samples'] as const;
type Mode = (typeof MODES)[number];

export function Try({ host }: ViewProps) {
  const { runs, problem } = useRuns(host);
  const usable = withModel(runs ?? []);
  const id = parameter('run') ?? usable[0]?.id ?? null;
  const { loading, reload } = useLoaded(host, id);

  if (problem !== null && runs === null)
    return <p class="failed" role="alert">{`The runs cannot be read: ${problem}`}</p>;
  if (runs === null) return <p class="waiting">Reading the runs …</p>;
  if (id === null) return <NoModel />;
  const name = runs.find((run) => run.id === id)?.name ?? id;
  return (
    <div class="try">
      <div class="try-bar">
        <h2>Try</h2>
        <RunChoice runs={usable} id={id} name={name} />
        <Modes one={runs.find((run) => run.id === id)?.samples === 'row' ? 'One row' : 'One picture'} />
      </div>
      {loading.state === 'loading' && <p role="status">Loading the model …</p>}
      {loading.state === 'failed' && (
        <p class="failed" role="alert">
          {`The model of ${name} cannot be used: ${loading.problem}.`}
        </p>
      )}
      {loading.state === 'ready' && loading.loaded.run.id === id && (
        <>
          <Warning loaded={loading.loaded} />
          <Work
            key={id}
            {...{ host, runs: usable }}
            loaded={loading.loaded}
            mode={modeNow()}
            reload={reload}
          />
        </>
      )}
    </div>
  );
}

const modeNow = (): Mode => MODES.find((mode) => mode === parameter('mode')) ?? null;

interface WorkProps extends ViewProps {
  readonly runs: readonly RunEntry[];
  readonly loaded: Loaded | LoadedRows;
  readonly mode: Mode;
  readonly reload: () => void;
}

/** What is tried: rows or pictures, one or many. */
function Work({ host, runs, loaded, mode, reload }: WorkProps) {
  if (mode === 'samples') return <SamplesView host={host} loaded={loaded} onFitted={reload} />;
  if (loaded.kind === 'row')
    return mode === 'anomalies' ? <RowAnomalies loaded={loaded} /> : <OneRow loaded={loaded} />;
  if (mode === null) return <OnePicture loaded={loaded} />;
  const ofImages = runs.filter((run) => !isOfRows(run));
  return <AnomalyView host={host} runs={ofImages} loaded={loaded} />;
}

function RunChoice({ runs, id, name }: { runs: readonly RunEntry[]; id: string; name: string }) {
  return (
    <label>
      Model{' '}
      <select
        value={id}
        onChange={({ currentTarget }) => {
          // What is drawn and chosen stays: models are compared on the same picture.
          setParameters({
            run: currentTarget.value,
            x: null,
            y: null,
            threshold: null,
            at: null,
            row: null,
            class: null,
            as: null,
          });
        }}
      >
        {runs.every((run) => run.id !== id) && <option value={id}>{name}</option>}
        {runs.map((run) => (
          <option key={run.id} value={run.id}>
            {`${run.name} (${run.recipe}, ${run.dataset})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Modes({ one }: { one: string }) {
  const mode = modeNow();
  return (
    <fieldset class="modes">
      <legend class="unseen">What to try</legend>
      {MODES.map((name) => (
        <label key={name ?? 'one'}>
          <input
            type="radio"
            name="mode"
            checked={mode === name}
            onChange={() => setParameters({ mode: name })}
          />
          {name === null ? one : name === 'samples' ? 'Samples' : 'Anomalies'}
        </label>
      ))}
    </fieldset>
  );
}

function NoModel() {
  return (
    <div class="empty">
      <h2>Try</h2>
      <p>
        There is no trained model yet. <a href="#train">Train one</a>: with the digits that come along it
        takes less than a minute. Then draw here, and see what the model makes of it.
      </p>
    </div>
  );
}

/** A model that is useless says so before it is tried. */
function Warning({ loaded }: { loaded: Pick<Loaded, 'model'> }) {
  const useless = loaded.model.diagnosis?.findings.find(({ level }) => level === 'useless');
  if (useless === undefined) return null;
  return (
    <p class="warning" role="note">
      {useless.sentence} {inSettings(useless.remedy)}
    </p>
  );
}
