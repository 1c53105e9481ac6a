/** The table of runs: sorted by a click on a column's head, with tags, downloads and deletion. On small screens each run is a card. */
import { useRef, useState } from 'preact/hooks';
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { addressOf, setParameters } from '../../address.ts';
import type { Host } from '../../host/host.ts';
import { moment, shortNumber, wholeNumber } from '../../parts/numbers.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { definitionOf, shortTitle } from './figure-words.ts';
import { FACTS } from './rows.ts';
import { Tags } from './tags.tsx';

/** Figures that are shown without being asked for, where a run has them. */
const FIRST_FIGURES = ['mse', 'ssim', 'loss'];

export interface RunsTableProps {
  readonly host: Host;
  readonly runs: readonly RunEntry[];
  /** The keys of all figures there are. */
  readonly figures: readonly string[];
  readonly chosen: readonly string[];
  readonly sort: string;
  readonly descending: boolean;
  readonly onChoose: (id: string, on: boolean) => void;
  readonly onChanged: () => void;
}

const shownFact: Readonly<Record<string, (run: RunEntry) => string>> = {
  recipe: ({ recipe }) => recipe,
  dataset: ({ dataset }) => dataset,
  state: ({ state }) => state,
  epoch: ({ epoch, epochs }) => (epoch === epochs ? String(epoch) : `${epoch} of ${epochs}`),
  parameters: ({ parameters }) => wholeNumber(parameters),
  startedAt: ({ startedAt }) => moment(startedAt),
};

export function RunsTable(props: RunsTableProps) {
  const { host, runs, figures, chosen, sort, descending, onChoose, onChanged } = props;
  const [deleting, setDeleting] = useState<RunEntry | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const shown = FIRST_FIGURES.filter((key) => figures.includes(key));
  if (sort.startsWith('figure:') && !shown.includes(sort.slice(7))) shown.push(sort.slice(7));
  const head = (key: string, title: string, hint?: string) => (
    <th key={key} scope="col" aria-sort={sort === key ? (descending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        class="sort"
        title={hint}
        onClick={() => setParameters({ sort: sort === key && !descending ? `-${key}` : key })}
      >
        {title}
        <span aria-hidden="true">{sort === key ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
  return (
    <>
      <div class="runs">
        <table ref={table}>
          <caption class="unseen">Runs; the heads of columns sort them</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Chosen</span>
              </th>
              {Object.entries(FACTS).map(([key, { title }]) => head(key, title))}
              {shown.map((key) => head(`figure:${key}`, shortTitle(key), definitionOf(key)))}
              <th scope="col">
                <span class="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id} class={chosen.includes(run.id) ? 'chosen' : undefined}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Choose ${run.name}`}
                    disabled={run.broken !== null}
                    checked={chosen.includes(run.id)}
                    onChange={({ currentTarget }) => onChoose(run.id, currentTarget.checked)}
                  />
                </td>
                <th scope="row">
                  <span class="name">{run.name}</span>
                  <Tags run={run} onTags={(tags) => host.tag(run.id, tags).then(onChanged)} />
                </th>
                {run.broken === null ? (
                  <>
                    {Object.entries(shownFact).map(([key, of]) => (
                      <td
                        key={key}
                        data-title={FACTS[key]!.title}
                        class={key === 'state' ? run.state : undefined}
                      >
                        {of(run)}
                      </td>
                    ))}
                    {shown.map((key) => {
                      const value = run.figures[key];
                      return (
                        <td key={key} data-title={shortTitle(key)} class="number">
                          {value == null ? '–' : shortNumber(value)}
                        </td>
                      );
                    })}
                  </>
                ) : (
                  <td class="failed" colSpan={Object.keys(shownFact).length + shown.length}>
                    {`cannot be read: ${run.broken}`}
                  </td>
                )}
                <td class="actions">
                  {run.broken === null && <Links run={run} />}
                  <button type="button" onClick={() => setDeleting(run)} aria-label={`Delete ${run.name}`}>
                    Delete
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {deleting !== null && (
        <DeleteDialog
          run={deleting}
          onDelete={async () => {
            await host.remove(deleting.id);
            onChoose(deleting.id, false);
            onChanged();
          }}
          onClose={() => {
            setDeleting(null);
            // The dialog gives the focus back to its button, unless that is gone with the run.
            requestAnimationFrame(() => {
              if (document.activeElement === document.body)
                table.current?.querySelector<HTMLElement>('button')?.focus();
            });
          }}
        />
      )}
    </>
  );
}

/** Where the run can be watched, explored and tried. */
function Links({ run }: { run: RunEntry }) {
  const finished = run.state === 'finished';
  return (
    <>
      {finished && <a href={addressOf('explore', { run: run.id })}>Explore</a>}
      {finished && <a href={addressOf('try', { run: run.id })}>Try</a>}
      <a href={addressOf('train', { run: run.id })}>{finished ? 'Curves' : 'Watch'}</a>
    </>
  );
}
