/** Checks of a request's head where Node's parser is more lenient than HTTP: the Host header, the target, the header count. */
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** The most headers of a request. Node silently drops those beyond its own limit, so that limit is switched off. */
const MOST_HEADERS = 100;

/**
 * Checks a request's head, and brings a target in absolute form (`GET http://name/path`) to a path and a Host header:
 * the name in the target is the one that counts (RFC 9112, 3.2.2).
 * @returns the problem to answer with, or null.
 */
export function problemOfHead(incoming: IncomingMessage): Problem | null {
  const { rawHeaders } = incoming;
  if (rawHeaders.length / 2 > MOST_HEADERS) {
    return new Problem(431, `A request may have at most ${MOST_HEADERS} headers.`);
  }
  const places = rawHeaders.flatMap((name, i) => (i % 2 === 0 && name.toLowerCase() === 'host' ? [i] : []));
  if (places.length !== 1) {
    return new Problem(
      400,
      places.length === 0 ? 'The Host header is missing.' : 'There is more than one Host header.',
    );
  }
  const target = incoming.url ?? '/';
  if (target.startsWith('/')) return null;
  const [, name, path] = /^https?:\/\/([^/?#@\\]+)(\/[^\\]*|\?.*)?$/i.exec(target) ?? [];
  if (name === undefined) return new Problem(400, 'The request target must be a path.');
  rawHeaders[places[0]! + 1] = name;
  incoming.headers.host = name;
  incoming.url = path === undefined ? '/' : path.startsWith('?') ? `/${path}` : path;
  return null;
}
