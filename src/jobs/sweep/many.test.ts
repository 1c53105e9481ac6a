import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSpace, rankedTrials } from '../../sweeps/index.ts';
import { madeJournal } from '../../sweeps/testing.ts';
import { journalOf } from './folder.ts';
import { listSweeps, readSweep } from './list.ts';
import { writeStudyPage } from './page.ts';
import { beginSweep } from './start.ts';

const { space } = parseSpace({
  'model.code.units': [8, 16, 32],
  'training.optimiser.learningRate': 'log:1e-4..1e-2',
  'training.batchSize': 'int:16..256..16',
});

test('10,000 trials are listed, ranked by two objectives and drawn within seconds of processor time', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hourglass-many-'));
  const objectives = ['mse', 'ssim'];
  const options = { space, objectives, search: 'random', trials: 10_000, out: join(root, 'many') } as const;
  const { folder, plan } = await beginSweep('quick', options);
  await writeFile(journalOf(folder), madeJournal(plan, { trials: 10_000, epochs: 4 }));
  const before = process.cpuUsage();
  const [listed] = await listSweeps(root);
  const sweep = await readSweep(folder);
  const page = await writeStudyPage(folder, { sweep });
  const { user, system } = process.cpuUsage(before);
  expect(listed).toMatchObject({ status: 'finished', counts: { complete: 6600, pruned: 3300, failed: 100 } });
  // Processor time, as other programs may run: it takes about a second.
  expect((user + system) / 1e6).toBeLessThan(10);
  expect((await stat(page)).size).toBeLessThan(3e6);
  const html = await readFile(page, 'utf8');
  expect(html).toContain('200 of 10,000');
  expect(new Set(rankedTrials(plan, sweep.study)).size).toBe(10_000);
});
