/** Picture files in a page: the data set that Node makes of the same folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeIdx } from '../../src/codecs/idx.ts';
import { openImageFolder } from '../../src/data/images/folder.ts';
import type { FolderSettings } from '../../src/data/images/folder-settings.ts';
import { openSites, type SiteFiles, type Sites } from '../support/site.ts';

type Folder = Readonly<Record<string, Uint8Array>>;
/** A data set as plain data: images in base64. */
interface Described {
  shape: number[];
  classes: string[];
  splits: { labels: number[]; images: string }[];
}

const sites = await openSites();
afterAll(async () => {
  if (typeof sites !== 'string') await sites.close();
});
const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

/** A picture with a soft pattern that `seed` moves. */
async function picture(
  [width, height]: readonly [number, number],
  seed: number,
  { grey = false, alpha = false, format = 'png' as 'png' | 'jpeg' | 'webp', orientation = 1 } = {},
): Promise<Uint8Array> {
  const channels = alpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = (k: number) => 128 + 100 * Math.sin((3 * x) / width + (k * y) / height + seed);
      const at = channels * (y * width + x);
      data.set(grey ? [wave(2), wave(2), wave(2)] : [wave(1), wave(2), wave(4)], at);
      if (alpha) data[at + 3] = x < width / 2 ? 255 : 100;
    }
  }
  const image = sharp(data, { raw: { width, height, channels } });
  if (grey) image.toColourspace('b-w');
  if (orientation > 1) image.withMetadata({ orientation });
  return new Uint8Array(await image.toFormat(format, format === 'png' ? {} : { quality: 95 }).toBuffer());
}

async function folderOf(entries: readonly (readonly [string, Promise<Uint8Array>])[]): Promise<Folder> {
  return Object.fromEntries(await Promise.all(entries.map(async ([name, bytes]) => [name, await bytes])));
}

const many = (name: string, count: number, make: (i: number) => Promise<Uint8Array>) =>
  Array.from({ length: count }, (_, i) => [`${name}/${i}.png`, make(i)] as const);

/** What Node makes of a folder with these files. */
async function onNode(files: Folder, settings: FolderSettings): Promise<Described> {
  const root = mkdtempSync(join(tmpdir(), 'hourglass-'));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(root, 'pictures', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const { height, width, channels, classes, ...splits } = await openImageFolder(
      join(root, 'pictures'),
      settings,
    );
    return {
      shape: [channels, height, width],
      classes,
      splits: [splits.train, splits.validation, splits.test].flatMap((split) =>
        split === null
          ? []
          : [{ labels: [...split.labels], images: Buffer.from(split.images).toString('base64') }],
      ),
    };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** A page with these files, as `files`: a list of what was dropped, the folder `pictures`. */
async function pageWith(files: Folder) {
  const change = (served: SiteFiles) => {
    for (const [name, bytes] of Object.entries(files)) served.set(`/pictures/${name}`, bytes);
  };
  const page = await (await (sites as Sites).site({ change })).open();
  await page.evaluate(
    `(async () => {
      const names = ${JSON.stringify(Object.keys(files))};
      window.files = await Promise.all(names.map(async (name) => {
        const bytes = await (await fetch('/pictures/' + name)).arrayBuffer();
        return { path: 'pictures/' + name, file: new File([bytes], name.split('/').at(-1)) };
      }));
      window.base64 = (bytes) => {
        let text = '';
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);
      };
    })()`,
  );
  const inPage = <T>(code: string): Promise<T> =>
    page.evaluate(`(async () => { const { hourglass, files } = window; ${code} })()`);
  const data = (settings: FolderSettings) =>
    inPage<Described>(`
      const { channels, height, width, classes, ...splits } = await hourglass.loadData({
        files,
        ...${JSON.stringify(settings)},
      });
      return {
        shape: [channels, height, width],
        classes,
        splits: [splits.train, splits.validation, splits.test].filter((split) => split !== null).map((split) => ({
          labels: [...split.labels],
          images: window.base64(split.images),
        })),
      };`);
  return { page, inPage, data };
}

describe.skipIf(typeof sites === 'string')(`picture files in a page${skipped}`, () => {
  const small = [12, 10] as const;
  const greys = () =>
    folderOf([
      ...many('b', 12, (i) => picture(small, i, { grey: true })),
      ...many('a', 11, (i) => picture(small, 40 + i, { grey: true })),
      ['a/.hidden.png', picture(small, 1)],
      ['a/notes.txt', Promise.resolve(Uint8Array.of(1))],
    ]);

  test('of one size are the bytes that Node reads, in the same splits', async () => {
    const files = await greys();
    const { data } = await pageWith(files);
    for (const settings of [{}, { invert: true, channels: 3 as const, test: 0.5, splitSeed: 4 }]) {
      expect(await data(settings)).toEqual(await onNode(files, settings));
    }
  });

  test('IDX files are the data set that Node makes of them', async () => {
    const images = (count: number, seed: number) =>
      encodeIdx({
        shape: [count, 9, 7],
        data: Uint8Array.from({ length: count * 63 }, (_, i) => (i * seed) % 251),
      });
    const labels = (count: number) =>
      encodeIdx({ shape: [count], data: Uint8Array.from({ length: count }, (_, i) => (i * 5) % 12) });
    const files = {
      'train-images-idx3-ubyte': images(30, 7),
      'train-labels-idx1-ubyte': labels(30),
      't10k-images-idx3-ubyte.gz': gzipSync(images(9, 11)),
      't10k-labels-idx1-ubyte': labels(9),
    };
    const { data } = await pageWith(files);
    for (const settings of [{}, { invert: true }]) {
      expect(await data(settings)).toEqual(await onNode(files, settings));
    }
  });

  test('of all kinds and sizes are as on Node but for how they are scaled', async () => {
    const files = await folderOf([
      ...many('train/x', 6, (i) => picture([40 + i, 30], i)),
      ...many('Test/y', 2, (i) => picture([90, 60], i)),
      ['train/x/a.jpg', picture([60, 40], 3, { format: 'jpeg', orientation: 6 })],
      ['train/x/b.webp', picture([30, 70], 3, { format: 'webp' })],
      ['train/x/c.png', picture([20, 20], 3, { alpha: true })],
      ['val/x/d.png', picture([64, 64], 3, { grey: true })],
    ]);
    const { data } = await pageWith(files);
    for (const settings of [
      {},
      { size: 32, channels: 1 as const, fit: 'cover' as const, invert: true },
      { size: [24, 40] as const, fit: 'fill' as const, background: 255 },
    ]) {
      const [found, expected] = [await data(settings), await onNode(files, settings)];
      expect(found.shape).toEqual(expected.shape);
      expect(found.classes).toEqual(expected.classes);
      expect(found.splits.map(({ labels }) => labels)).toEqual(expected.splits.map(({ labels }) => labels));
      for (const [i, { images }] of expected.splits.entries()) {
        const [one, other] = [images, found.splits[i]!.images].map((text) => Buffer.from(text, 'base64'));
        const off = one!.map((value, j) => Math.abs(value - other![j]!));
        expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(4);
      }
    }
  });

  test('train a model that records how they were converted; bad ones are named', async () => {
    const files = await greys();
    const bad = {
      ...files,
      'a/cut.png': files['b/0.png']!.subarray(0, 60),
      'b/page.jpg': Buffer.from('<html>'),
    };
    const { inPage } = await pageWith(bad);
    const found = await inPage<{
      messages: string[];
      events: string[];
      preprocessing: object;
      same: boolean;
    }>(`
      const said = (error) => (error instanceof hourglass.HourglassError) + ' ' + error.message;
      const options = { epochs: 1, threads: 1 };
      const whole = files.filter(({ path }) => !/cut|page/.test(path));
      const messages = [];
      for (const data of [
        { files },
        { files: files.filter(({ path }) => !path.endsWith('page.jpg')) },
        { files: [] },
        { files: [7] },
        { files: whole.slice(0, 2) },
        { files: whole, size: 5000 },
        { files: whole, layout: 'splits' },
        { files: files.filter(({ path }) => path.endsWith('.txt')) },
      ]) messages.push(await hourglass.train('quick', { ...options, data }).then(() => 'no error', said));
      const events = [];
      const run = await hourglass.train('quick', {
        ...options,
        data: { files, onBad: 'skip', size: [12, 16] },
        onEvent: (event) => events.push(event.type),
      });
      const model = await hourglass.loadModel(run.model);
      const { preprocessing } = model.info;
      // The same picture as a file of the training, an ImageBitmap and its values.
      const bitmap = await createImageBitmap(whole[0].file);
      const { data: codes } = await model.encode(bitmap);
      await model.dispose();
      return { messages, events: [...new Set(events)], preprocessing, codes: codes.length };`);
    expect(found.messages[0]).toMatch(
      /^true pictures: has 2 files that cannot be read: a\/cut\.png \(one that the browser cannot decode\), b\/page\.jpg \(a web page\)/,
    );
    expect(found.messages[1]).toMatch(/^true pictures\/a\/cut\.png: must be an undamaged PNG image/);
    expect(found.messages[2]).toMatch(/^true data\.files: must have files, got none/);
    expect(found.messages[3]).toMatch(/^true data\.files: must be files, or objects with `path` and `file`/);
    expect(found.messages[4]).toMatch(/^true .*at least 3 images/);
    expect(found.messages[5]).toMatch(/^true data\.size: must be a side/);
    expect(found.messages[6]).toMatch(/^true pictures: must have a folder 'train'/);
    expect(found.messages[7]).toMatch(/^true .*must hold PNG, JPEG, WebP.* images.*1 other file left out/);
    expect(found.events.slice(0, 2)).toEqual(['reading', 'start']);
    expect(found.preprocessing).toMatchObject({ height: 12, width: 16, channels: 1, fit: 'contain' });
  });
});
