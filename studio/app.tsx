/** The frame of the page: views as tabs, where the work is done, light or dark. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { addressOf, parameter, view } from './address.ts';
import { connection, onReturn } from './host/connection.ts';
import type { Host } from './host/host.ts';
import { fetchFiles } from './view-files.ts';
import { VIEWS, type View } from './view-names.ts';
import { followAddress, parametersOf, place } from './views/learn/place.ts';
import { TourBar } from './views/learn/tour-bar.tsx';
import { Train } from './views/train/index.tsx';

export interface ViewProps {
  readonly host: Host;
}

interface Tab {
  readonly title: string;
  /** Loads what it shows: nobody waits for a view that is not on screen. */
  readonly load: () => Promise<ComponentType<ViewProps>>;
}

const TABS: Readonly<Record<View, Tab>> = {
  train: { title: 'Train', load: async () => Train },
  explore: {
    title: 'Explore',
    load: async () => (await import('./views/explore/index.tsx')).Explore,
  },
  try: { title: 'Try', load: async () => (await import('./views/try/index.tsx')).Try },
  compare: {
    title: 'Compare',
    load: async () => (await import('./views/compare/index.tsx')).Compare,
  },
  learn: { title: 'Learn', load: async () => (await import('./views/learn/index.tsx')).Learn },
};

followAddress();

/** A view, once it is loaded. */
function Shown({ of, host }: { of: View; host: Host }) {
  const [loaded, setLoaded] = useState<{ of: View; Content: ComponentType<ViewProps> } | string | null>(
    of === 'train' ? { of, Content: Train } : null,
  );
  const [attempt, setAttempt] = useState(0);
  const again = () => setAttempt((count) => count + 1);
  useEffect(() => {
    let [isGone, isMissing, isBack] = [false, false, false];
    // What comes back while the view is being loaded may come too late for it.
    const end = onReturn(() => {
      isBack = true;
      if (isMissing) again();
    });
    fetchFiles(of)
      .then(TABS[of].load)
      .then(
        (Content) => isGone || setLoaded({ of, Content }),
        (error: Error) => {
          if (isGone) return;
          isMissing = true;
          if (isBack) again();
          else setLoaded(error.message);
        },
      );
    return () => {
      isGone = true;
      end();
    };
  }, [of, attempt]);
  if (typeof loaded === 'string') {
    return (
      <div class="failed" role="alert">
        <p>{`This view cannot be loaded: ${loaded}. Nothing is lost: what trains goes on.`}</p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  if (loaded?.of !== of) return <p class="waiting">Loading …</p>;
  return <loaded.Content host={host} />;
}

export function App({ host }: ViewProps) {
  const run = parameter('run');
  return (
    <>
      <header class="top">
        <h1>hourglass</h1>
        <nav aria-label="Views">
          {VIEWS.map((each) => (
            <a
              key={each}
              href={addressOf(each, { run, ...parametersOf(place.value) })}
              aria-current={each === view.value ? 'page' : undefined}
            >
              {TABS[each].title}
            </a>
          ))}
        </nav>
        <p class="where">
          {host.kind === 'node'
            ? 'Trains on this machine, by hourglass on Node'
            : 'Everything runs in this page'}
        </p>
      </header>
      {connection.value === 'lost' && (
        <p class="lost" role="alert">
          The studio does not answer. Nothing is lost: trainings go on, and this page connects again by
          itself.
        </p>
      )}
      <TourBar host={host} />
      <main data-view={view.value}>
        <Shown of={view.value} host={host} />
      </main>
    </>
  );
}
