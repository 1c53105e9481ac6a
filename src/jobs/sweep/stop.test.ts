import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { lockSweep } from './folder.ts';
import { beginSweep, stopSweep } from './start.ts';

async function begun(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'hourglass-sweep-'));
  const domain = { type: 'choice', values: [2, 4] } as const;
  const space = [{ path: 'model.code.units', domain }];
  return (await beginSweep('quick', { space, out: join(place, 'units') })).folder;
}

test('a sweep that nobody carries out cannot be stopped, and the error says how to continue it', async () => {
  const folder = await begun();
  const error = await stopSweep(folder).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HourglassError);
  expect(error).toMatchObject({ kind: 'run' });
  expect((error as Error).message).toContain('nothing to stop');
  expect((error as Error).message).toContain('--resume');
});

test('the process that carries a sweep out is asked to stop, and no other', async () => {
  const folder = await begun();
  const lock = await lockSweep(folder);
  const asked = new Promise<string>((resolve) => process.once('SIGTERM', resolve));
  expect(await stopSweep(folder)).toBe(process.pid);
  expect(await asked).toBe('SIGTERM');
  const file = join(folder, 'sweep.lock');
  const owner = JSON.parse(await readFile(file, 'utf8')) as { host: string };
  await writeFile(file, JSON.stringify({ ...owner, host: 'elsewhere', boot: 'another' }));
  await expect(stopSweep(folder)).rejects.toThrow("is carried out on host 'elsewhere'");
  await writeFile(file, JSON.stringify(owner));
  await lock.release();
  await expect(stopSweep(folder)).rejects.toThrow('nothing to stop');
});
