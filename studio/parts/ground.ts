/** Whether the page is light or dark, and the colours that follow from it. Reading them in a component subscribes it. */
import { computed, signal } from '@preact/signals';
import { seriesColour, seriesColourOnDark } from '../../src/render/palette.ts';

const query = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page has a dark ground. */
export const dark = signal(query.matches);
query.addEventListener('change', ({ matches }) => {
  dark.value = matches;
});

/** The colour of the i-th class or series on the page's ground. */
export const classColour = (index: number): string =>
  dark.value ? seriesColourOnDark(index) : seriesColour(index);

/** Colours of a drawing that are not data: those of style.css. */
export const drawn = computed(() =>
  dark.value
    ? { ink: '#e6edf3', soft: '#9aa4ae', line: '#3a424b', grid: '#252c34', ground: '#12161b' }
    : { ink: '#1b1f24', soft: '#57606a', line: '#d0d7de', grid: '#e8ebee', ground: '#ffffff' },
);
