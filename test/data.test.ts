/** The real MNIST, where this machine has it: HOURGLASS_DATA names a folder with its four files. */
import { rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeIdx } from '../src/codecs/idx.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { openDataset } from '../src/data/open.ts';
import { specOf } from '../src/data/registry.ts';
import { samplesOf } from '../src/data/source.ts';
import { trainingSplits } from '../src/data/splits.ts';
import { serve, temporaryFolder } from '../src/data/testing.ts';

const here = process.env.HOURGLASS_DATA;
if (!here) console.log('skipped: the real MNIST (set HOURGLASS_DATA to a folder with its four IDX files)');

describe.skipIf(!here)('the real MNIST', () => {
  let set: Dataset;
  let folder: string;
  let took: number;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const start = performance.now();
    set = await openDataset('mnist');
    took = performance.now() - start;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('opens as the official set, quickly', () => {
    expect(set).toMatchObject({
      name: 'mnist',
      height: 28,
      width: 28,
      train: { count: 60_000 },
      test: { count: 10_000 },
    });
    expect(set.source).toMatch(/^IDX files in [^()]*$/);
    expect([...set.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    // Generous for a busy machine; a quiet one takes 200 ms.
    expect(took).toBeLessThan(2000);
  });

  test('gives 55,000 / 5,000 / 10,000', () => {
    const { train, validation, test } = trainingSplits(samplesOf(set), 'auto');
    expect([train.count, validation.count, test.count]).toEqual([55_000, 5_000, 10_000]);
  });

  test('is known by its bytes when it is taken for another set', async () => {
    await expect(openDataset('kmnist', { dataDir: here! })).rejects.toThrow(
      "must be kmnist's, got mnist's own file",
    );
  });

  test('passes the checksums of a download, and is then verified in the cache', async () => {
    const { files } = specOf('mnist');
    const image = ({ images, count }: Dataset['train']) =>
      encodeIdx({ shape: [count, 28, 28], data: images });
    const label = ({ labels, count }: Dataset['train']) => encodeIdx({ shape: [count], data: labels });
    const bodies = new Map([
      [files.trainImages, image(set.train)],
      [files.trainLabels, label(set.train)],
      [files.testImages, image(set.test)],
      [files.testLabels, label(set.test)],
    ]);
    const { url, server } = await serve((request, response) => {
      response.end(gzipSync(bodies.get(request.url!.slice(1, -3))!, { level: 1 }));
    });
    const options = { cacheDir: folder, env: {} };
    const downloaded = await openDataset('mnist', { ...options, mirrors: [url] });
    server.closeAllConnections();
    server.close();
    expect(downloaded.source).toBe(`downloaded from ${url} to ${folder}/mnist`);
    const cached = await openDataset('mnist', { ...options, offline: true });
    expect(cached.source).toBe(`cache ${folder}/mnist`);
    expect(Buffer.compare(cached.train.images, set.train.images)).toBe(0);
  });
});
