import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { holdsTables, shardsOf } from '../tables/shards.ts';
import { folderWith } from '../tables/testing.ts';
import { shardsIn } from './find.ts';

/** As a cache of Hugging Face has them: links to files of other names. */
function linked(names: readonly string[]): string {
  const folder = folderWith({ 'blobs/0a': '', 'blobs/1b': '' });
  mkdirSync(join(folder, 'snapshot/data'), { recursive: true });
  for (const name of names) symlinkSync(join(folder, 'blobs/0a'), join(folder, 'snapshot', name));
  symlinkSync(join(folder, 'blobs/none'), join(folder, 'snapshot/broken.parquet'));
  return join(folder, 'snapshot');
}

test('shards that are links are found', async () => {
  const folder = linked(['b.parquet', 'data/a.parquet', 'c.tar']);
  const names = (paths: readonly string[]) =>
    paths.map((path) => relative(folder, path).replaceAll('\\', '/'));
  const found = await shardsIn(folder);
  expect(names(found.parquets)).toEqual(['b.parquet', 'data/a.parquet']);
  expect(names(found.tars)).toEqual(['c.tar']);
  writeFileSync(join(folder, 'data/1.png'), '');
  expect(await shardsIn(folder)).toEqual({ tars: [], parquets: [] });
});

test('an archive next to what was unpacked from it is not a shard', async () => {
  const folder = folderWith({ 'set.tar': '', 'set/train/good/a/1.txt': '' });
  expect((await shardsIn(folder)).tars).toEqual([join(folder, 'set.tar')]);
  writeFileSync(join(folder, 'set/train/good/a/1.png'), '');
  expect(await shardsIn(folder)).toEqual({ tars: [], parquets: [] });
});

test('a folder with links to tables is a table', async () => {
  const folder = linked(['a.csv']);
  expect(await holdsTables(folder)).toBe(true);
  expect(await holdsTables(linked([]))).toBe(false);
  expect((await shardsOf(folder)).map(({ name }) => name)).toContain(join(folder, 'a.csv'));
});
