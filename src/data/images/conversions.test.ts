/** Formats, colours and depths: what the pixels become, and what is said of it. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openImageFolder } from './folder.ts';
import { bmp, cmykTiff, flat, folderOf } from './testing.ts';

/** A picture of one colour with some noise that is the same in every format. */
const colour = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 100, b: 50 } } });

const three = (bytes: Uint8Array, ending: string) =>
  folderOf({ [`a.${ending}`]: bytes, [`b.${ending}`]: bytes, [`c.${ending}`]: bytes });

const opened = async (bytes: Uint8Array, ending: string, settings = {}) => {
  const { train, height, width, channels, folder } = await openImageFolder(three(bytes, ending), settings);
  const plane = height * width;
  const first = Array.from({ length: channels }, (_, c) => train.images[c * plane]!);
  return { first, channels, notes: folder!.notes.filter((note) => !note.startsWith('all ')) };
};

describe('formats', () => {
  test.each<[string, () => Promise<Uint8Array>]>([
    ['tiff', () => colour.clone().tiff().toBuffer()],
    ['TIF', () => colour.clone().tiff({ compression: 'lzw' }).toBuffer()],
    ['gif', () => colour.clone().gif().toBuffer()],
    ['avif', () => colour.clone().avif({ lossless: true }).toBuffer()],
    ['JFIF', () => colour.clone().jpeg({ quality: 100 }).toBuffer()],
    ['bmp', async () => bmp(8, 8, [200, 100, 50])],
    ['webp', () => colour.clone().webp({ lossless: true }).toBuffer()],
    // A wrong ending: the first bytes decide.
    ['png', () => colour.clone().tiff().toBuffer()],
  ])('.%s is read', async (ending, bytes) => {
    const { first, channels } = await opened(await bytes(), ending);
    expect(channels).toBe(3);
    for (const [i, value] of [200, 100, 50].entries()) expect(Math.abs(first[i]! - value)).toBeLessThan(5);
  });

  // 8 × 8: words of four pixels; 7 × 5: planes that begin anywhere.
  test.each([
    [8, 8],
    [7, 5],
  ])('each colour of each pixel of %i × %i is in its plane', async (width, height) => {
    const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 89 + (i >> 3)) % 256);
    const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const size: [number, number] = [height, width];
    const { train } = await openImageFolder(three(png, 'png'), { size });
    const planes = [0, 1, 2].flatMap((c) =>
      Array.from({ length: width * height }, (_, i) => pixels[3 * i + c]!),
    );
    expect(Array.from(train.images.subarray(0, planes.length))).toEqual(planes);
  });

  test('of several pictures in a file the first is taken, and said so', async () => {
    const pages = Buffer.concat([Buffer.alloc(192, 250), Buffer.alloc(192, 5)]);
    const gif = await sharp(pages, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer();
    const { first, notes } = await opened(gif, 'gif', { size: 8 });
    expect(first[0]).toBeGreaterThan(200);
    expect(notes.join()).toContain('the first of several pictures in a file');
  });
});

describe('colours and depths', () => {
  const grey16 = (value: number) =>
    sharp(new Uint16Array(64).fill(value), { raw: { width: 8, height: 8, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();

  test('CMYK has the values that Pillow reads', async () => {
    // K alone: 255 − 135 = 120. Other inks: each of (255 − ink) · (255 − K) / 255.
    const black = await opened(cmykTiff(8, 8, [0, 0, 0, 135]), 'tiff');
    expect(black.first).toEqual([120, 120, 120]);
    expect(black.notes.join()).toContain('from 8 × 8 CMYK: inks as RGB');
    const mixed = await opened(cmykTiff(8, 8, [7, 0, 20, 165]), 'tiff');
    expect(mixed.first).toEqual([88, 90, 83]);
  });

  test('16 bits are cut to 8, or scaled by data.range, and said so', async () => {
    const plain = await opened(await grey16(60_000), 'png');
    expect(plain.first).toEqual([234]);
    expect(plain.notes).toEqual(['8 × 8 grey from 8 × 8 grey: 16 bits a channel to 8']);
    const dark = await opened(await grey16(4000), 'png');
    expect(dark.first).toEqual([15]);
    expect(dark.notes.at(-1)).toMatch(
      /no value above 4,095 of 65,535.*set data\.range=4095 if they are of 12 bits/,
    );
    const ranged = await opened(await grey16(4000), 'png', { range: 4095 });
    expect(ranged.first).toEqual([Math.round((4000 / 4095) * 255)]);
    expect(ranged.notes).toEqual(['8 × 8 grey from 8 × 8 grey: 16 bits a channel to 8, 4095 as white']);
  });

  test('palettes, transparency and upside-down pictures are said', async () => {
    const palette = await colour.clone().png({ palette: true }).toBuffer();
    expect((await opened(palette, 'png')).notes.join()).toContain('colours looked up in its palette');
    const turned = await colour.clone().withMetadata({ orientation: 3 }).jpeg().toBuffer();
    expect((await opened(turned, 'jpg')).notes.join()).toContain('turned upright by its EXIF data');
    const clear = await colour.clone().ensureAlpha(0.5).png().toBuffer();
    expect((await opened(clear, 'png')).notes.join()).toContain('alpha on black');
    expect(
      (await opened(await colour.clone().png().toBuffer(), 'png', { channels: 1 })).notes.join(),
    ).toContain('grey by luma');
  });
});

describe('nothing to learn', () => {
  test.each([
    ['black', 0, /all \d training images are black/],
    ['white', 255, /are white/],
    ['one shade', 90, /are of one shade/],
  ])('%s', async (_, grey, said) => {
    const { folder } = await openImageFolder(three(flat(8, 8, grey), 'png'));
    expect(folder!.notes.join()).toMatch(said);
  });

  test('alike, and not alike', async () => {
    const picture = await sharp(Buffer.from(Array.from({ length: 64 }, (_, i) => i * 3)), {
      raw: { width: 8, height: 8, channels: 1 },
    })
      .png()
      .toBuffer();
    const same = await openImageFolder(three(picture, 'png'));
    expect(same.folder!.notes.join()).toMatch(/all 2 training images are alike: there is nothing to learn/);
    const others = await openImageFolder(
      folderOf({ 'a.png': flat(8, 8, 1), 'b.png': flat(8, 8, 20), 'c.png': flat(8, 8, 90) }),
    );
    expect(others.folder!.notes).toEqual([]);
  });
});
