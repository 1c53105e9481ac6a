import { relative } from 'node:path';
import { printable } from '../printable.ts';

/** A printable path: relative to the working directory, or absolute if it lies outside. */
export const shown = (path: string): string => printable(near(path));

/** The same, for use in a command. */
export function near(path: string): string {
  const here = relative('', path);
  return here.startsWith('..') ? path : here || '.';
}
