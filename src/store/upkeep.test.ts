/** What is done to run folders besides training: tags, left-over files, deletion. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteRun, requireDeletable } from './delete.ts';
import { removeLeftovers } from './leftovers.ts';
import { lockRun } from './lock.ts';
import { changeTags, checkTag, readTags } from './tags.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hourglass-upkeep-'));
  folder = join(root, 'run');
  await mkdir(join(folder, 'checkpoints'), { recursive: true });
  await writeFile(join(folder, 'run.json'), '{"format":"hourglass-run"}');
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('tags', () => {
  test('are added once, in order, and taken away', async () => {
    expect(await readTags(folder)).toEqual([]);
    expect(await changeTags(folder, { add: ['b', 'a', 'b'] })).toEqual(['b', 'a']);
    expect(await changeTags(folder, { add: ['c', 'a'] })).toEqual(['b', 'a', 'c']);
    expect(await changeTags(folder, { remove: ['a', 'never-there'] })).toEqual(['b', 'c']);
    expect(await readTags(folder)).toEqual(['b', 'c']);
    expect((await readdir(folder)).sort()).toEqual(['checkpoints', 'run.json', 'tags.json']);
  });

  test('that are given at the same time are all kept', async () => {
    const tags = Array.from({ length: 12 }, (_, i) => `t${i}`);
    await Promise.all(tags.map((tag) => changeTags(folder, { add: [tag] })));
    expect((await readTags(folder)).sort()).toEqual(tags.sort());
  });

  test('do not wait for a training', async () => {
    const lock = await lockRun(folder);
    expect(await changeTags(folder, { add: ['while-it-trains'] })).toEqual(['while-it-trains']);
    await lock.release();
  });

  test.each(['', '-x', ' a', 'a b', '../x', 'a/b', '\u001b[31m', 'x'.repeat(65), '\u202Eabc', 'a\n'])(
    '%j is none',
    async (tag) => {
      expect(() => checkTag(tag)).toThrow('tag: must begin with a letter or digit');
      await expect(changeTags(folder, { add: [tag] })).rejects.toMatchObject({ kind: 'usage' });
    },
  );

  test.each(['λ=1e-4', 'v1.2', 'Grünes_Licht', '名前', 'x'.repeat(64), 'a:b+c'])('%j is one', (tag) => {
    expect(checkTag(tag)).toBe(tag);
  });

  test.each(['', '{}', '["a b"]', '[1]', 'null'])('a file of %j is damaged, and kept', async (text) => {
    const file = join(folder, 'tags.json');
    await writeFile(file, text);
    await expect(readTags(folder)).rejects.toThrow('tags.json: is damaged; delete the file, then tag again');
    await expect(changeTags(folder, { add: ['a'] })).rejects.toThrow('is damaged');
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

test('of temporary files, those of dead processes are removed, in the run alone', async () => {
  const gone = 2 ** 22 + 1;
  const touch = async (...parts: string[]) => writeFile(join(root, ...parts), 'half');
  await mkdir(join(root, 'outside'));
  await mkdir(join(folder, 'model'));
  await symlink(join(root, 'outside'), join(folder, 'link'));
  const dead = `.run.json.${gone}.0123abcd.tmp`;
  const mine = `.run.json.${process.pid}.0123abcd.tmp`;
  const recycled = `.old.json.${process.pid}.0123abcd.tmp`;
  const parents = `.run.json.${process.ppid}.0123abcd.tmp`;
  for (const name of [dead, mine, recycled, parents, 'notes.tmp', '.x.tmp', `run.lock.${'a'.repeat(32)}`])
    await touch('run', name);
  await utimes(join(folder, recycled), 1000, 1000);
  await touch('run', 'model', dead);
  await touch('outside', dead);
  expect(await removeLeftovers(folder)).toBe(4);
  expect((await readdir(folder)).sort()).toEqual(
    [mine, parents, '.x.tmp', 'checkpoints', 'link', 'model', 'notes.tmp', 'run.json'].sort(),
  );
  expect(await readdir(join(folder, 'model'))).toEqual([]);
  expect(await readdir(join(root, 'outside'))).toEqual([dead]);
});

describe('deletion', () => {
  test('takes all of a run, and nothing that its links lead to', async () => {
    await mkdir(join(root, 'precious'));
    await writeFile(join(root, 'precious', 'file'), 'kept');
    await symlink(join(root, 'precious'), join(folder, 'link'));
    await symlink(join(root, 'precious', 'file'), join(folder, 'checkpoints', 'link'));
    await deleteRun(folder);
    expect(await readdir(root)).toEqual(['precious']);
    expect(await readFile(join(root, 'precious', 'file'), 'utf8')).toBe('kept');
  });

  test('takes a damaged run', async () => {
    await writeFile(join(folder, 'run.json'), '{"format":');
    await deleteRun(folder);
    expect(await readdir(root)).toEqual([]);
  });

  test('takes a run that was killed before its run.json, with what that leaves', async () => {
    await rm(join(folder, 'run.json'));
    await writeFile(join(folder, '.run.json.4194304.0123abcd.tmp'), '{');
    await deleteRun(folder);
    expect(await readdir(root)).toEqual([]);
  });

  const refused: [string, string, () => Promise<unknown>][] = [
    [
      'a folder without run.json',
      'it has no run.json',
      async () => {
        await rm(join(folder, 'run.json'));
        await writeFile(join(folder, 'notes.txt'), 'mine');
      },
    ],
    [
      'a folder without checkpoints',
      'it has no folder checkpoints',
      () => rm(join(folder, 'checkpoints'), { recursive: true }),
    ],
    [
      'a folder with another run.json',
      'its run.json is something else',
      () => writeFile(join(folder, 'run.json'), '{"scripts":{}}'),
    ],
    [
      'a folder with a link instead of run.json',
      'it has no run.json',
      async () => {
        await writeFile(join(root, 'run.json'), '{"format":"hourglass-run"}');
        await rm(join(folder, 'run.json'));
        await symlink(join(root, 'run.json'), join(folder, 'run.json'));
      },
    ],
    ['a run that is being written', 'is being written by another process', () => lockRun(folder)],
    [
      'a run with a damaged lock',
      'run.lock: is damaged',
      () => writeFile(join(folder, 'run.lock'), 'half a lo'),
    ],
  ];
  test.each(refused)('refuses %s', async (_, words, prepare) => {
    await prepare();
    const before = (await readdir(folder)).sort();
    await expect(requireDeletable(folder)).rejects.toThrow(words);
    await expect(deleteRun(folder)).rejects.toMatchObject({ kind: 'run' });
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test('refuses a link to a run, with a slash at its end, too', async () => {
    await symlink(folder, join(root, 'link'));
    for (const link of ['link', 'link/'])
      await expect(deleteRun(join(root, link))).rejects.toThrow('is a link: only run folders are deleted');
    expect((await readdir(root)).sort()).toEqual(['link', 'run']);
  });
});
