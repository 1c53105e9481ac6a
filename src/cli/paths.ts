import { relative } from 'node:path';

/** A path from here, or the whole one where that would lead up and out. */
export function shown(path: string): string {
  const near = relative('', path);
  return near.startsWith('..') ? path : near || '.';
}
