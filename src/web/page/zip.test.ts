import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { unzipFiles, zipFiles } from './zip.ts';

const files = new Map([
  ['run.json', Uint8Array.of(1, 2)],
  ['checkpoints/step.safetensors', new Uint8Array(1000).fill(7)],
  ['empty', new Uint8Array()],
]);

test('files come back as they were, from a blob or bytes, in any order of folders', async () => {
  const zip = await zipFiles(files);
  expect(zip.type).toBe('application/zip');
  expect(await unzipFiles(zip)).toEqual(files);
  expect(await unzipFiles(await zip.arrayBuffer())).toEqual(files);
});

test('what another program packed has a folder around it, and is compressed', async () => {
  const entries = Object.fromEntries([...files].map(([name, bytes]) => [`digits/${name}`, bytes]));
  const zip = zipSync({ ...entries, 'digits/': new Uint8Array(), '__MACOSX/x': new Uint8Array(3) });
  expect(await unzipFiles(zip)).toEqual(files);
});

test.each([
  ['no zip file', () => new Uint8Array(100)],
  ['nothing', () => new Uint8Array()],
  ['half a file', async () => new Uint8Array(await (await zipFiles(files)).arrayBuffer()).subarray(0, 600)],
])('%s is an error that says so', async (_, make) => {
  await expect(unzipFiles(await make())).rejects.toThrow(/^zip file: must be a zip file that is whole \(/);
});
