/** A training in this process, watched from outside. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY, temporaryFolder, writeData } from '../../test/support/program.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadRecipe } from '../node/recipes.ts';
import type { RunEvent } from './events.ts';
import type { Observer } from './observer.ts';
import { runSession } from './on-disk.ts';

let folder: string;
let dataDir: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function watched(out: string, observer: Observer): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const start = {
    type: 'new' as const,
    recipe: loadRecipe({ ...TINY, data: { set: 'mnist' } }),
    given: {},
    out,
    threads: 1,
    device: 'cpu' as const,
    tensorboard: { level: 'none', logEvery: 10 } as const,
    data: { dataDir, offline: true, cacheDir: join(folder, 'cache') },
    checkpointEvery: 60,
  };
  const { signal } = new AbortController();
  const context = { engine: nodeEngine, emit: (event: RunEvent) => void events.push(event), signal };
  await runSession(start, context, [observer]);
  return events;
}

test('an observer gets every step, sample and epoch, in order, and the end', async () => {
  const calls: string[] = [];
  await watched(join(folder, 'whole'), {
    step: ({ step }) => void calls.push(`step ${step}`),
    sample: async (model, epoch) => void calls.push(`sample ${epoch}, ${model.info.codeUnits} units`),
    epoch: ({ metrics }) => void calls.push(`epoch ${metrics.epoch}`),
    end: ({ reason }) => void calls.push(reason),
    finish: async () => void calls.push('finish'),
    close: () => void calls.push('close'),
  });
  // 55 training images in batches of 8.
  const epoch = (n: number) => [
    ...Array.from({ length: 7 }, (_, i) => `step ${7 * (n - 1) + i + 1}`),
    `sample ${n}, 4 units`,
    `epoch ${n}`,
  ];
  expect(calls).toEqual([...epoch(1), ...epoch(2), ...epoch(3), 'finished', 'finish', 'close']);
});

test('an error of an observer ends the run as failed, with its checkpoint on disk', async () => {
  const out = join(folder, 'failed');
  const failing = watched(out, {
    epoch({ metrics }) {
      if (metrics.epoch === 2) throw new Error('the watcher fell asleep');
    },
  });
  await expect(failing).rejects.toThrow('fell asleep');
  const manifest = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject({ status: 'failed', note: 'the watcher fell asleep' });
  expect(manifest.epoch).toBeGreaterThanOrEqual(1);
});
