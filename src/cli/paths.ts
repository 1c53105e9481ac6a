import { relative } from 'node:path';
import { printable } from '../printable.ts';

/** A path from here, or the whole one where that would lead up and out; as it may be printed. */
export const shown = (path: string): string => printable(near(path));

/** The same, to be quoted in a command. */
export function near(path: string): string {
  const here = relative('', path);
  return here.startsWith('..') ? path : here || '.';
}
