import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lacking, PYTHON } from '../../../test/support/python.ts';
import { readEvents } from '../../codecs/tensorboard/index.ts';
import { TensorBoard, until } from '../../codecs/tensorboard/testing.ts';
import { parseSpace } from '../../sweeps/index.ts';
import { madeJournal } from '../../sweeps/testing.ts';
import { journalOf } from './folder.ts';
import { beginSweep } from './start.ts';
import { openSweepBoard } from './tensorboard.ts';

const { space } = parseSpace({
  'training.optimiser.learningRate': { range: [1e-4, 1e-2], log: true },
  'training.optimiser.type': ['adam', 'sgd'],
  'training.optimiser.momentum': {
    range: [0.1, 0.9],
    log: false,
    when: { 'training.optimiser.type': 'sgd' },
  },
});

/** Six trials, number 2 and 5 pruned; a board that saw three of them first. */
async function board(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'hourglass-board-'));
  const options = { space, search: 'random', trials: 6, out: join(place, 'six') } as const;
  const { folder, plan } = await beginSweep('quick', options);
  const journal = madeJournal(plan, { trials: 6, epochs: 4 });
  const begins = [...journal.matchAll(/\{"op_code":4/g)].map(({ index }) => index);
  await writeFile(journalOf(folder), journal.slice(0, begins[3]));
  const { update } = await openSweepBoard(folder);
  await update();
  await writeFile(journalOf(folder), journal);
  await Promise.all([update(), update()]);
  return join(folder, 'tensorboard');
}

async function eventsIn(folder: string) {
  const [file, ...more] = (await readdir(folder)).filter((name) => name.startsWith('events'));
  expect(more).toEqual([]);
  return readEvents(await readFile(join(folder, file!)), file!).events;
}

test('each trial that has ended has its settings, curve and objective, written once', async () => {
  const folder = await board();
  const trials = (await readdir(folder)).filter((name) => name.startsWith('trial'));
  expect(trials).toHaveLength(6);
  const events = await eventsIn(join(folder, 'trial-0000'));
  const scalars = events.flatMap(({ step, summaries }) =>
    summaries.flatMap(({ tag, data }) => (data.kind === 'scalar' ? [[tag, step] as const] : [])),
  );
  expect(scalars).toEqual([...[1, 2, 3, 4].map((step) => ['validation/loss', step]), ['objective/loss', 4]]);
  // Written again, nothing changes.
  const { size } = await stat(join(folder, 'trial-0000'));
  const { update } = await openSweepBoard(join(folder, '..'));
  await update();
  expect((await stat(join(folder, 'trial-0000'))).size).toBe(size);
  await eventsIn(join(folder, 'trial-0000'));
});

describe('TensorBoard', () => {
  const why = lacking('tensorboard');
  test.skipIf(why !== undefined)(
    `shows the sweep${why === undefined ? '' : `: skipped, ${why}`}`,
    async () => {
      const tensorboard = await TensorBoard.start(PYTHON!, await board());
      try {
        const allowedStatuses = ['STATUS_UNKNOWN', 'STATUS_SUCCESS', 'STATUS_FAILURE', 'STATUS_RUNNING'];
        const { sessionGroups } = await until(
          () =>
            tensorboard.post('plugin/hparams/session_groups', {
              ...{ startIndex: 0, sliceSize: 10, allowedStatuses },
            }),
          (answer) => answer.sessionGroups?.length === 6,
        );
        const experiment = await tensorboard.post('plugin/hparams/experiment', {});
        expect(experiment.hparamInfos.map(({ name }: { name: string }) => name).sort()).toEqual(
          space.map(({ path }) => path).sort(),
        );
        expect(experiment.metricInfos).toHaveLength(2);
        for (const { hparams, metricValues, sessions } of sessionGroups) {
          expect(hparams['training.optimiser.learningRate']).toBeGreaterThan(1e-4);
          expect('training.optimiser.momentum' in hparams).toBe(hparams['training.optimiser.type'] === 'sgd');
          expect(metricValues).toHaveLength(2);
          expect(sessions).toMatchObject([{ status: 'STATUS_SUCCESS' }]);
        }
      } finally {
        await tensorboard.stop();
      }
    },
  );
});
