/** Files at an address: into the cache once, whole or not at all, from hosts that may be asked. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileAt, isAddress } from './address.ts';
import type { DataOptions, DownloadProgress } from './dataset.ts';
import { isTable, openSamples } from './open.ts';
import { NO_ENV, serve, temporaryFolder } from './testing.ts';

const ROWS = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 3}`);
const CSV = `a,b,c\n${ROWS.join('\n')}\n`;
const SHA256 = createHash('sha256').update(CSV).digest('hex');

let cache: string;
let options: DataOptions;
let servers: Server[];

beforeEach(async () => {
  cache = await temporaryFolder();
  options = { env: NO_ENV, cacheDir: cache, timeoutMs: 1000 };
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(cache, { recursive: true, force: true });
});

async function at(listener: RequestListener): Promise<string> {
  const { url, server } = await serve(listener);
  servers.push(server);
  return url;
}

const csv: RequestListener = (_, response) => response.end(CSV);
/** What the cache has, but for folders. */
const cached = async () =>
  (await readdir(cache, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test('tells addresses from names and paths', () => {
  expect(['https://a/b.csv', 'HTTP://a/b'].map(isAddress)).toEqual([true, true]);
  expect(['mnist', 'C:\\data', 'http/a', '/https://', 's3://a/b'].map(isAddress)).toEqual(
    Array(5).fill(false),
  );
});

test('a table is downloaded once, and is a file of this machine from then on', async () => {
  let asked = 0;
  const url = `${await at((request, response) => {
    asked++;
    csv(request, response);
  })}parts/rows%20of.csv?version=2`;
  const told: DownloadProgress[] = [];
  const set = await openSamples(url, { ...options, onProgress: (event) => told.push(event) });
  expect([set.width, set.table!.path.endsWith('rows_of.csv')]).toEqual([3, true]);
  expect(told.at(-1)).toMatchObject({ file: 'rows_of.csv', received: CSV.length });
  expect(await cached()).toEqual(['manifest.json', 'rows_of.csv']);
  expect(await readFile(set.table!.path, 'utf8')).toBe(CSV);
  expect((await openSamples(url, { ...options, offline: true })).table!.path).toBe(set.table!.path);
  expect(await isTable(await fileAt(url, options))).toBe(true);
  expect(asked).toBe(1);
});

test('a sum in the address is what the bytes must have, downloaded or in the cache', async () => {
  const url = `${await at(csv)}rows.csv`;
  await expect(fileAt(`${url}#sha256=${'0'.repeat(64)}`, options)).rejects.toThrow(
    /must have SHA-256 0{12}…/,
  );
  expect(await cached()).toEqual([]);
  const path = await fileAt(`${url}#sha256=${SHA256}`, options);
  expect(await fileAt(url, options)).toBe(path);
  await expect(fileAt(`${url}#sha256=${'0'.repeat(64)}`, options)).rejects.toThrow(
    /the cache has another file/,
  );
  await expect(fileAt(`${url}#part`, options)).rejects.toMatchObject({ kind: 'usage' });
});

test('a redirect is followed, to hosts that may be asked alone, and not in a circle', async () => {
  const other = await at(csv);
  const first = await at((request, response) =>
    response
      .writeHead(302, { location: request.url === '/round.csv' ? '/round.csv' : `${other}rows.csv` })
      .end(),
  );
  const [host, otherHost] = [new URL(first).host, new URL(other).host];
  expect(
    await readFile(await fileAt(`${first}a.csv`, { ...options, hosts: [host, otherHost] }), 'utf8'),
  ).toBe(CSV);
  await expect(fileAt(`${first}b.csv`, { ...options, hosts: [host] })).rejects.toThrow(
    `start the worker with --allow-host ${otherHost}`,
  );
  await expect(fileAt(`${other}c.csv`, { ...options, hosts: [] })).rejects.toThrow(/--allow-host/);
  await expect(fileAt(`${first}round.csv`, options)).rejects.toThrow(/more than 5 redirects/);
});

const broken: [string, RequestListener, RegExp][] = [
  ['404', (_, response) => response.writeHead(404).end('no'), /the server answered 404/],
  [
    'a redirect to a file of this machine',
    (_, response) => lead(response, 'file:///etc/passwd'),
    /leads to file:/,
  ],
  [
    'a body that is cut',
    (_, response) => {
      response.writeHead(200, { 'content-length': 5000 }).write('some');
      setTimeout(() => response.destroy(), 20);
    },
    /terminated|closed|socket/,
  ],
  ['silence', () => {}, /no answer within 1 s/],
  [
    'too much',
    (_, response) => response.writeHead(200, { 'content-length': 1e12 }).flushHeaders(),
    /1000000000000 bytes, more than/,
  ],
];

const lead = (response: Parameters<RequestListener>[1], location: string) =>
  response.writeHead(302, { location }).end();

test.each(broken)('%s is an error in one line, and leaves nothing', async (_, listener, message) => {
  const failed = fileAt(`${await at(listener)}rows.csv`, options);
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.toMatchObject({ kind: 'data' });
  expect(await cached()).toEqual([]);
});

test('a password, no network and a stop are told', async () => {
  const url = `${await at(() => {})}rows.csv`;
  const secret = fileAt(url.replace('//', '//me:hidden@'), options);
  await expect(secret).rejects.toThrow(/must carry no user and password/);
  await expect(secret).rejects.not.toThrow(/hidden/);
  await expect(fileAt(url, { ...options, offline: true })).rejects.toThrow(/is not in the cache/);
  const signal = AbortSignal.timeout(50);
  await expect(fileAt(url, { ...options, signal })).rejects.toMatchObject({ kind: 'interrupted' });
});
