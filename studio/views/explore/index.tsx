/** Explore: the codes of a run's images on a plane, and what the decoder makes of any place on it. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ImageSet, RunEntry } from '../../../src/studio/protocol.ts';
import { addressOf } from '../../address.ts';
import type { ViewProps } from '../../app.tsx';
import type { Host } from '../../host/host.ts';
import { encodeAll, errorsOf } from './codes.ts';
import { colouring } from './colouring.ts';
import { ImagePanel, Pictures } from './details.tsx';
import { Explorer } from './explorer.ts';
import { Legend } from './legend.tsx';
import { Paint } from './paint.tsx';
import { Plane } from './plane.tsx';
import { ofOneUnit, ofPrincipalAxes, ofUnits } from './projection.ts';
import { Selection } from './selection.tsx';
import {
  axes,
  colourBy,
  PANELS,
  type Panel,
  panel,
  parameter,
  plane,
  type Split,
  setParameters,
  split,
} from './settings.ts';
import { Sliders } from './sliders.tsx';
import { SpaceScene } from './space.tsx';
import { PlaneChoice, RunChoice } from './toolbar.tsx';
import { umapOf } from './umap.ts';
import { Walk } from './walk.tsx';

const inLine = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function Explore({ host }: ViewProps) {
  const runs = useSignal<readonly RunEntry[] | null>(null);
  const failure = useSignal<string | null>(null);
  useEffect(() => {
    host.runs().then(
      (found) => {
        runs.value = found;
      },
      (error) => {
        failure.value = inLine(error);
      },
    );
  }, [host, runs, failure]);
  if (failure.value !== null) return <p class="failed">The runs could not be listed: {failure.value}</p>;
  if (runs.value === null) return <p class="soft">Loading the runs …</p>;
  const given = parameter('run');
  const usable = runs.value.filter(({ broken }) => broken === null);
  const run = runs.value.find(({ id }) => id === given) ?? (given === null ? usable[0] : undefined);
  if (run === undefined) {
    return (
      <>
        <h2>Explore</h2>
        <p>
          {given !== null
            ? 'This run is not here: it may have been deleted.'
            : 'There is no run yet whose codes could be explored.'}{' '}
          <a href={addressOf('train')}>Train a model</a>
          {given !== null && usable.length > 0 && (
            <>
              , or <a href={addressOf('explore')}>open the newest run</a>
            </>
          )}
          .
        </p>
      </>
    );
  }
  return (
    <div class="explore">
      <h2 class="unseen">Explore {run.name}</h2>
      {run.broken === null ? (
        <LoadedRun key={`${run.id} ${split()}`} host={host} run={run} runs={runs.value} chosen={split()} />
      ) : (
        <>
          <div class="bar">
            <RunChoice runs={runs.value} run={run.id} />
          </div>
          <p class="failed">This run cannot be read: {run.broken}</p>
        </>
      )}
    </div>
  );
}

interface Doing {
  readonly what: string;
  readonly done: number;
  readonly of: number;
}

/** The codes of what was explored last, so that coming back to this view does not compute them again. */
const kept: { key: string; explorer: Explorer }[] = [];
const KEPT = 2;

async function open(
  host: Host,
  run: RunEntry,
  chosen: Split,
  signal: AbortSignal,
  onDoing: (doing: Doing) => void,
) {
  const key = `${run.id} ${chosen} ${run.epoch}`;
  const known = kept.find((each) => each.key === key);
  if (known !== undefined)
    return new Explorer(known.explorer.model, known.explorer.set, known.explorer.codes);
  onDoing({ what: 'Loading the model', done: 0, of: 0 });
  const model = await host.model(run.id);
  signal.throwIfAborted();
  onDoing({ what: 'Loading the images', done: 0, of: 0 });
  const sets = await Promise.all(
    (chosen === 'all' ? (['train', 'test'] as const) : [chosen]).map((each) => host.images(run.id, each)),
  );
  signal.throwIfAborted();
  const set = joined(sets);
  if (set.count === 0) throw new Error('this split has no images: choose other ones');
  const codes = await encodeAll(model, set, {
    signal,
    onProgress: (done, of) => onDoing({ what: 'Computing codes', done, of }),
  });
  const explorer = new Explorer(model, set, codes);
  kept.unshift({ key, explorer });
  kept.length = Math.min(kept.length, KEPT);
  return explorer;
}

function joined(sets: readonly ImageSet[]): ImageSet {
  const first = sets[0]!;
  if (sets.length === 1) return first;
  const concat = (parts: readonly Uint8Array[]) => {
    const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  return {
    ...first,
    count: sets.reduce((sum, { count }) => sum + count, 0),
    values: concat(sets.map(({ values }) => values)),
    labels: concat(sets.map(({ labels }) => labels)),
  };
}

function LoadedRun({
  host,
  run,
  runs,
  chosen,
}: {
  host: Host;
  run: RunEntry;
  runs: readonly RunEntry[];
  chosen: Split;
}) {
  const explorer = useSignal<Explorer | null>(null);
  const doing = useSignal<Doing | null>(null);
  const failure = useSignal<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    open(host, run, chosen, abort.signal, (now) => {
      doing.value = now;
    }).then(
      (found) => {
        if (abort.signal.aborted) return;
        explorer.value = found;
        doing.value = null;
      },
      (error) => {
        if (!abort.signal.aborted) failure.value = inLine(error);
      },
    );
    return () => abort.abort();
  }, [host, run, chosen, explorer, doing, failure]);
  const now = explorer.value;
  return (
    <>
      <div class="bar">
        <RunChoice runs={runs} run={run.id} />
        {now !== null && <PlaneChoice explorer={now} />}
      </div>
      {failure.value !== null ? (
        <p class="failed">This run's codes cannot be shown: {failure.value}</p>
      ) : now === null ? (
        <Progress doing={doing.value} />
      ) : (
        <Explored key={run.id} explorer={now} name={run.name} />
      )}
    </>
  );
}

function Progress({ doing, onCancel }: { doing: Doing | null; onCancel?: () => void }) {
  const { what, done, of } = doing ?? { what: 'Loading', done: 0, of: 0 };
  return (
    <div class="progress" role="status">
      <div>
        {what}
        {of > 0 && ` · ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`}
        {of > 0 ? <progress aria-label={what} value={done} max={of} /> : <progress aria-label={what} />}
      </div>
      {onCancel !== undefined && (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}

const PANEL_NAMES: Readonly<Record<Panel, string>> = {
  image: 'Image',
  sliders: 'Sliders',
  paint: 'Paint',
  walk: 'Walk',
  selection: 'Selection',
};

function Explored({ explorer, name }: { explorer: Explorer; name: string }) {
  const { units, count } = explorer.codes;
  const { classes } = explorer.set;
  const now = plane(units);
  const chosen = axes(units).join();
  const doing = useSignal<Doing | null>(null);
  const failure = useSignal<string | null>(null);
  const coloured = useComputed(() => colouring(explorer, colourBy(units, classes.length)));

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    explorer.projection.value = null;
    failure.value = null;
    const made = async () => {
      const own = chosen.split(',').map(Number);
      if (now === 'space') return ofUnits(explorer.codes, own);
      if (units === 1) return ofOneUnit(explorer.codes, explorer.set.labels);
      if (now === 'units') return ofUnits(explorer.codes, own.slice(0, 2));
      if (now === 'axes') return ofPrincipalAxes(explorer.codes, 2, signal);
      doing.value = { what: 'UMAP looks for neighbours', done: 0, of: 0 };
      return umapOf(explorer.codes, {
        signal,
        onProgress: (done, of) => {
          doing.value = { what: 'UMAP', done, of };
        },
      });
    };
    made().then(
      (found) => {
        if (signal.aborted) return;
        doing.value = null;
        explorer.projection.value = found;
        explorer.restorePoint();
      },
      (error) => {
        if (signal.aborted) return;
        doing.value = null;
        failure.value = inLine(error);
      },
    );
    return () => abort.abort();
  }, [explorer, now, chosen, units, doing, failure]);

  // The errors of all images are computed when they are first asked for.
  const byError = colourBy(units, classes.length) === 'error';
  const measuring = useSignal<Doing | null>(null);
  useEffect(() => {
    if (!byError || explorer.errors.peek() !== null) return;
    const abort = new AbortController();
    errorsOf(explorer.model, explorer.set, explorer.codes, {
      signal: abort.signal,
      onProgress: (done, of) => {
        measuring.value = { what: 'Computing errors', done, of };
      },
    }).then(
      (errors) => {
        measuring.value = null;
        explorer.errors.value = errors;
      },
      (error) => {
        measuring.value = null;
        if (!abort.signal.aborted) failure.value = inLine(error);
      },
    );
    return () => abort.abort();
  }, [explorer, byError, measuring, failure]);

  useSignalEffect(() => explorer.decode({ code: explorer.code.value, index: explorer.shown.value }));

  const projection = explorer.projection.value;
  const shown = panel();
  return (
    <div class="halves">
      <div class="left">
        {doing.value !== null && (
          <Progress doing={doing.value} onCancel={() => setParameters({ plane: null })} />
        )}
        {failure.value !== null && <p class="failed">{failure.value}</p>}
        {projection !== null &&
          (now === 'space' && projection.places.length === 3 ? (
            <SpaceScene explorer={explorer} projection={projection} coloured={coloured} />
          ) : (
            <Plane explorer={explorer} projection={projection} coloured={coloured} />
          ))}
        {measuring.value !== null && <Progress doing={measuring.value} />}
        <Legend explorer={explorer} coloured={coloured} />
        {projection !== null && (
          <p class="soft">
            {projection.note}
            {explorer.set.count > count &&
              ` The first ${count.toLocaleString('en')} of ${explorer.set.count.toLocaleString('en')} images are shown: codes of ${units.toLocaleString('en')} units take much memory.`}
          </p>
        )}
        {explorer.broken > 0 && (
          <p class="failed">
            {explorer.broken === count
              ? 'The codes of all images hold values that are not numbers: nothing can be shown. The training has probably diverged; lower its learning rate.'
              : `${explorer.broken.toLocaleString('en')} of ${count.toLocaleString('en')} images have a code with values that are not numbers; they are not shown.`}
          </p>
        )}
      </div>
      <aside class="right" aria-label="Details">
        <Pictures explorer={explorer} />
        <nav class="panels" aria-label="Panels">
          {PANELS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === shown}
              onClick={() => setParameters({ panel: each === 'image' ? null : each })}
            >
              {PANEL_NAMES[each]}
              {each === 'selection' &&
                explorer.chosen.value.length > 0 &&
                ` (${explorer.chosen.value.length.toLocaleString('en')})`}
            </button>
          ))}
        </nav>
        <div class="panel">
          {shown === 'image' && <ImagePanel explorer={explorer} />}
          {shown === 'sliders' && <Sliders explorer={explorer} />}
          {shown === 'paint' && <Paint explorer={explorer} />}
          {shown === 'walk' && <Walk explorer={explorer} name={name} />}
          {shown === 'selection' && <Selection explorer={explorer} name={name} />}
        </div>
      </aside>
    </div>
  );
}
