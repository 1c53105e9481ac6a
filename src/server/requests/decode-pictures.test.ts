import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodePng } from '../../codecs/png.ts';
import { wholePreprocessing } from '../../data/images/index.ts';
import { decodePictures } from './decode-pictures.ts';
import { checkedPixels, jpegFrame } from './picture-size.ts';

const want = wholePreprocessing({ channels: 1, height: 4, width: 4 });
const decode = (file: Uint8Array) => decodePictures({ files: [file], first: 3, want, pixels: 1_000_000 });
const background = { r: 60, g: 90, b: 120 };
const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
const drawn = () => sharp({ create: { width: 200, height: 160, channels: 3, background, noise } });

test.each([{}, { progressive: true }, { quality: 100, chromaSubsampling: '4:4:4' }])(
  'a JPEG %o whose header says another size than its data is refused',
  async (options) => {
    const jpeg = await drawn().jpeg(options).toBuffer();
    expect((await decode(jpeg)).bytes).toHaveLength(16);
    const at = jpegFrame(jpeg)!;
    for (const [width, height] of [
      [200, 80],
      [200, 320],
      [100, 160],
      [400, 160],
    ] as const) {
      const lying = Buffer.from(jpeg);
      lying.writeUInt16BE(height, at + 5);
      lying.writeUInt16BE(width, at + 7);
      await expect(decode(lying)).rejects.toMatchObject({
        status: 422,
        message: expect.stringMatching(/^Picture 3 must/),
      });
    }
  },
);

test('a PNG whose header says another size than its data is refused', async () => {
  const png = Buffer.from(encodePng({ width: 20, height: 10, channels: 1, data: new Uint8Array(200) }));
  expect((await decode(png)).bytes).toHaveLength(16);
  for (const [width, height] of [
    [20, 9],
    [20, 11],
    [19, 10],
    [21, 10],
  ] as const) {
    const lying = Buffer.from(png);
    lying.writeUInt32BE(width, 16);
    lying.writeUInt32BE(height, 20);
    await expect(decode(lying)).rejects.toMatchObject({ status: 422 });
  }
});

test.each([{}, { lossless: true }, { quality: 100 }])(
  'a WebP %o whose header says another size than its data is refused',
  async (options) => {
    const webp = await drawn().webp(options).toBuffer();
    expect((await decode(webp)).bytes).toHaveLength(16);
    for (const [width, height] of [
      [200, 80],
      [200, 320],
      [100, 160],
      [400, 160],
      [1, 1],
    ] as const) {
      const lying = Buffer.from(webp);
      if (options.lossless) {
        const rest = lying.readUInt32LE(21) & 0xf0000000;
        lying.writeUInt32LE((rest | ((height - 1) << 14) | (width - 1)) >>> 0, 21);
      } else {
        lying.writeUInt16LE(width, 26);
        lying.writeUInt16LE(height, 28);
      }
      await expect(decode(lying)).rejects.toMatchObject({ status: 422 });
    }
  },
);

test('plain WebP pictures of any size are taken', async () => {
  for (const [width, height] of [
    [1, 1],
    [1, 300],
    [28, 28],
    [300, 17],
    [640, 480],
  ] as const) {
    for (const channels of [3, 4] as const) {
      for (const options of [{}, { lossless: true }, { nearLossless: true }, { quality: 1 }, { effort: 0 }]) {
        const plain = sharp({
          create: { width, height, channels, background: { ...background, alpha: 0.5 } },
        });
        expect((await decode(await plain.webp(options).toBuffer())).bytes).toHaveLength(16);
      }
    }
  }
});

test('a JPEG with bytes between its segments has its size found', async () => {
  const jpeg = await drawn().jpeg().toBuffer();
  const first = 4 + jpeg.readUInt16BE(4);
  for (const between of [Buffer.alloc(5), Buffer.from('ff00ff00', 'hex'), Buffer.alloc(3, 0xff)]) {
    const odd = Buffer.concat([jpeg.subarray(0, first), between, jpeg.subarray(first)]);
    expect(jpegFrame(odd)).toBe(jpegFrame(jpeg)! + between.length);
  }
});

test('sizes are read from headers alone, and bounded before anything is decoded', async () => {
  const files = await Promise.all([
    drawn().png().toBuffer(),
    drawn().jpeg({ progressive: true }).toBuffer(),
    drawn().webp().toBuffer(),
    drawn().webp({ lossless: true }).toBuffer(),
    drawn().ensureAlpha(0.5).webp().toBuffer(),
  ]);
  const limits = { imagePixels: 32_000, requestPixels: 160_000 };
  expect(checkedPixels(files, limits)).toEqual(Array(5).fill(32_000));
  expect(() => checkedPixels(files, { ...limits, imagePixels: 31_999 })).toThrow('at most 31999 pixels');
  expect(() => checkedPixels(files, { ...limits, requestPixels: 159_999 })).toThrow('together');
});
