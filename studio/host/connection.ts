/** Whether the server behind the page answers. */
import { signal } from '@preact/signals';

export const connection = signal<'open' | 'lost'>('open');
