/** The cells of a table in words. */
import { shortNumber } from '../numbers.ts';

export type Cell = number | string | null;

export const cellText = (cell: Cell): string =>
  cell === null ? 'missing' : typeof cell === 'number' ? shortNumber(cell) : cell;
