/** Whether the reader wants less motion, as the system says now. */
import { signal } from '@preact/signals';

const media = matchMedia('(prefers-reduced-motion: reduce)');
export const reducedMotion = signal(media.matches);
media.addEventListener('change', ({ matches }) => {
  reducedMotion.value = matches;
});
