/** The ids of runs: what the page names them by. A request can name a run that is there, and no path. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** Made of the folder's name, so that it is the same after a restart. */
export const idOf = (folder: string): string =>
  createHash('sha256').update(basename(folder)).digest('base64url').slice(0, 16);
