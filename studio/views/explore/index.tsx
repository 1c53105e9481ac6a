/** Explore: the codes of a run's images or rows on a plane, and what the decoder makes of any place on it. */
import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { RunEntry, RunState } from '../../../src/studio/protocol.ts';
import { addressOf } from '../../address.ts';
import type { ViewProps } from '../../app.tsx';
import { onReturn } from '../../host/connection.ts';
import type { Host } from '../../host/host.ts';
import { Explored } from './explored.tsx';
import type { AnyExplorer } from './explorer-of.ts';
import { openRun } from './open-run.ts';
import { type Doing, Progress } from './progress.tsx';
import { parameter, type Split, split } from './settings.ts';
import { PlaneChoice, RunChoice } from './toolbar.tsx';

/** States of runs that have a model. */
const ENDED: readonly RunState[] = ['finished', 'stopped'];

const inLine = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function Explore({ host }: ViewProps) {
  const runs = useSignal<readonly RunEntry[] | null>(null);
  const failure = useSignal<string | null>(null);
  useEffect(() => {
    const read = () =>
      void host.runs().then(
        (found) => {
          runs.value = found;
          failure.value = null;
        },
        (error) => {
          failure.value = inLine(error);
        },
      );
    read();
    return onReturn(read);
  }, [host, runs, failure]);
  if (failure.value !== null && runs.value === null) {
    return (
      <p class="failed" role="alert">
        The runs could not be listed: {failure.value}
      </p>
    );
  }
  if (runs.value === null) return <p class="soft">Loading the runs …</p>;
  const given = parameter('run');
  const usable = runs.value.filter((each) => each.broken === null && ENDED.includes(each.state));
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
      {run.broken === null && ENDED.includes(run.state) ? (
        <LoadedRun key={`${run.id} ${split()}`} host={host} run={run} runs={runs.value} chosen={split()} />
      ) : (
        <>
          <div class="bar">
            <RunChoice runs={runs.value} run={run.id} />
          </div>
          {run.broken !== null ? (
            <p class="failed">This run cannot be read: {run.broken}</p>
          ) : run.state === 'failed' ? (
            <p class="failed">This run failed, so it has no model to explore. Choose another run.</p>
          ) : (
            <p>
              This run is still training. Its codes can be explored when it has ended;{' '}
              <a href={addressOf('train', { run: run.id })}>watch it train</a> meanwhile.
            </p>
          )}
        </>
      )}
    </div>
  );
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
  const explorer = useSignal<AnyExplorer | null>(null);
  const doing = useSignal<Doing | null>({ what: 'Loading', done: 0, of: 0 });
  const failure = useSignal<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const hasFailed = failure.value !== null;
  useEffect(() => (hasFailed ? onReturn(() => setAttempt((count) => count + 1)) : undefined), [hasFailed]);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    failure.value = null;
    openRun(host, run, chosen, {
      signal,
      show: (found) => {
        explorer.value = found;
      },
      onDoing: (now) => {
        doing.value = now;
      },
    }).then(
      () => {
        doing.value = null;
      },
      (error) => {
        if (signal.aborted) return;
        doing.value = null;
        failure.value = inLine(error);
      },
    );
    return () => abort.abort();
  }, [host, run, chosen, explorer, doing, failure, attempt]);
  const now = explorer.value;
  return (
    <>
      <div class="bar">
        <RunChoice runs={runs} run={run.id} />
        {now !== null && <PlaneChoice explorer={now} />}
        {doing.value !== null && <Progress doing={doing.value} />}
      </div>
      {failure.value !== null && (
        <p class="failed" role="alert">
          This run's codes cannot be shown: {failure.value}
        </p>
      )}
      {now !== null && <Explored newest={now} name={run.name} whole={doing.value === null} />}
    </>
  );
}
