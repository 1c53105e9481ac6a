import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalOf, lockSweep } from '../../jobs/sweep/folder.ts';
import { beginSweep } from '../../jobs/sweep/start.ts';
import { parseSpace } from '../../sweeps/index.ts';
import { madeJournal } from '../../sweeps/testing.ts';
import { Sweeps } from './sweeps.ts';

const { space } = parseSpace({
  'training.optimiser.type': ['adam', 'sgd'],
  'training.optimiser.momentum': {
    range: [0.1, 0.9],
    log: false,
    when: { 'training.optimiser.type': 'sgd' },
  },
});

test('sweeps are listed and followed as their journals grow', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hourglass-studio-sweeps-'));
  expect(await new Sweeps(join(root, 'none')).list()).toEqual([]);
  const options = { space, search: 'random', trials: 6 } as const;
  const { folder, plan } = await beginSweep('quick', { ...options, out: join(root, 'six') });
  const broken = await beginSweep('quick', { ...options, out: join(root, 'broken') });
  await writeFile(journalOf(broken.folder), 'nonsense\n');
  const sweeps = new Sweeps(root);
  expect((await sweeps.list()).find(({ name }) => name === 'six')).toMatchObject({
    ...{ state: 'stopped', best: null, trials: 6, broken: null, recipe: 'quick', search: 'random' },
    objectives: [{ key: 'loss', better: 'lower' }],
  });
  const journal = madeJournal(plan, { trials: 6, epochs: 3 });
  // All but the end of the last trial.
  await writeFile(journalOf(folder), journal.slice(0, journal.lastIndexOf('{"op_code":6')));
  const lock = await lockSweep(folder);
  const { id, state } = (await sweeps.list()).find(({ name }) => name === 'six')!;
  expect(state).toBe('running');
  const details = await sweeps.details(id);
  expect(details.counts).toEqual({ running: 1, complete: 4, pruned: 1, failed: 0 });
  expect(details.shown.map((trial) => trial.state)).toEqual([
    ...['running', 'complete', 'complete', 'complete', 'complete', 'pruned'],
  ]);
  expect(details.best).toEqual(details.shown[1]);
  expect(details.shown[0]!.losses).toHaveLength(2);
  expect(details.points).toHaveLength(4);
  expect(details.settings.map(({ name }) => name)).toEqual(['type', 'momentum']);
  for (const { settings } of details.shown) expect(settings[1] === '').toBe(settings[0] === 'adam');
  await writeFile(journalOf(folder), journal);
  await lock.release();
  expect(await sweeps.details(id)).toMatchObject({ state: 'finished', counts: { pruned: 2 } });
  const list = await sweeps.list();
  expect(list.find(({ name }) => name === 'broken')!.broken).toContain('is damaged');
  await expect(sweeps.details('nothing')).rejects.toThrow('no such sweep');
  await rm(folder, { recursive: true });
  await expect(sweeps.details(id)).rejects.toThrow('no such sweep');
});
