/**
 * Where the reader is in a tour, in the address: `tour-name=vae&tour-step=2&tour-runs=plain:id`. Other views replace the whole address;
 * what is about the tour is then put back, until the tour is left.
 */
import { effect, signal } from '@preact/signals';
import { parameter, setParameters, view } from '../../address.ts';
import type { Tour } from './tour.ts';
import { TOURS } from './tours/index.ts';

export interface Place {
  readonly tour: Tour;
  /** From 0. */
  readonly step: number;
  /** Ids of runs by the tour's names for them. */
  readonly runs: Readonly<Record<string, string>>;
}

/** The tour that is being taken; null if none is. */
export const place = signal<Place | null>(null);

export const parametersOf = (at: Place | null): Record<string, string | number | null> => ({
  'tour-name': at?.tour.id ?? null,
  'tour-step': at === null ? null : at.step + 1,
  'tour-runs': at === null ? null : runsText(at.runs),
});

/** Goes to a step; null leaves the tour. */
export function goTo(next: Place | null): void {
  place.value = next;
  setParameters(parametersOf(next));
}

const runsText = (runs: Place['runs']): string | null =>
  Object.entries(runs)
    .map(([name, id]) => `${name}:${id}`)
    .join(',') || null;

/** A place as the address has it; null if it names no tour. */
export function placeOf(
  tours: readonly Tour[],
  given: { readonly tour: string | null; readonly step: string | null; readonly runs: string | null },
): Place | null {
  const tour = tours.find(({ id }) => id === given.tour);
  if (tour === undefined) return null;
  const step = Math.min(tour.steps.length, Math.max(1, Math.round(Number(given.step)) || 1)) - 1;
  const runs: Record<string, string> = {};
  for (const pair of (given.runs ?? '').split(',')) {
    const [, name, id] = /^([\w-]+):(.+)$/.exec(pair) ?? [];
    if (name !== undefined && id !== undefined) runs[name] = id;
  }
  return { tour, step, runs };
}

/** Follows the address from now on. */
export function followAddress(): void {
  effect(() => {
    // Any change of the view is looked at, too.
    void view.value;
    const found = placeOf(TOURS, {
      tour: parameter('tour-name'),
      step: parameter('tour-step'),
      runs: parameter('tour-runs'),
    });
    if (found !== null) place.value = found;
    else if (place.peek() !== null) setParameters(parametersOf(place.peek()));
  });
}
