/** Whether the page is light or dark, and whether the reader wants less motion: as the system says, now. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Scheme } from './plot/class-colours.ts';

function follows<T>(query: string, value: (matches: boolean) => T): ReadonlySignal<T> {
  const media = matchMedia(query);
  const now = signal(value(media.matches));
  media.addEventListener('change', () => {
    now.value = value(media.matches);
  });
  return now;
}

export const scheme = follows<Scheme>('(prefers-color-scheme: dark)', (dark) => (dark ? 'dark' : 'light'));
export const reducedMotion = follows('(prefers-reduced-motion: reduce)', (reduce) => reduce);
