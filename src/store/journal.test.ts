import { appendFile, lstat, mkdtemp, readFile, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from './journal.ts';

const place = async () => join(await mkdtemp(join(tmpdir(), 'hourglass-journal-')), 'journal.jsonl');

test('many writers lose no line, and each sees those of the others', async () => {
  const path = await place();
  const seen = await Promise.all(
    [0, 1, 2].map(async (writer) => {
      const journal = await openJournal(path);
      const lines: string[] = [];
      for (let i = 0; i < 10; i++) {
        await journal.transact((added) => {
          lines.push(...added);
          return `{"writer":${writer},"i":${i}}\n`;
        });
      }
      return lines;
    }),
  );
  const whole = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  expect(new Set(whole).size).toBe(30);
  for (const lines of seen) expect(whole.slice(0, lines.length)).toEqual(lines);
  await expect(lstat(`${path}.lock`)).rejects.toThrow('ENOENT');
});

test('half a line of a killed process is neither read nor kept', async () => {
  const path = await place();
  const journal = await openJournal(path);
  await journal.transact(() => 'one\n');
  await appendFile(path, 'hal');
  expect(await journal.read()).toEqual(['one']);
  await journal.transact((added) => (added.length === 0 ? 'two\n' : 'wrong\n'));
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

test('a lock that others hold is waited for', async () => {
  const path = await place();
  const journal = await openJournal(path);
  await symlink(path, `${path}.lock`);
  let isWritten = false;
  const writing = journal
    .transact(() => 'late\n')
    .then(() => {
      isWritten = true;
    });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(isWritten).toBe(false);
  await unlink(`${path}.lock`);
  await writing;
  expect(await readFile(path, 'utf8')).toBe('late\n');
});
