/** Where a queue is: the address of its server, with credentials from the environment, and the address as it may be shown. */
import { HourglassError } from '../errors.ts';

export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** With credentials: never to be printed or recorded. */
  readonly url: string;
  /** Without them. */
  readonly shown: string;
  /** What no message may contain. */
  readonly secrets: readonly string[];
}

const KINDS: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/** Parameters of a connection that say how it is encrypted; the others may be secrets. */
const SHOWN_PARAMETERS = ['sslmode', 'family'];

/**
 * @param given the address, or undefined for that in HOURGLASS_QUEUE. User and password that it lacks are those in
 * HOURGLASS_QUEUE_USER and HOURGLASS_QUEUE_PASSWORD.
 * @throws HourglassError (usage) if there is none, or it is not the address of a queue.
 */
export function queueAddress(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  const text = given ?? env.HOURGLASS_QUEUE;
  if (text === undefined || text === '') {
    throw new HourglassError('usage', {
      subject: '--queue',
      rule: 'needs the address of a queue, or HOURGLASS_QUEUE in the environment',
      hint: 'for example redis://localhost:6379',
    });
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  const kind = url === null ? undefined : KINDS[url.protocol];
  if (url === null || kind === undefined || url.hostname === '') {
    throw new HourglassError('usage', {
      subject: '--queue',
      rule: 'must be an address of the form redis://, rediss://, postgres:// or postgresql://host:port',
      // What is not an address may still hold a password.
      ...(url !== null && kind === undefined ? { got: `${url.protocol}//…` } : {}),
    });
  }
  if (url.username === '' && env.HOURGLASS_QUEUE_USER) url.username = env.HOURGLASS_QUEUE_USER;
  if (url.password === '' && env.HOURGLASS_QUEUE_PASSWORD) url.password = env.HOURGLASS_QUEUE_PASSWORD;
  return { kind, url: url.href, shown: shownUrl(url), secrets: secretsOf(url) };
}

function shownUrl(url: URL): string {
  const shown = new URL(url.href);
  shown.username = '';
  shown.password = '';
  for (const name of [...shown.searchParams.keys()])
    if (!SHOWN_PARAMETERS.includes(name)) shown.searchParams.delete(name);
  shown.hash = '';
  return shown.href;
}

function secretsOf(url: URL): string[] {
  const parameters = [...url.searchParams].flatMap(([name, value]) => (/pass/i.test(name) ? [value] : []));
  const written = [url.password, ...parameters].filter((one) => one !== '');
  return [...new Set([...written, ...written.map(decoded)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
