/** Which host is behind this page: a server that answers at `api/`, or none. */
import type { Host } from './host.ts';

export async function findHost(): Promise<Host> {
  throw new Error('no host is written yet');
}
