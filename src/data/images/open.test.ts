import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodeIdx } from '../../codecs/idx.ts';
import { encodeNpy } from '../../codecs/npy.ts';
import type { HourglassError } from '../../errors.ts';
import { type ImageBatch, type ImageOptions, openImages, type Preprocessing } from './index.ts';
import { flat, folderOf, png } from './testing.ts';

async function collect(inputs: string[], want: Preprocessing, options: ImageOptions = {}) {
  const batches: ImageBatch[] = [];
  const notes: string[] = [];
  const skipped: string[] = [];
  const all = openImages(inputs, want, {
    onNote: (note) => notes.push(note),
    onSkip: (error: HourglassError) => skipped.push(error.message),
    ...options,
  });
  for await (const batch of all) batches.push(batch);
  const names = batches.flatMap((batch) => batch.names);
  const pixels = batches.flatMap((batch) => [...batch.values]);
  const classes = batches.flatMap((batch) => batch.classes);
  return { batches, names, pixels, classes, notes, skipped };
}

const grey2 = { height: 2, width: 2, channels: 1 } as const;
const rgb2 = { height: 2, width: 2, channels: 3 } as const;
const RED_GREEN_BLUE_WHITE = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

describe('one picture', () => {
  test('of the right size and colour: its own pixels, and nothing to say', async () => {
    const folder = folderOf({ 'a.png': png(2, 2, 1, [0, 1, 128, 255]) });
    const { pixels, notes, names, classes } = await collect([folder], grey2);
    expect({ pixels, notes, names, classes }).toEqual({
      pixels: [0, 1, 128, 255],
      notes: [],
      names: [`${folder}/a.png`],
      classes: [null],
    });
  });

  test('colours become grey by luma, grey becomes three channels, planes come one by one', async () => {
    const folder = folderOf({
      'a.png': png(2, 2, 3, RED_GREEN_BLUE_WHITE),
      'b.png': png(2, 2, 1, [1, 2, 3, 4]),
    });
    const grey = await collect([join(folder, 'a.png')], grey2);
    expect(grey.pixels).toEqual([76, 150, 29, 255]);
    expect(grey.notes).toEqual(['2 × 2 grey from 2 × 2 RGB: grey by luma']);
    const { pixels, notes } = await collect([folder], rgb2);
    expect(pixels.slice(0, 12)).toEqual([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]);
    expect(pixels.slice(12)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    expect(notes).toEqual(['2 × 2 RGB from 2 × 2 grey: grey in all three channels']);
  });

  test('see-through parts show the background, which becomes 0 also where it is inverted', async () => {
    const file = folderOf({ 'a.png': png(2, 1, 4, [0, 0, 0, 255, 9, 9, 9, 0]) });
    const want = { height: 1, width: 2, channels: 1 } as const;
    expect((await collect([file], want)).pixels).toEqual([0, 0]);
    expect((await collect([file], { ...want, invert: true })).pixels).toEqual([255, 0]);
    expect((await collect([file], { ...want, background: 200 })).pixels).toEqual([0, 200]);
    expect((await collect([file], { ...want, invert: true })).notes).toEqual([
      '2 × 1 grey from 2 × 1 RGB with alpha: alpha on white, grey by luma, inverted',
    ]);
  });

  test('of other proportions: with a border, cut or stretched', async () => {
    // White on the left half, black on the right, twice as wide as high.
    const row = [...new Array<number>(4).fill(255), ...new Array<number>(4).fill(0)];
    const file = folderOf({ 'wide.png': png(8, 4, 1, [...row, ...row, ...row, ...row]) });
    const want = { height: 4, width: 4, channels: 1, background: 77 } as const;
    const contain = await collect([file], want);
    expect(contain.pixels.slice(0, 4)).toEqual([77, 77, 77, 77]);
    expect(contain.pixels.slice(12)).toEqual([77, 77, 77, 77]);
    expect(contain.pixels[4]).toBeGreaterThan(240);
    expect(contain.pixels[7]).toBeLessThan(15);
    expect(contain.notes[0]).toContain('scaled to lie within, with a border of grey 77');
    const cover = await collect([file], { ...want, fit: 'cover' });
    expect(cover.pixels).toEqual([255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0]);
    const fill = await collect([file], { ...want, fit: 'fill' });
    expect(fill.pixels.slice(0, 4)).toEqual(fill.pixels.slice(12));
    expect(fill.notes[0]).toContain('stretched');
  });

  test('CMYK, as inks without a profile', async () => {
    const rgb = sharp(Buffer.from(RED_GREEN_BLUE_WHITE), { raw: { width: 2, height: 2, channels: 3 } });
    const folder = folderOf({ 'a.jpg': await rgb.toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer() });
    const { pixels, notes } = await collect([folder], grey2);
    expect(notes).toEqual([
      '2 × 2 grey from 2 × 2 CMYK: inks as RGB, (255 − C) · (255 − K) / 255, grey by luma',
    ]);
    expect(pixels[3]).toBeGreaterThan(240);
    expect(Math.max(...pixels.slice(0, 3))).toBeLessThan(215);
  });

  test('JPEG and WebP, upright by EXIF, sixteen bits and palettes', async () => {
    const sideways = await sharp(Buffer.from([0, 0, 255, 255]), { raw: { width: 2, height: 2, channels: 1 } })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const wide = Uint16Array.of(0, 0x1234, 0x8080, 0xffff);
    const folder = folderOf({
      'a.jpg': sideways,
      'b.webp': await sharp(Buffer.from(RED_GREEN_BLUE_WHITE), { raw: { width: 2, height: 2, channels: 3 } })
        .webp({ lossless: true })
        .toBuffer(),
      'c.png': await sharp(wide, { raw: { width: 2, height: 2, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
      'd.png': await sharp(Buffer.from(RED_GREEN_BLUE_WHITE), { raw: { width: 2, height: 2, channels: 3 } })
        .png({ palette: true })
        .toBuffer(),
    });
    const { pixels, notes } = await collect([folder], grey2);
    // White below, turned a quarter clockwise: white at the left.
    expect(pixels.slice(0, 4).map((value) => Math.round(value / 20))).toEqual([13, 0, 13, 0]);
    expect(pixels.slice(4)).toEqual([76, 150, 29, 255, 0, 0x12, 0x80, 255, 76, 150, 29, 255]);
    expect(notes[0]).toContain('turned upright by its EXIF data');
  });
});

describe('many', () => {
  test('batches of large images have fewer of them, so that memory stays bounded', async () => {
    const folder = folderOf({ 'a.png': png(2, 2, 1, [0, 1, 2, 3]), 'b.png': png(2, 2, 1, [4, 5, 6, 7]) });
    const sizes: number[] = [];
    const want = { height: 2400, width: 2400, channels: 3 } as const;
    for await (const { names } of openImages([folder], want)) sizes.push(names.length);
    expect(sizes).toEqual([1, 1]);
    expect((await collect([folder], grey2)).batches).toHaveLength(1);
  });

  test('a folder: all below it, in an order of its own; batches of the wanted size; sub-folders are classes', async () => {
    const folder = folderOf({
      'b/2.png': flat(2, 2, 4),
      'b/10.PNG': flat(2, 2, 3),
      'a/deep/er.png': flat(2, 2, 2),
      'a.png': flat(2, 2, 1),
      'notes.txt': 'no image',
      '.hidden.png': 'no image either',
    });
    const { batches, names, classes, pixels, notes } = await collect([folder], grey2, { batch: 3 });
    expect(names.map((name) => name.slice(folder.length + 1))).toEqual([
      'a/deep/er.png',
      'a.png',
      'b/10.PNG',
      'b/2.png',
    ]);
    expect(pixels.filter((_, i) => i % 4 === 0)).toEqual([2, 1, 3, 4]);
    expect(classes).toEqual(['a', null, 'b', 'b']);
    expect(batches.map((batch) => batch.names.length)).toEqual([3, 1]);
    expect(notes).toEqual(['1 other file left out, not pictures by their names: 1 .txt']);
  });

  test('a glob, files, and a split of a data set in one go', async () => {
    const folder = folderOf({ 'x/1.png': flat(28, 28, 7), 'x/2.jpg': 'none', 'y/3.png': flat(28, 28, 9) });
    const want = { height: 28, width: 28, channels: 1, invert: true } as const;
    const batches: ImageBatch[] = [];
    const inputs = [`${folder}/*/*.png`, join(folder, 'x/1.png'), 'mnist-10k:test'];
    for await (const batch of openImages(inputs, want)) batches.push(batch);
    const names = batches.flatMap((batch) => batch.names);
    const { classes, values: pixels } = batches[0]!;
    expect(names.slice(0, 4)).toEqual([
      `${folder}/x/1.png`,
      `${folder}/y/3.png`,
      join(folder, 'x/1.png'),
      'mnist-10k:test[0]',
    ]);
    expect(names).toHaveLength(1003);
    expect(classes.slice(0, 3)).toEqual(['x', 'y', null]);
    expect(classes[3]).toMatch(/^[0-9]$/);
    // A data set is not inverted: most of a digit is background.
    expect(pixels[0]).toBe(248);
    expect(pixels.subarray(3 * 784).filter((value) => value === 0).length).toBeGreaterThan(100_000);
  });

  test('a set that replaces another is reported', async () => {
    const elsewhere = { offline: true, cacheDir: folderOf({}), env: {} };
    const { names, notes } = await collect(['mnist:test'], { height: 28, width: 28, channels: 1 }, elsewhere);
    expect(names[0]).toBe('mnist-10k:test[0]');
    expect(notes).toEqual([
      expect.stringMatching(/^mnist-10k:test instead of mnist:test: .*full MNIST is not here/),
    ]);
  });

  test('many images are converted in bounded memory: no more than a few batches wait', async () => {
    let made = 0;
    const images = encodeIdx({ shape: [20_000, 2, 2], data: new Uint8Array(80_000) });
    async function* slowly() {
      for (let i = 0; i < images.length; i += 400) {
        made = i;
        yield images.subarray(i, i + 400);
      }
    }
    for await (const { names } of openImages(['-'], grey2, {
      stdin: Readable.from(slowly(), { highWaterMark: 1 }),
      batch: 100,
    })) {
      expect(names).toHaveLength(100);
      expect(made).toBeLessThan(4_000);
      break;
    }
  });

  test('a note is told once for each kind', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}.png`, flat(9 + i, 9 + i, i)]),
    );
    const { notes, names } = await collect([folderOf(files)], grey2);
    expect(names).toHaveLength(20);
    expect(notes).toEqual(['2 × 2 grey from 9 × 9 grey: scaled']);
  });
});

describe('arrays', () => {
  const ramp = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);

  test.each([
    ['IDX', encodeIdx({ shape: [3, 2, 2], data: ramp })],
    ['IDX, gzipped', gzipSync(encodeIdx({ shape: [3, 2, 2], data: ramp }))],
    ['NPY', encodeNpy({ shape: [3, 2, 2], data: ramp })],
    ['NPY of rows, gzipped', gzipSync(encodeNpy({ shape: [3, 4], data: ramp }))],
    ['NPY with channels last', encodeNpy({ shape: [3, 2, 2, 1], data: ramp })],
    ['CSV', '0,20,40,60\n80,100,120,140\n160,180,200,220\n'],
    ['CSV with labels', 'label,a,b,c,d\r\n7,0,20,40,60\r\n7,80,100,120,140\r\n7,160,180,200,220'],
  ])('%s, as a file and from standard input', async (kind, content) => {
    const file = join(folderOf({ data: content }), 'data');
    const { pixels, names, classes, batches } = await collect([file], grey2);
    expect(pixels).toEqual([...ramp]);
    expect(batches[0]!.values).toBeInstanceOf(Uint8Array);
    expect(names).toEqual([`${file}[0]`, `${file}[1]`, `${file}[2]`]);
    expect(classes[0]).toBe(kind.endsWith('labels') ? '7' : null);
    const piped = await collect(['-'], grey2, { stdin: Readable.from([Buffer.from(content)]) });
    expect(piped.pixels).toEqual([...ramp]);
    expect(piped.names[2]).toBe('standard input[2]');
  });

  test('floats stay floats at their own size, and are inverted as such', async () => {
    const file = join(
      folderOf({ 'x.npy': encodeNpy({ shape: [1, 2, 2], data: Float64Array.of(0, 0.25, 0.5, 1) }) }),
      'x.npy',
    );
    const { batches } = await collect([file], { ...grey2, invert: true });
    expect(batches[0]!.values).toEqual(Float32Array.of(1, 0.75, 0.5, 0));
    const csv = join(folderOf({ 'x.csv': '0,0.25,0.5,1\n0,0,0,1\n' }), 'x.csv');
    expect((await collect([csv], grey2)).batches[0]!.values).toEqual(
      Float32Array.of(0, 0.25, 0.5, 1, 0, 0, 0, 1),
    );
    const named = join(
      folderOf({ 'x.csv': 'label,a,b,c,d\n"shirts, red",0,0,0,1\n"say ""x""",1,0,0,0\n' }),
      'x.csv',
    );
    const labelled = await collect([named], grey2);
    expect(labelled.batches[0]!.values).toEqual(Float32Array.of(0, 0, 0, 1, 1, 0, 0, 0));
  });

  test('floats and bytes never share a batch', async () => {
    const folder = folderOf({
      'x.npy': encodeNpy({ shape: [2, 2], data: Float32Array.of(0, 0, 0, 1) }),
      'a.png': flat(2, 2, 3),
    });
    const { batches } = await collect([join(folder, 'x.npy'), join(folder, 'a.png')], grey2);
    expect(batches.map(({ values: pixels }) => pixels.constructor.name)).toEqual([
      'Float32Array',
      'Uint8Array',
    ]);
  });

  test('other sizes and RGB are converted', async () => {
    const rgb = Uint8Array.from({ length: 48 }, (_, i) => RED_GREEN_BLUE_WHITE.slice(0, 3)[i % 3]!);
    const file = join(folderOf({ 'x.npy': encodeNpy({ shape: [4, 4, 3], data: rgb }) }), 'x.npy');
    const { pixels, notes } = await collect([file], grey2);
    expect(pixels).toEqual([76, 76, 76, 76]);
    expect(notes).toEqual(['2 × 2 grey from 4 × 4 RGB: scaled, grey by luma']);
  });

  test.each([
    [
      'floats beyond 1',
      encodeNpy({ shape: [2, 2], data: Float32Array.of(0, 0, 0, 1.5) }),
      /floats from 0 to 1/,
    ],
    ['NaN', encodeNpy({ shape: [2, 2], data: Float32Array.of(0, 0, 0, Number.NaN) }), /got NaN/],
    ['odd dimensions', encodeNpy({ shape: [5], data: new Uint8Array(5) }), /must hold images.*got \[5\]/],
    ['a cut IDX', encodeIdx({ shape: [3, 2, 2], data: ramp }).subarray(0, 25), /must not be cut off/],
    ['a cut gzip', gzipSync(encodeIdx({ shape: [3, 2, 2], data: ramp })).subarray(0, 20), /gzip|cut off/],
    ['too long an IDX', Buffer.concat([encodeIdx({ shape: [3, 2, 2], data: ramp }), ramp]), /must end where/],
    ['a short row', '1,2,3,4\n1,2,3\n', /line 2: must have 4 columns/],
    ['words', '1,2,3,4\n1,2,x,4\n', /line 2: must hold only numbers, 0 or more, got x/],
    ['a negative', '1,2,3,-4\n', /line 1: must hold only numbers, 0 or more/],
    ['more than a byte', '1,2,3,256\n', /line 1: must hold whole numbers to 255, got 256/],
    ['bytes among fractions', `${'0,0,0,1\n'.repeat(100)}0,0,0,9\n`, /line 101: must hold fractions/],
    ['a row of no square', '1,2,3,4,5,6,7,8\n', /must hold 4 pixels.*or those of a square, got 8/],
    [
      'binary nonsense',
      Buffer.from([1, 2, 0, 3]),
      /must be PNG, JPEG, WebP, TIFF, GIF, AVIF, BMP, IDX, NPY or CSV/,
    ],
    ['nothing', '', /got nothing/],
  ])('%s: refused with file and rule', async (_, content, rule) => {
    const file = join(folderOf({ data: content }), 'data');
    await expect(collect([file], grey2)).rejects.toThrow(rule);
    await expect(collect([file], grey2)).rejects.toThrow(file);
  });
});

/** A PNG whose header promises what it does not hold. */
function lyingPng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const chunk = (type: string, body: Uint8Array) => {
    const bytes = Buffer.alloc(12 + body.length);
    bytes.writeUInt32BE(body.length, 0);
    bytes.write(type, 4, 'latin1');
    bytes.set(body, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const body = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...body]);
}

describe('hostile files', () => {
  const good = { 'z.png': flat(2, 2, 5) };
  const whole = png(2, 2, 3, RED_GREEN_BLUE_WHITE);

  test.each([
    ['empty', new Uint8Array(0), /an empty file/],
    ['cut off', whole.subarray(0, whole.length - 20), /must be an undamaged PNG/],
    ['only a signature', whole.subarray(0, 8), /must be an undamaged PNG/],
    ['of huge dimensions', lyingPng(60_000, 60_000, new Uint8Array(10)), /at most 67108864 pixels, got more/],
    [
      'of absurd dimensions',
      lyingPng(2 ** 31 - 1, 2 ** 31 - 1, new Uint8Array(10)),
      /must (have at most|be an undamaged)/,
    ],
    ['of fewer pixels than promised', lyingPng(200, 200, new Uint8Array(10)), /must be an undamaged PNG/],
    ['of text', 'hello', /must be a PNG, JPEG, WebP, TIFF, GIF, AVIF or BMP image, got something else/],
    [
      'an SVG that would be drawn',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      /must be a PNG.*got SVG or XML/,
    ],
    ['a GIF without a picture', 'GIF89a\x01\x00\x01\x00\x00\x00\x00;', /undamaged GIF/],
    ['a cut JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /must be an undamaged JPEG/],
    ['a cut WebP', Buffer.from('RIFF\x40\0\0\0WEBPVP8 \x34\0\0\0', 'latin1'), /must be an undamaged WebP/],
  ])('%s: skipped with file and rule, or it stops there', async (_, content, rule) => {
    const folder = folderOf({ 'a.png': content, ...good });
    const { names, skipped } = await collect([folder], grey2, { onBad: 'skip' });
    expect(names).toEqual([`${folder}/z.png`]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toMatch(rule);
    expect(skipped[0]).toContain(`${folder}/a.png: `);
    await expect(collect([folder], grey2)).rejects.toThrow(rule);
  });

  test('a bomb of zeros behind a small header costs neither memory nor time', async () => {
    const folder = folderOf({ 'a.png': lyingPng(2, 2, new Uint8Array(5e7)), ...good });
    const before = process.memoryUsage().rss;
    const { names } = await collect([folder], grey2, { onBad: 'skip' });
    expect(names).toContain(`${folder}/z.png`);
    expect(process.memoryUsage().rss - before).toBeLessThan(45e6);
  });

  test('a JPEG that is called PNG is read as what it is', async () => {
    const jpeg = await sharp(Buffer.alloc(4, 90), { raw: { width: 2, height: 2, channels: 1 } })
      .jpeg()
      .toBuffer();
    const { pixels } = await collect([folderOf({ 'a.png': jpeg })], grey2);
    expect(pixels).toEqual([90, 90, 90, 90]);
  });

  test.runIf(process.platform === 'linux')('names that are no UTF-8', async () => {
    const folder = folderOf(good);
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.png')]),
      flat(2, 2, 8),
    );
    const { pixels, names } = await collect([folder], grey2);
    expect(pixels).toEqual([5, 5, 5, 5, 8, 8, 8, 8]);
    expect(names[1]).toBe(`${folder}/\ufffd\ufffd.png`);
  });

  test.runIf(process.platform === 'linux')('pipes and links: none is opened without a request', async () => {
    const secret = folderOf({ 'secret.png': flat(2, 2, 66) });
    const folder = folderOf({ ...good, 'sub/a.png': flat(2, 2, 1) });
    execFileSync('mkfifo', [join(folder, 'pipe.png')]);
    symlinkSync(join(secret, 'secret.png'), join(folder, 'link.png'));
    symlinkSync(folder, join(folder, 'sub', 'round'));
    const plain = await collect([folder], grey2);
    expect(plain.names).toHaveLength(2);
    expect(plain.notes[0]).toBe(
      '2 links left out: links are followed with --follow-links (in the library followLinks: true)',
    );
    const followed = await collect([folder], grey2, { followLinks: true });
    expect(followed.pixels.filter((_, i) => i % 4 === 0)).toEqual([66, 1, 5]);
    await expect(collect([join(folder, 'pipe.png')], grey2)).rejects.toThrow(/must be a file/);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'files that may not be read',
    async () => {
      const folder = folderOf({ 'a.png': flat(2, 2, 1), ...good });
      chmodSync(join(folder, 'a.png'), 0);
      const { skipped, names } = await collect([folder], grey2, { onBad: 'skip' });
      expect(skipped[0]).toContain('must be readable, got EACCES');
      expect(names).toHaveLength(1);
    },
  );

  test('nothing to read is an error, whatever was skipped', async () => {
    const folder = folderOf({ 'a.txt': 'x', 'b.png': 'x' });
    const subject = (inputs: string[]) => expect(collect(inputs, grey2, { onBad: 'skip' })).rejects;
    await subject([folder]).toThrow(/must hold at least one image that can be read/);
    await subject([`${folder}/*.webp`]).toThrow(/must hold at least one image that can be read/);
    await expect(collect([`${folder}/nowhere`], grey2)).rejects.toThrow(
      /must be an existing file or folder, a pattern/,
    );
    await expect(collect(['mnist-10k:tset'], grey2)).rejects.toThrow(/or a data set/);
    await expect(collect([], grey2)).rejects.toThrow(/must be named/);
    await expect(collect(['-', '-'], grey2)).rejects.toThrow(/only once/);
    await expect(collect([folder], { ...grey2, fit: 'squeeze' as 'fill' })).rejects.toThrow(
      /contain, cover, fill/,
    );
  });
});

test('in a folder of splits, classes are below them, and masks are left out', async () => {
  const folder = folderOf({
    'train/good/1.png': flat(2, 2, 1),
    'Test/good/1.png': flat(2, 2, 2),
    'Test/cut/1.png': flat(2, 2, 3),
    'ground_truth/cut/1_mask.png': flat(2, 2, 4),
  });
  const { classes, notes } = await collect([folder], grey2);
  expect(classes).toEqual(['cut', 'good', 'good']);
  expect(notes).toEqual(['1 mask left out']);
});
