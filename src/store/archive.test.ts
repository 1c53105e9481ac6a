import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { beforeEach, expect, test } from 'vitest';
import { packFolder, unpackFolder } from './archive.ts';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'hourglass-archive-'));
  await mkdir(join(place, 'run', 'model'), { recursive: true });
  await writeFile(join(place, 'run', 'run.json'), '{"a":1}');
  await writeFile(join(place, 'run', 'run.lock'), 'held');
  await writeFile(join(place, 'run', '.part'), 'half');
  await writeFile(join(place, 'run', 'model', 'weights.safetensors'), Uint8Array.of(1, 2, 3));
});

test('a run arrives as it was, without its lock, and replaces an older one', async () => {
  const bytes = await packFolder(join(place, 'run'), 1e6);
  await mkdir(join(place, 'other'));
  await writeFile(join(place, 'other', 'old.txt'), 'old');
  await unpackFolder(bytes, join(place, 'other'), 1e6);
  expect((await readdir(join(place, 'other'), { recursive: true })).sort()).toEqual([
    ...['model', join('model', 'weights.safetensors'), 'run.json'],
  ]);
  expect(await readFile(join(place, 'other', 'run.json'), 'utf8')).toBe('{"a":1}');
  expect((await readdir(place)).sort()).toEqual(['other', 'run']);
});

test('too many bytes are refused on either side', async () => {
  await expect(packFolder(join(place, 'run'), 5)).rejects.toThrow(/has more than the 0 MiB/);
  const bomb = zipSync({ 'a.txt': new Uint8Array(1e6) });
  expect(bomb.length).toBeLessThan(5000);
  await expect(unpackFolder(bomb, join(place, 'other'), 1e5)).rejects.toThrow(/has more than/);
});

test.each(['../evil', '/etc/evil', 'a/../../evil', '.hidden', 'a\\b', 'C:evil', 'a//b', 'a\0b'])(
  'a file called %j leaves what was there as it was',
  async (name) => {
    const bytes = zipSync({ 'fine.txt': Uint8Array.of(1), [name]: Uint8Array.of(2) });
    await expect(unpackFolder(bytes, join(place, 'run'), 1e6)).rejects.toThrow(/name is not sent/);
    expect(await readFile(join(place, 'run', 'run.json'), 'utf8')).toBe('{"a":1}');
    expect(await readdir(place)).toEqual(['run']);
  },
);

test('bytes that are no archive are refused', async () => {
  await expect(unpackFolder(Uint8Array.of(1, 2, 3), join(place, 'run'), 1e6)).rejects.toThrow(/is damaged/);
});
