import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRegularFile, readFileIfThere, readTextIfThere, readTextIfThereSync } from './read-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-read-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** Each way to read a whole file. */
const ways = {
  bytes: async (path: string, most: number) => (await readFileIfThere(path, { most }))?.toString() ?? null,
  text: (path: string, most: number) => readTextIfThere(path, { most }),
  'text at once': async (path: string, most: number) => readTextIfThereSync(path, { most }),
};

describe.each(Object.entries(ways))('a file read as %s', (_, read) => {
  test('has its content up to its bound, and is null where there is none', async () => {
    writeFileSync(at('file'), 'größe');
    expect(await read(at('file'), 7)).toBe('größe');
    await expect(read(at('file'), 6)).rejects.toThrow(`${at('file')}: must be at most 6 bytes, got 7 bytes`);
    expect(await read(at('missing'), 9)).toBeNull();
    expect(await read(join(at('file'), 'below'), 9)).toBeNull();
  });

  test('is bounded before anything is read', async () => {
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 2 ** 40);
    await expect(read(at('sparse'), 1000)).rejects.toThrow('must be at most 1000 bytes');
  });

  test('a folder is refused', async () => {
    await expect(read(folder, 9)).rejects.toThrow('must be a file, got a folder');
  });

  // A read that waited would end the test by its time limit.
  test.skipIf(process.platform === 'win32')('is no pipe and no device, also behind a link', async () => {
    execFileSync('mkfifo', [at('pipe')], { stdio: 'ignore' });
    symlinkSync('/dev/zero', at('endless'));
    try {
      await expect(read(at('pipe'), 9)).rejects.toThrow('must be a file, got a named pipe');
      await expect(read(at('endless'), 9)).rejects.toThrow('must be a file, got a device');
    } finally {
      rmSync(at('pipe'));
      rmSync(at('endless'));
    }
  });
});

test('a file to be read in pieces is held to the same rules', async () => {
  const bounds = { most: 9, kind: 'data', name: 'my.csv' } as const;
  await expect(openRegularFile(at('none'), bounds)).rejects.toMatchObject({
    kind: 'data',
    message: 'my.csv: is not there',
  });
  await expect(openRegularFile(folder, bounds)).rejects.toThrow('my.csv: must be a file, got a folder');
});
