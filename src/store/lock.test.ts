import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquire, lockRun, releaseAbandoned, runLockState } from './lock.ts';
import { isDead, type Owner, thisOwner } from './owner.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-lock-'));
  path = join(folder, 'run.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOBODY = 2 ** 22 + 1;
const write = (change: Partial<Owner>) => writeFile(path, JSON.stringify({ ...thisOwner(), ...change }));
const written = async () => JSON.parse(await readFile(path, 'utf8')) as Owner;
const files = async () => (await readdir(folder)).sort();

describe('a lock', () => {
  test('is one’s own until it is given back, and nothing is left of it', async () => {
    const lock = await lockRun(folder);
    expect(await written()).toEqual(lock.owner);
    expect(await files()).toEqual(['run.lock']);
    await expect(lockRun(folder)).rejects.toMatchObject({ kind: 'run', exitCode: 4 });
    await expect(lockRun(folder)).rejects.toThrow(
      `is being written by another process: ${process.pid}, since ${lock.owner.since}; stop process`,
    );
    await lock.release();
    await lock.release();
    expect(await files()).toEqual([]);
    await (await lockRun(folder)).release();
  });

  test('of many who ask at once one gets it', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(folder)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await files()).toEqual(['run.lock']);
  });

  test('of a dead owner is taken over, by one of many who ask at once', async () => {
    for (let round = 0; round < 10; round++) {
      await write({ pid: NOBODY });
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(folder)));
      const won = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(won).toHaveLength(1);
      expect(await written()).toEqual(won[0]!.owner);
      expect(await files()).toEqual(['run.lock']);
      await won[0]!.release();
    }
  });

  test('is taken over, too, where who was about to take it over died', async () => {
    await write({ pid: NOBODY });
    const claim = `${path}.${(await written()).token}`;
    await writeFile(claim, JSON.stringify({ ...thisOwner(), pid: NOBODY }));
    await (await lockRun(folder)).release();
    expect(await files()).toEqual([]);
  });

  test('is not given back by whom it was taken from', async () => {
    const lock = await lockRun(folder);
    await rm(path);
    const other = await lockRun(folder);
    await lock.release();
    expect(await written()).toEqual(other.owner);
  });

  test('that a dead thread of this process left is removed, no other', async () => {
    await lockRun(folder);
    await releaseAbandoned(folder);
    expect(await files()).toEqual([]);
    await write({ pid: process.ppid, started: null });
    await releaseAbandoned(folder);
    expect(await files()).toEqual(['run.lock']);
  });

  test('cannot be made where nothing can be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(acquire(join(folder, 'file', 'run.lock'), 'x')).rejects.toThrow(
      'a part of its path is a file',
    );
  });
});

describe('an owner', () => {
  test('is dead if its process is gone, even if its number is another’s by now, or the machine rebooted', () => {
    const alive = thisOwner();
    expect(isDead(alive)).toBe(false);
    expect(isDead({ ...alive, pid: NOBODY })).toBe(true);
    expect(isDead({ ...alive, started: null })).toBe(false);
    // Elsewhere the system does not tell these.
    if (alive.started !== null) expect(isDead({ ...alive, started: '1' })).toBe(true);
    if (alive.boot !== null) expect(isDead({ ...alive, boot: 'another' })).toBe(true);
  });

  test('that was killed is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const owner = { ...thisOwner(), pid: child.pid!, started: null };
    expect(isDead(owner)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isDead(owner)).toBe(true);
  });

  test('on another host, or in another container, is respected, and it is said how to remove its lock', async () => {
    await write({ host: 'elsewhere', pid: NOBODY, boot: 'another' });
    const failure = lockRun(folder);
    await expect(failure).rejects.toThrow(`process: ${NOBODY} on host 'elsewhere', since `);
    await expect(failure).rejects.toThrow(`if nothing writes this run there, delete ${path}`);
    if (thisOwner().pidSpace === null) return;
    await write({ pidSpace: 'pid:[1]', pid: NOBODY });
    await expect(lockRun(folder)).rejects.toThrow('in another container');
  });
});

describe('what is no lock file', () => {
  const contents: [string, string][] = [
    ['nothing', ''],
    ['no JSON', '{"pid":'],
    ['null', 'null'],
    ['of another format', '{"format":"other"}'],
    ['a token that leads elsewhere', JSON.stringify({ ...thisOwner(), pid: NOBODY, token: '../../x' })],
    ['process 0', JSON.stringify({ ...thisOwner(), pid: 0 })],
    ['large', ' '.repeat(20_000)],
  ];
  test.each(contents)('%s is respected, and said to be damaged', async (_, content) => {
    await writeFile(path, content);
    await expect(lockRun(folder)).rejects.toThrow(
      'run.lock: is damaged: it names no process; if nothing writes this run, delete the file',
    );
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  test('nor are a folder and a link that leads nowhere', async () => {
    await mkdir(path);
    expect(await runLockState(folder)).toEqual({ state: 'unreadable' });
    await rm(path, { recursive: true });
    await symlink(join(folder, 'nowhere'), path);
    await expect(lockRun(folder)).rejects.toThrow('is damaged');
  });
});
