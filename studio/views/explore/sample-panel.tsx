/** What the panel of one sample has, whatever samples are: ways to walk, its neighbours, its code. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { short } from '../../parts/plot/ticks.ts';
import { codeOf, nearestTo } from './codes.ts';
import type { Explorer } from './explorer.ts';
import { setParameters } from './settings.ts';

const NEIGHBOURS = 10;
const MOST_UNITS = 32;
/** Milliseconds that the pointer must rest on a sample: the search takes time that what is decoded would wait for. */
const REST = 120;

/** The samples whose codes are nearest to that of one; empty until they are found. */
export function useNearest(explorer: Explorer, index: number | null) {
  const near = useSignal<readonly { index: number; distance: number }[]>([]);
  useEffect(() => {
    near.value = [];
    if (index === null) return;
    const abort = new AbortController();
    const search = () =>
      nearestTo(explorer.codes, index, NEIGHBOURS, abort.signal).then(
        (found) => {
          if (!abort.signal.aborted) near.value = found;
        },
        () => {},
      );
    const timer = setTimeout(search, explorer.hovered.peek() === null ? 0 : REST);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [explorer, index, near]);
  return near.value;
}

export function WalkButtons({ explorer, index }: { explorer: Explorer; index: number }) {
  return (
    <div class="row">
      <button type="button" onClick={() => setParameters({ from: index, to: null, panel: 'walk' })}>
        Walk from here
      </button>
      <button type="button" onClick={() => setParameters({ to: index, panel: 'walk' })}>
        Walk to here
      </button>
      {explorer.selected !== null && (
        <button type="button" onClick={() => explorer.select(null)}>
          Let go
        </button>
      )}
    </div>
  );
}

export function CodeOf({ explorer, index }: { explorer: Explorer; index: number }) {
  const code = codeOf(explorer.codes, index);
  return (
    <>
      <h3>Code</h3>
      <p class="code">
        {Array.from(code.subarray(0, MOST_UNITS), short).join('  ')}
        {code.length > MOST_UNITS && ` … (${code.length.toLocaleString('en')} units)`}
      </p>
    </>
  );
}
