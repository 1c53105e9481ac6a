/** Which host is behind this page: a server that answers at `api/`, or none. */
import type { Host } from './host.ts';
import { pageHost } from './page-host.ts';

export async function findHost(): Promise<Host> {
  return pageHost();
}
