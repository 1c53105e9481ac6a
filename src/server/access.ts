/** Who may send requests: checks of the Host header, the origin of the page, and the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.ts';
import { isLoopback, type Settings } from './settings.ts';

/** Sent with every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

export type Gate = (headers: Headers, path: string) => void;

/**
 * A check of a request's headers that throws a {@link Problem}.
 *
 * On loopback the name in `Host` must be the machine's own: a page elsewhere whose name resolves to this machine (DNS
 * rebinding) sends its own name. Pages of other origins are refused; browsers send their origin.
 */
export function gate({ host, token, allowedHosts }: Pick<Settings, 'host' | 'token' | 'allowedHosts'>): Gate {
  const names = new Set([...allowedHosts.map((name) => name.toLowerCase()), bare(host)]);
  const wanted = token === null ? null : digest(token);
  return (headers, path) => {
    const called = headers.get('host') ?? '';
    const name = nameOf(called);
    if (isLoopback(host) && (name === null || !(isLoopback(name) || names.has(name)))) {
      throw new Problem(421, 'This service answers to the names localhost and 127.0.0.1; see --allow-host.');
    }
    const origin = headers.get('origin');
    const foreign = origin !== null && origin !== `http://${called}` && origin !== `https://${called}`;
    if (foreign || headers.get('sec-fetch-site') === 'cross-site') {
      throw new Problem(403, 'Pages of other origins may not use this service.');
    }
    if (wanted === null || path === '/health') return;
    const shown = credentials(headers.get('authorization') ?? '');
    if (shown !== null && timingSafeEqual(digest(shown), wanted)) return;
    throw new Problem(401, "Send the service's token as 'Authorization: Bearer <token>'.", {
      // Basic is for browsers, which ask for a password: that is the token, with any user name.
      'www-authenticate': 'Bearer realm="hourglass", Basic realm="hourglass", charset="UTF-8"',
    });
  };
}

/** The name in a Host header, without its port; null if there is none. */
function nameOf(host: string): string | null {
  const found = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return found === null ? null : bare(found[1]!);
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

/** Digests have equal lengths: comparing them reveals nothing about the token, not even its length. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function credentials(header: string): string | null {
  const [, scheme, value] = /^(bearer|basic) +(\S+)\s*$/i.exec(header) ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const at = pair.indexOf(':');
  return at < 0 ? null : pair.slice(at + 1);
}
