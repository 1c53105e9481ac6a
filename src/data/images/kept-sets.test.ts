/** The cache of converted images: used when nothing changed, and never when something did. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { openImageFolder } from './folder.ts';
import type { FolderSettings } from './folder-settings.ts';
import { flat, folderOf } from './testing.ts';

/** As many files as are worth it. */
const files = () => ({
  ...Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [`${i % 2 ? 'a' : 'b'}/${i}.png`, flat(4, 4, i % 199)]),
  ),
});

let cacheDir: string;
beforeAll(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'hourglass-kept-'));
  return () => rmSync(cacheDir, { recursive: true, force: true });
});

function opener(folder: string) {
  const cache = mkdtempSync(join(cacheDir, 'c'));
  let read = 0;
  const open = (settings: FolderSettings = {}) => {
    read = 0;
    return openImageFolder(folder, settings, { cacheDir: cache, onRead: () => read++ });
  };
  return { open, cache: join(cache, 'images'), reads: () => read };
}

/** A folder whose files have not just been written. */
async function settled(): Promise<string> {
  const folder = folderOf(files());
  await wait(150);
  return folder;
}

test('the second opening decodes nothing and gives the same set; other settings and changes do', async () => {
  const folder = await settled();
  const { open, reads, cache } = opener(folder);
  const first = await open();
  expect(reads()).toBe(600);
  expect(await open()).toEqual(first);
  expect(reads()).toBe(0);
  // The size that was found, given as a setting: as a run asks for it later.
  const { preprocessing } = first.folder!;
  const { height, width, ...how } = preprocessing;
  expect(await open({ ...how, size: [height, width] })).toEqual(first);
  expect(reads()).toBe(0);
  await open({ invert: true });
  expect(reads()).toBe(600);
  await open({ cache: false });
  expect(reads()).toBe(600);

  // The same number of bytes, at a later time.
  const changed = join(folder, 'a/1.png');
  writeFileSync(changed, flat(4, 4, 200));
  utimesSync(changed, new Date(), new Date(Date.now() + 5000));
  const now = await open();
  expect(reads()).toBe(600);
  expect(now.train.images.includes(200) || now.test.images.includes(200)).toBe(true);
  expect(readdirSync(cache).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a damaged file is noticed, and a cache that cannot be written is no error', async () => {
  const folder = await settled();
  const { open, reads, cache } = opener(folder);
  const first = await open();
  const [name] = readdirSync(cache).filter((file) => file.endsWith('.bin'));
  const file = join(cache, name!);
  const bytes = readFileSync(file);
  for (const damage of [
    (copy: Buffer) => copy.fill(1, copy.length - 5, copy.length - 4),
    (copy: Buffer) => copy.subarray(0, copy.length - 1),
    () => Buffer.from('hourglass images'),
    () => Buffer.alloc(0),
  ]) {
    writeFileSync(file, damage(Buffer.from(bytes)));
    expect(await open()).toEqual(first);
    expect(reads()).toBe(600);
  }
  rmSync(cache, { recursive: true });
  writeFileSync(cache, 'not a folder');
  expect(await open()).toEqual(first);
});

test('few files are not kept', async () => {
  const { open, cache } = opener(
    folderOf({ '1.png': flat(4, 4, 1), '2.png': flat(4, 4, 2), '3.png': flat(4, 4, 3) }),
  );
  await open();
  expect(() => readdirSync(cache)).toThrow();
});
