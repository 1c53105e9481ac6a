/**
 * The queue's server restarted in the middle of a sweep, restarted with nothing left of what it had, and cut off for two
 * minutes; workers and askers stopped by Ctrl-C.
 */
import { createServer, type Server, type Socket, connect as toServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Started, weightsOf } from '../support/program.ts';
import { lackingPostgres, lackingRedis, startPostgres, startRedis } from '../support/queue-servers.ts';
import { counts, journalOf, type Machines, machines, resultOf, undisturbedSweep, until } from './machines.ts';

const [TRIALS, EPOCHS] = [8, 60];
/** Milliseconds. */
const CUT = Number(process.env.HOURGLASS_SWEEP_CUT ?? 120_000);

const SERVERS = [
  ['Redis', lackingRedis(), () => startRedis()],
  ['PostgreSQL', await lackingPostgres(), startPostgres],
] as const;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const undisturbed = undisturbedSweep(TRIALS, EPOCHS);

const started: Started[] = [];
const also = (one: Started) => {
  started.push(one);
  return one;
};

afterEach(() => {
  for (const one of started) one.process.kill('SIGKILL');
});

/** Every trial was created and completed once, with the bits of an undisturbed sweep. */
async function requireWhole(here: Machines, out: string): Promise<void> {
  const { created, completed } = counts(await journalOf(here.place, out));
  expect({ created, completed }).toEqual({ created: TRIALS, completed: Array(TRIALS).fill(1) });
  const [found, known] = [await resultOf(here.place, out), await undisturbed()];
  expect(found.values).toEqual(known.values);
  expect(await weightsOf(found.best)).toEqual(await weightsOf(known.best));
}

const completed = async (here: Machines, out: string) =>
  counts(await journalOf(here.place, out)).completed.filter((times) => times > 0).length;

describe.each(SERVERS)('%s', (_, lacking, begin) => {
  const skips = lacking === undefined ? '' : `: skipped, ${lacking}`;

  test.skipIf(lacking)(
    `a server that is restarted, then emptied${skips}`,
    async () => {
      const server = await begin();
      const here = await machines(server.url, EPOCHS);
      for (const name of ['a', 'b']) also(here.worker(name));
      const asked = also(here.ask('restarted', TRIALS));
      await until(async () => (await completed(here, 'restarted')) >= 1, 200);
      await server.stop();
      await wait(5000);
      await server.start();
      await until(async () => (await completed(here, 'restarted')) >= 3, 200);
      await server.stop({ lose: true });
      await server.start();
      const { code, stdout, stderr } = await asked.ended;
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      expect(stdout).toContain('answers again');
      await requireWhole(here, 'restarted');
      await server.close();
    },
    1_200_000,
  );

  test.skipIf(lacking)(
    `a server that is cut off${skips}`,
    async () => {
      const server = await begin();
      const line = await lineTo(server.port);
      const here = await machines(server.url.replace(`:${server.port}`, `:${line.port}`), EPOCHS);
      for (const name of ['a', 'b']) also(here.worker(name, '--lease', '150'));
      const asked = also(here.ask('cut', TRIALS));
      await until(async () => (await completed(here, 'cut')) >= 1, 200);
      line.cut();
      await wait(CUT);
      line.mend();
      const { code, stdout, stderr } = await asked.ended;
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      await requireWhole(here, 'cut');
      line.close();
      await server.close();
    },
    1_200_000,
  );

  test.skipIf(lacking)(
    `Ctrl-C on a worker, on the asker, and SIGKILL on the asker${skips}`,
    async () => {
      const server = await begin();
      const here = await machines(server.url, EPOCHS);
      const leaving = also(here.worker('a'));
      let asked = also(here.ask('stopped', TRIALS));
      await leaving.says('begins');
      await until(async () => (await journalOf(here.place, 'stopped')).some(({ op_code }) => op_code === 7));
      leaving.process.kill('SIGINT');
      expect((await leaving.ended).code).toBe(0);
      for (const name of ['b', 'c']) also(here.worker(name));
      await until(async () => (await completed(here, 'stopped')) >= 1, 100);
      asked.process.kill('SIGINT');
      expect((await asked.ended).code).toBe(130);
      asked = also(here.resume('stopped'));
      await until(async () => (await completed(here, 'stopped')) >= 3, 100);
      asked.process.kill('SIGKILL');
      await asked.ended;
      await wait(3000);
      asked = also(here.resume('stopped'));
      const { code, stdout, stderr } = await asked.ended;
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      await requireWhole(here, 'stopped');
      await server.close();
    },
    1_200_000,
  );
});

/** A line to a server that can be cut: what is sent then disappears, and nobody is told. */
async function lineTo(port: number): Promise<{ port: number; cut(): void; mend(): void; close(): void }> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const listener: Server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => {});
    near.on('close', () => sockets.delete(near));
    if (isCut) {
      near.pause();
      return;
    }
    const far = toServer(port, '127.0.0.1');
    sockets.add(far);
    far.on('error', () => near.destroy());
    far.on('close', () => {
      sockets.delete(far);
      if (!isCut) near.destroy();
    });
    near.on('close', () => far.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as { port: number }).port,
    cut() {
      isCut = true;
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    mend() {
      isCut = false;
      for (const socket of sockets) socket.destroy();
    },
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
