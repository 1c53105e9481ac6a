/**
 * Several hosts: workers in network namespaces of their own, each with a cable to this machine, where the queue and the asker
 * are. One cable is pulled for a moment, and one for longer than the worker's lease; packets vanish, and nobody is told.
 * It needs root and `ip` (Debian: iproute2).
 */
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { type Started, weightsOf } from '../support/program.ts';
import { lackingRedis, startRedis } from '../support/queue-servers.ts';
import { counts, journalOf, machines, resultOf, undisturbedSweep, until } from './machines.ts';

const [TRIALS, EPOCHS] = [8, 60];
/** Milliseconds: one within the lease of 30 s, one beyond it. */
const [SHORT, LONG] = [10_000, Number(process.env.HOURGLASS_SWEEP_CUT ?? 120_000)];

const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;

interface Host {
  readonly by: readonly string[];
  /** The address of this machine, seen from there. */
  readonly far: string;
  cut(): void;
  mend(): void;
  remove(): void;
}

/** A host of its own at the other end of a cable; null if this system gives none. */
function hostOf(number: number): Host | null {
  const [name, near, far] = [`hgl-test-${number}`, `hgl-n${number}`, `hgl-f${number}`];
  const inside = ['netns', 'exec', name, 'ip'];
  const remove = () => {
    ip('netns', 'del', name);
    ip('link', 'del', near);
  };
  remove();
  const made =
    ip('netns', 'add', name) &&
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far) &&
    ip('link', 'set', far, 'netns', name) &&
    ip('addr', 'add', `10.213.${number}.1/24`, 'dev', near) &&
    ip('link', 'set', near, 'up') &&
    ip(...inside, 'addr', 'add', `10.213.${number}.2/24`, 'dev', far) &&
    ip(...inside, 'link', 'set', far, 'up') &&
    ip(...inside, 'link', 'set', 'lo', 'up');
  if (!made) {
    remove();
    return null;
  }
  return {
    by: ['ip', 'netns', 'exec', name],
    far: `10.213.${number}.1`,
    cut: () => void ip('link', 'set', near, 'down'),
    mend: () => void ip('link', 'set', near, 'up'),
    remove,
  };
}

const hosts = lackingRedis() === undefined ? [hostOf(1), hostOf(2)] : [];
const given = hosts.filter((one) => one !== null);
const lacking =
  lackingRedis() ??
  (given.length < 2 ? 'this system makes no network namespaces (root and `ip` are needed)' : undefined);
const started: Started[] = [];

afterAll(() => {
  for (const one of started) one.process.kill('SIGKILL');
  for (const one of given) one.remove();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const undisturbed = undisturbedSweep(TRIALS, EPOCHS);

test.skipIf(lacking)(
  `workers on hosts that are cut off${lacking === undefined ? '' : `: skipped, ${lacking}`}`,
  async () => {
    const server = await startRedis('0.0.0.0');
    const here = await machines(server.url, EPOCHS);
    for (const [i, host] of given.entries()) {
      const one = here.workerOn(host.by, server.url.replace('127.0.0.1', host.far), `host-${i}`);
      started.push(one);
      await one.says('at a time from');
    }
    const asked = here.ask('hosts', TRIALS);
    started.push(asked);
    const completed = async () =>
      counts(await journalOf(here.place, 'hosts')).completed.filter((times) => times > 0).length;
    const [first, second] = given as [Host, Host];
    await until(async () => (await completed()) >= 1, 200);
    first.cut();
    await wait(SHORT);
    first.mend();
    second.cut();
    await wait(LONG);
    second.mend();
    const { code, stdout, stderr } = await asked.ended;
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    const { created, completed: ends } = counts(await journalOf(here.place, 'hosts'));
    expect({ created, ends }).toEqual({ created: TRIALS, ends: Array(TRIALS).fill(1) });
    const [found, known] = [await resultOf(here.place, 'hosts'), await undisturbed()];
    expect(found.values).toEqual(known.values);
    expect(await weightsOf(found.best)).toEqual(await weightsOf(known.best));
    await server.close();
  },
  1_200_000,
);
