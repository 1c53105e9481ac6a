import { lstat, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openJournal } from './journal.ts';

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  symlink: async () => {
    throw Object.assign(new Error('EPERM: operation not permitted, symlink'), { code: 'EPERM' });
  },
}));

test('where no links can be made, a file is the lock', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'hourglass-journal-')), 'journal.jsonl');
  const journal = await openJournal(path);
  await journal.transact(() => 'one\n');
  await expect(lstat(`${path}.lock`)).rejects.toThrow('ENOENT');
  const writers = [0, 1, 2].map(async (writer) => (await openJournal(path)).transact(() => `${writer}\n`));
  await Promise.all(writers);
  expect((await readFile(path, 'utf8')).split('\n').sort()).toEqual(['', '0', '1', '2', 'one']);
  let isWritten = false;
  await writeFile(`${path}.lock`, '');
  void journal
    .transact(() => 'late\n')
    .then(() => {
      isWritten = true;
    });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(isWritten).toBe(false);
  const { unlink } = await import('node:fs/promises');
  await unlink(`${path}.lock`);
  await vi.waitUntil(() => isWritten, { timeout: 10_000 });
});
