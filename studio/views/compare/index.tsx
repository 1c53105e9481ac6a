/** All runs in a table; those that are chosen side by side: curves, figures, settings. Below them the sweeps. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { RunDetails, RunEntry } from '../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../address.ts';
import type { ViewProps } from '../../app.tsx';
import { onReturn } from '../../host/connection.ts';
import type { Host } from '../../host/host.ts';
import { FIGURE_KEYS } from './figure-words.ts';
import { figuresOf, shownRuns } from './rows.ts';
import { RunsTable } from './runs-table.tsx';
import { SideBySide } from './side-by-side.tsx';
import { SortChoice } from './sort-choice.tsx';
import { Sweeps } from './sweeps.tsx';

/** Milliseconds after which the list is read again: other windows and the command line change it, too. */
const AGAIN = 4000;
/** More curves than this over one another cannot be told apart. */
const MOST_CHOSEN = 10;

export function Compare({ host }: ViewProps) {
  const { runs, problem, reload } = useRuns(host);
  const words = parameter('words') ?? '';
  const order = parameter('sort') ?? '-startedAt';
  const chosen = (parameter('runs') ?? '').split(',').filter(Boolean);
  const details = useDetails(host, chosen, runs);

  if (runs === null) {
    return problem === null ? (
      <p class="waiting">Reading the runs …</p>
    ) : (
      <p class="failed" role="alert">{`The runs cannot be read: ${problem}`}</p>
    );
  }
  if (runs.length === 0) {
    return (
      <div class="compare">
        <NoRuns />
        <Sweeps host={host} />
      </div>
    );
  }

  const [sort, descending] = [order.replace(/^-/, ''), order.startsWith('-')];
  const figures = figuresOf(runs, FIGURE_KEYS);
  const shown = shownRuns(runs, { words, sort, descending });
  const choose = (id: string, on: boolean) => {
    const next = on ? [...chosen, id].slice(-MOST_CHOSEN) : chosen.filter((each) => each !== id);
    setParameters({ runs: next.join(',') || null });
  };
  return (
    <div class="compare">
      <div class="bar">
        <h2>Runs</h2>
        <label>
          <span>Filter</span>
          <input
            type="search"
            value={words}
            placeholder="name, recipe, data, state, tag"
            onInput={({ currentTarget }) => setParameters({ words: currentTarget.value || null })}
          />
        </label>
        <SortChoice figures={figures} runs={runs} sort={sort} descending={descending} />
        <p role="status">
          {shown.length === runs.length ? `${runs.length} in all` : `${shown.length} of ${runs.length}`}
          {chosen.length > 0 && `; ${chosen.length} chosen`}
        </p>
        {chosen.length > 0 && (
          <button type="button" onClick={() => setParameters({ runs: null })}>
            Choose none
          </button>
        )}
      </div>
      {problem !== null && (
        <p
          class="failed"
          role="alert"
        >{`This list may be out of date, because the runs cannot be read: ${problem}`}</p>
      )}
      {shown.length === 0 ? (
        <p>No run has all these words.</p>
      ) : (
        <RunsTable
          host={host}
          runs={shown}
          figures={figures}
          chosen={chosen}
          sort={sort}
          descending={descending}
          onChoose={choose}
          onChanged={reload}
        />
      )}
      {chosen.length === 0 ? (
        <p class="hint">Choose runs in the table to see their curves, figures and settings side by side.</p>
      ) : (
        <SideBySide runs={details} missing={chosen.filter((id) => !runs.some((run) => run.id === id))} />
      )}
      <Sweeps host={host} />
    </div>
  );
}

function NoRuns() {
  return (
    <div class="empty">
      <h2>No runs yet</h2>
      <p>
        A training makes one. <a href="#train">Train a model</a>, and it is listed here with its figures.
      </p>
    </div>
  );
}

/** The list, read again every few seconds while the page is visible. */
function useRuns(host: Host) {
  const [runs, setRuns] = useState<readonly RunEntry[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reload = useCallback(async () => {
    try {
      setRuns(await host.runs());
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [host]);
  useEffect(() => {
    reload();
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), AGAIN);
    const end = onReturn(reload);
    return () => {
      clearInterval(timer);
      end();
    };
  }, [reload]);
  return { runs, problem, reload };
}

/** What is recorded of the chosen runs; read again when a run has got further. */
function useDetails(host: Host, chosen: readonly string[], runs: readonly RunEntry[] | null) {
  const [details, setDetails] = useState<readonly RunDetails[]>([]);
  const state = chosen
    .map((id) => {
      const run = runs?.find((each) => each.id === id);
      return run === undefined || run.broken !== null ? '' : `${id} ${run.state} ${run.epoch}`;
    })
    .filter(Boolean)
    .join('\n');
  useEffect(() => {
    let current = true;
    const ids = state.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')[0]!]));
    Promise.allSettled(ids.map((id) => host.run(id))).then((settled) => {
      if (!current) return;
      // A run that was deleted meanwhile is in the list no more.
      setDetails(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    });
    return () => {
      current = false;
    };
  }, [host, state]);
  return details;
}
