import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import type { DataOptions, DownloadProgress } from './dataset.ts';
import { downloadSet } from './download.ts';
import { fetchDataset, openDataset } from './open.ts';
import { type DatasetSpec, specOf } from './registry.ts';
import { mirrorOf, NO_ENV, serve, smallFiles, temporaryFolder } from './testing.ts';

/** A set without known checksums, so that small files will do. */
const NAME = 'emnist-digits';
const files = smallFiles();

let folder: string;
let options: DataOptions;
let servers: Server[];

beforeEach(async () => {
  folder = await temporaryFolder();
  options = { env: NO_ENV, cacheDir: folder, timeoutMs: 1000 };
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function mirror(listener: RequestListener): Promise<string> {
  const { url, server } = await serve(listener);
  servers.push(server);
  return url;
}

/** Servers that do not serve, and what the error says of them. */
const broken: [string, RequestListener, RegExp][] = [
  ['404', (_, response) => response.writeHead(404).end('no'), /the server answered 404/],
  [
    'a truncated body',
    (_, response) => cut(response.writeHead(200, { 'content-length': 5000 })),
    /terminated|closed|socket/,
  ],
  ['a server that dies mid-way', (_, response) => cut(response.writeHead(200)), /terminated|closed|socket/],
  ['no answer', () => {}, /no answer within/],
  ['silence after the headers', (_, response) => response.flushHeaders(), /no answer within/],
  ['silence mid-way', (_, response) => response.write('x'), /no data for/],
  [
    'a huge content-length',
    (_, response) => response.writeHead(200, { 'content-length': 1e12 }).flushHeaders(),
    /1000000000000 bytes, more than/,
  ],
  ['a page instead of the file', (_, response) => response.end('<html></html>'), /magic number/],
  ['a damaged gzip', (_, response) => response.end(gzipSync(files.testLabels).fill(7, 12, 20)), /IDX|gzip/],
];

function cut(response: { write(text: string): boolean; destroy(): unknown }): void {
  response.write('some bytes');
  setTimeout(() => response.destroy(), 20);
}

describe('downloads', () => {
  test('fetch all four files, tell of progress, and are in the cache next time', async () => {
    const events: DownloadProgress[] = [];
    const mirrors = [await mirror(mirrorOf(NAME, files))];
    const set = await openDataset(NAME, { ...options, mirrors, onProgress: (event) => events.push(event) });
    expect(set.source).toBe(`downloaded from ${mirrors[0]} to ${folder}/${NAME} (unverified)`);
    expect(set.train.count).toBe(30);
    expect(new Set(events.map((event) => event.file)).size).toBe(4);
    expect(events.every((event) => event.received > 0)).toBe(true);
    expect(await readdir(folder)).toEqual([NAME]);
    const again = await openDataset(NAME, { ...options, offline: true });
    expect(again.source).toBe(`cache ${folder}/${NAME} (unverified)`);
    expect(again.train).toEqual(set.train);
  });

  test.each(broken)('%s: the next mirror is asked', async (_, listener, __) => {
    const mirrors = [await mirror(listener), await mirror(mirrorOf(NAME, files))];
    const { already } = await fetchDataset(NAME, { ...options, mirrors, timeoutMs: 400 });
    expect(already).toBe(false);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  test.each(broken)(
    '%s: without another mirror, an error, and nothing half-written',
    async (_, listener, why) => {
      const mirrors = [await mirror(listener)];
      const fetching = fetchDataset(NAME, { ...options, mirrors, timeoutMs: 300 });
      await expect(fetching).rejects.toThrow(HourglassError);
      await expect(fetching).rejects.toThrow(why);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test('a server that dies after two files leaves nothing', async () => {
    let served = 0;
    const good = mirrorOf(NAME, files);
    const mirrors = [await mirror((q, a) => (served++ < 2 ? good(q, a) : void a.destroy()))];
    await expect(fetchDataset(NAME, { ...options, mirrors })).rejects.toThrow('emnist-digits-test-images');
    expect(await readdir(folder)).toEqual([]);
  });

  test('checksums decide, of the packed or the unpacked file', async () => {
    const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const spec: DatasetSpec = {
      ...specOf(NAME),
      sums: {
        testLabels: { of: 'idx', sha256: sum(files.testLabels) },
        trainLabels: { of: 'gzip', sha256: sum(gzipSync(files.trainLabels)) },
      },
    };
    const wrong = await mirror(mirrorOf(NAME, { ...files, testLabels: files.testLabels.with(8, 5) }));
    await expect(downloadSet(spec, folder, { ...options, mirrors: [wrong] })).rejects.toThrow(
      'must have SHA-256',
    );
    expect(await readdir(folder)).toEqual([]);
    const right = await mirror(mirrorOf(NAME, files));
    const { from } = await downloadSet(spec, folder, { ...options, mirrors: [wrong, right] });
    expect(from).toBe(right);
  });

  test('a file damaged in the cache is noticed and fetched again', async () => {
    const mirrors = [await mirror(mirrorOf(NAME, files))];
    const { dir } = await fetchDataset(NAME, { ...options, mirrors });
    const path = join(dir, specOf(NAME).files.trainImages);
    await writeFile(path, files.trainImages.with(100, 255));
    await expect(openDataset(NAME, { ...options, offline: true })).rejects.toThrow('must have the checksum');
    expect((await openDataset(NAME, { ...options, mirrors })).source).toMatch(/^downloaded/);
    expect((await openDataset(NAME, { ...options, offline: true })).source).toMatch(/^cache/);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  test('two at once end with one whole set', async () => {
    const mirrors = [await mirror(mirrorOf(NAME, files))];
    await Promise.all([1, 2].map(() => fetchDataset(NAME, { ...options, mirrors })));
    expect(await readdir(folder)).toEqual([NAME]);
    expect(await fetchDataset(NAME, options)).toMatchObject({ already: true });
  });

  test('stop at once on a signal, as an interruption', async () => {
    const mirrors = [await mirror((_, response) => response.write('x'))];
    const control = new AbortController();
    const opening = openDataset('mnist', { ...options, mirrors, timeoutMs: 60_000, signal: control.signal });
    setTimeout(() => control.abort(), 50);
    await expect(opening).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
    expect(await readdir(folder)).toEqual([]);
  });

  test('without a network mnist falls back at once', async () => {
    const closed = await mirror(() => {});
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const start = performance.now();
    const set = await openDataset('mnist', { ...options, mirrors: [closed, closed] });
    expect(set.name).toBe('mnist-10k');
    expect(set.source).toContain('(the full MNIST is not here: no network)');
    expect(performance.now() - start).toBeLessThan(2000);
    await expect(openDataset('kmnist', { ...options, mirrors: [closed] })).rejects.toThrow(
      /kmnist, t10k-labels.*could not be downloaded \(http:\/\/127\.0\.0\.1:.*ECONNREFUSED/,
    );
  });

  test('a wrong file for mnist is said in the source of what is used instead', async () => {
    const mirrors = [await mirror(mirrorOf('mnist', files))];
    const set = await openDataset('mnist', { ...options, mirrors });
    expect(set.source).toMatch(
      /the full MNIST is not here: the download failed, must have SHA-256 ff7bcfd416de…/,
    );
  });

  test('a cache that cannot be written is an error, or for mnist a reason to fall back', async () => {
    const mirrors = [await mirror(mirrorOf(NAME, files))];
    const cacheDir = join(folder, 'file');
    await writeFile(cacheDir, '');
    await expect(fetchDataset(NAME, { ...options, mirrors, cacheDir })).rejects.toThrow('HOURGLASS_CACHE');
    expect((await openDataset('mnist', { ...options, mirrors, cacheDir })).name).toBe('mnist-10k');
  });

  test('what a killed download left a day ago is removed, what is fresh stays', async () => {
    for (const name of ['old', 'new']) await mkdir(join(folder, `.${NAME}-${name}`));
    await utimes(join(folder, `.${NAME}-old`), 0, 0);
    await fetchDataset(NAME, { ...options, mirrors: [await mirror(mirrorOf(NAME, files))] });
    expect((await readdir(folder)).sort()).toEqual([`.${NAME}-new`, NAME].sort());
  });
});
