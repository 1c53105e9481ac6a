/** A run whose data are at an address finds them again, on a machine that has another cache. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateRun, train } from 'hourglass';
import { expect, test } from 'vitest';
import { serve } from '../src/data/testing.ts';
import { temporaryFolder } from './support/program.ts';

test('trained, and evaluated where the cache is gone: the same figures; another file is refused', async () => {
  const folder = await temporaryFolder();
  let rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 3}`);
  const { url, server } = await serve((_, response) => response.end(`a,b,c\n${rows.join('\n')}\n`));
  try {
    const options = { cacheDir: join(folder, 'cache') };
    const data = `${url}rows.csv`;
    const { folder: run } = await train('table', {
      ...{ data, out: join(folder, 'run'), threads: 1, ...options },
      set: { 'training.epochs': 1 },
    });
    const before = await evaluateRun(run, options);
    const elsewhere = { cacheDir: join(folder, 'other') };
    expect((await evaluateRun(run, elsewhere)).model).toEqual(before.model);
    rows = rows.toReversed();
    await rm(join(folder, 'other'), { recursive: true });
    await expect(evaluateRun(run, elsewhere)).rejects.toThrow(/fingerprint|changed|other/);
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
