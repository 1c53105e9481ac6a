/** Which host is behind this page: a server that answers at `api/`, or none. */
import type { Host } from './host.ts';
import { nodeHost } from './node-host.ts';
import { pageHost } from './page-host.ts';

export const findHost = async (): Promise<Host> => (await nodeHost()) ?? pageHost();
