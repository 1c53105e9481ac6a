import { expect, test } from 'vitest';
import { queueAddress } from './address.ts';

test('credentials are in the address that connects, and in none that is shown', () => {
  const env = { HOURGLASS_QUEUE_USER: 'u', HOURGLASS_QUEUE_PASSWORD: 'p@ss' };
  const { kind, url, shown, secrets } = queueAddress('rediss://queue:6380/2', env);
  expect({ kind, url, shown }).toEqual({
    kind: 'redis',
    url: 'rediss://u:p%40ss@queue:6380/2',
    shown: 'rediss://queue:6380/2',
  });
  expect(secrets).toEqual(['p%40ss', 'p@ss']);
  const postgres = queueAddress('postgres://a:b@db/x?sslmode=verify-full&password=c&sslkey=d', {});
  expect(postgres).toMatchObject({ kind: 'postgres', shown: 'postgres://db/x?sslmode=verify-full' });
  expect(postgres.secrets).toEqual(['b', 'c']);
  expect(queueAddress(undefined, { HOURGLASS_QUEUE: 'redis://h' }).url).toBe('redis://h');
});

test.each([
  [undefined, /--queue: needs the address/],
  ['queue:6379', /must be an address of the form/],
  ['http://queue', /got http:\/\/…/],
  ['redis://user:hush@', /must be an address/],
])('%s is refused, and quoted without its password', (given, message) => {
  expect(() => queueAddress(given, {})).toThrow(message);
  expect(() => queueAddress(given, {})).not.toThrow(/hush/);
});
