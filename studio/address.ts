/**
 * What is on screen, in the address: a reload or a sent link shows the same. The view is the path of the fragment, the rest
 * are its parameters: `#explore?run=vae-1&x=0&y=1`.
 */
import { computed, signal } from '@preact/signals';
import { VIEWS, type View } from './view-names.ts';

const fragment = signal(location.hash);
addEventListener('hashchange', () => {
  fragment.value = location.hash;
});

const parts = computed(() => {
  const [path = '', query = ''] = fragment.value.replace(/^#/, '').split('?');
  return { path, query: new URLSearchParams(query) };
});

/** The view that is shown. */
export const view = computed<View>(() => VIEWS.find((each) => each === parts.value.path) ?? 'train');

/** A parameter of the address; null if it is absent. Reading it in a component subscribes the component. */
export const parameter = (name: string): string | null => parts.value.query.get(name);

/** All parameters of the address. Reading them in a component subscribes the component. */
export const parameters = (): readonly (readonly [string, string])[] => [...parts.value.query];

/** The address of a view with some parameters; null or absent ones are left out. */
export function addressOf(to: View, given: Readonly<Record<string, string | number | null>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== null) query.set(name, String(value));
  const text = query.toString();
  return `#${to}${text === '' ? '' : `?${text}`}`;
}

/** Milliseconds between changes of the browser's address: browsers refuse more than some hundred a minute. */
const INTERVAL = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Writes the address at once if none was written lately, else with the next one. */
function write(): void {
  if (timer !== undefined) return;
  const written = fragment.peek();
  history.replaceState(null, '', written);
  const shown = location.hash;
  timer = setTimeout(() => {
    timer = undefined;
    // Where somebody has gone elsewhere meanwhile, the new address stays.
    if (fragment.peek() !== written && location.hash === shown) write();
  }, INTERVAL);
}

/** Changes parameters of the view on screen. It replaces the entry of the browser's history: dragging a slider adds none. */
export function setParameters(given: Readonly<Record<string, string | number | null>>): void {
  const query = new URLSearchParams(parts.value.query);
  for (const [name, value] of Object.entries(given)) {
    if (value === null) query.delete(name);
    else query.set(name, String(value));
  }
  const to = addressOf(view.value, Object.fromEntries(query));
  fragment.value = to;
  write();
}
