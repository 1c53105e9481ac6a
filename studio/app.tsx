/** The frame of the page: views as tabs, where the work is done, light or dark. */
import type { ComponentType } from 'preact';
import { addressOf, parameter, VIEWS, type View, view } from './address.ts';
import { connection } from './host/connection.ts';
import type { Host } from './host/host.ts';
import { Compare } from './views/compare/index.tsx';
import { Explore } from './views/explore/index.tsx';
import { Learn } from './views/learn/index.tsx';
import { followAddress, parametersOf, place } from './views/learn/place.ts';
import { TourBar } from './views/learn/tour-bar.tsx';
import { Train } from './views/train/index.tsx';
import { Try } from './views/try/index.tsx';

export interface ViewProps {
  readonly host: Host;
}

const TABS: Readonly<Record<View, { title: string; of: ComponentType<ViewProps> }>> = {
  train: { title: 'Train', of: Train },
  explore: { title: 'Explore', of: Explore },
  try: { title: 'Try', of: Try },
  compare: { title: 'Compare', of: Compare },
  learn: { title: 'Learn', of: Learn },
};

followAddress();

export function App({ host }: ViewProps) {
  const { of: Shown } = TABS[view.value];
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
        <Shown host={host} />
      </main>
    </>
  );
}
