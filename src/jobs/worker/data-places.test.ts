import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { fetchData, NotAllowed, placeOfData } from './data-places.ts';

const place = await mkdtemp(join(tmpdir(), 'hourglass-places-'));
await mkdir(join(place, 'data', 'photos'), { recursive: true });
await symlink('/etc', join(place, 'data', 'link'));
const none = { dataDir: undefined, allowed: [], hosts: [] };
const some = { dataDir: undefined, allowed: [join(place, 'data')], hosts: [] };

test('a set with a name needs no permission; the worker has its own folder for it', () => {
  expect(placeOfData('mnist-10k', null, none)).toBeNull();
  expect(placeOfData('mnist', '/elsewhere', { ...none, dataDir: place })).toBe(place);
});

test('a path is one of a folder that was allowed', () => {
  expect(placeOfData(join(place, 'data', 'photos'), null, some)).toBeNull();
  expect(placeOfData('mnist', join(place, 'data'), some)).toBe(join(place, 'data'));
});

test.each([
  ['/etc'],
  [`${place}/data-other`],
  [`${place}/data/../x`],
  [`${place}/data/link/passwd`],
  [relative(process.cwd(), join(place, 'data', 'photos'))],
  // A folder of the worker's own working folder, which looks like a name.
  ['photos'],
  ['photos:test'],
  ['photos/*.png'],
  ['..'],
])('%s is not', (set) => {
  expect(() => placeOfData(set, null, some)).toThrow(/may read/);
  expect(() => placeOfData('mnist', set, some)).toThrow(/may read/);
});

test('an address is asked for only at a host that was allowed', async () => {
  const address = 'http://data.example.org:8080/rows.csv';
  expect(placeOfData(address, null, none)).toBeNull();
  const refused = fetchData(address, none, { cacheDir: place });
  await expect(refused).rejects.toBeInstanceOf(NotAllowed);
  await expect(refused).rejects.toThrow('start the worker with --allow-host data.example.org:8080');
});
