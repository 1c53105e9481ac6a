/**
 * SIGKILL at random moments: three workers train sixty trials, and fifty times one of them is killed, alone or with its trial's
 * process. Half of the killed come back in their folder, half as new machines. No trial may be lost or counted twice, and
 * the best one's weights are the same bits as undisturbed. HOURGLASS_SWEEP_KILLS and HOURGLASS_SWEEP_TRIALS change the numbers.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { random } from '../reference/random.ts';
import { type Started, weightsOf } from '../support/program.ts';
import { lackingPostgres, lackingRedis, startPostgres, startRedis } from '../support/queue-servers.ts';
import { counts, journalOf, machines, resultOf, undisturbedSweep } from './machines.ts';

const KILLS = Number(process.env.HOURGLASS_SWEEP_KILLS ?? 50);
const TRIALS = Number(process.env.HOURGLASS_SWEEP_TRIALS ?? 60);
const EPOCHS = 60;

const SERVERS = [
  ['Redis', lackingRedis(), () => startRedis()],
  ['PostgreSQL', await lackingPostgres(), startPostgres],
] as const;

const undisturbed = undisturbedSweep(TRIALS, EPOCHS);

describe.each(SERVERS)('%s', (name, lacking, begin) => {
  const all: Started[] = [];
  afterAll(() => {
    for (const one of all) one.process.kill('SIGKILL');
  });

  test.skipIf(lacking)(
    `kills lose nothing${lacking === undefined ? '' : `: skipped, ${lacking}`}`,
    async () => {
      const server = await begin();
      const here = await machines(server.url, EPOCHS);
      const draw = random(7);
      const asked = here.ask('killed', TRIALS);
      let isOver = false;
      void asked.ended.then(() => {
        isOver = true;
      });
      let [named, kills, withTrial] = [0, 0, 0];
      const workers: { name: string; started: Started }[] = [];
      const join = (called: string) => {
        const started = here.worker(called);
        all.push(started);
        workers.push({ name: called, started });
      };
      for (; named < 3; named++) join(`machine-${named}`);
      const began = performance.now();
      while (!isOver && kills < KILLS) {
        await new Promise((resolve) => setTimeout(resolve, 1000 + 4000 * draw()));
        const [{ name: called, started }] = workers.splice(Math.floor(draw() * workers.length), 1) as [
          (typeof workers)[number],
        ];
        if (draw() < 0.5) {
          for (const pid of await childrenOf(started.process.pid!)) kill(pid);
          withTrial++;
        }
        started.process.kill('SIGKILL');
        await started.ended;
        kills++;
        join(draw() < 0.5 ? called : `machine-${named++}`);
      }
      const { code, stdout, stderr } = await asked.ended;
      const minutes = (performance.now() - began) / 60_000;
      console.log(
        `${name}: ${kills} kills of workers, ${withTrial} with their trial's process, ${TRIALS} trials, ${minutes.toFixed(1)} minutes`,
      );
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      const { created, completed } = counts(await journalOf(here.place, 'killed'));
      expect({ created, completed }).toEqual({ created: TRIALS, completed: Array(TRIALS).fill(1) });
      const found = await resultOf(here.place, 'killed');
      const known = await undisturbed();
      expect(found.values).toEqual(known.values);
      expect(await weightsOf(found.best)).toEqual(await weightsOf(known.best));
      for (const { started } of workers) started.process.kill('SIGKILL');
      await server.close();
    },
    3_600_000,
  );
});

/** The processes that a worker has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
