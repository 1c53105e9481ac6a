/** Small PNG files are decoded here: to the values that sharp has for them. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { convertFile } from './convert.ts';
import { decodePlainPng, plainPngHeader } from './plain-png.ts';
import { wholePreprocessing } from './preprocessing.ts';

const [WIDTH, HEIGHT] = [9, 7];

const pixels = (channels: number) =>
  Buffer.from(Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * i * 7 + 31 * i) & 255));

function chunk(type: string, body: Uint8Array): Buffer {
  const inner = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(inner));
  return Buffer.concat([length, inner, sum]);
}

/** A PNG whose lines have one filter each; its chunks are put between header and pixels. */
function made(channels: 1 | 3, filter: number, chunks: readonly Buffer[] = [], interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, interlace], 8);
  const line = WIDTH * channels;
  const lines = Buffer.alloc(HEIGHT * (line + 1));
  for (let y = 0; y < HEIGHT; y++) {
    lines[y * (line + 1)] = filter;
    pixels(channels).copy(lines, y * (line + 1) + 1, y * line, (y + 1) * line);
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const packed = deflateSync(lines);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', packed.subarray(0, 10)),
    chunk('IDAT', packed.subarray(10)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** What sharp reads, its grey as one value a pixel. */
async function bySharp(bytes: Buffer, channels: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) =>
    channels === info.channels ? data[i]! : data[i * info.channels]!,
  );
}

describe.each([1, 3] as const)('%i channels', (channels) => {
  test.each([0, 1, 2, 3, 4])('filter %i', async (filter) => {
    const bytes = made(channels, filter);
    const found = decodePlainPng(bytes)!;
    expect([found.width, found.height, found.channels]).toEqual([WIDTH, HEIGHT, channels]);
    expect([...found.data]).toEqual(await bySharp(bytes, channels));
  });

  test('chunks that change nothing', async () => {
    const gamma = Buffer.alloc(4);
    gamma.writeUInt32BE(100_000);
    const chunks = [chunk('gAMA', gamma), chunk('tEXt', Buffer.from('Software\0a program', 'latin1'))];
    const bytes = made(channels, 4, chunks);
    expect([...decodePlainPng(bytes)!.data]).toEqual(await bySharp(bytes, channels));
  });

  test('every conversion is that of the library', async () => {
    const bytes = made(channels, 2);
    // Interlaced, it is left to the library.
    const space = channels === 1 ? 'b-w' : 'srgb';
    const other = await sharp(bytes).toColourspace(space).png({ progressive: true }).toBuffer();
    expect(plainPngHeader(other)).toBe(null);
    for (const to of [1, 3] as const) {
      for (const invert of [false, true]) {
        const want = wholePreprocessing({ height: HEIGHT, width: WIDTH, channels: to, invert });
        const [here, there] = [await convertFile(bytes, 'a', want), await convertFile(other, 'b', want)];
        expect([...here.values]).toEqual([...there.values]);
        expect(here.conversion).toEqual(there.conversion);
      }
    }
  });
});

describe('left to the library', () => {
  const whole = made(1, 0);
  const broken = (at: number) => {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    return bytes;
  };
  test.each<[string, Buffer]>([
    ['a profile', made(1, 0, [chunk('iCCP', Buffer.from('x'))])],
    ['transparency', made(1, 0, [chunk('tRNS', Buffer.from([0, 0]))])],
    ['EXIF data', made(1, 0, [chunk('eXIf', Buffer.from('x'))])],
    ['EXIF data as text', made(1, 0, [chunk('tEXt', Buffer.from('Raw profile type exif\0', 'latin1'))])],
    ['an interlaced one', made(1, 0, [], 1)],
    ['a filter that does not exist', made(1, 5)],
    ['one cut off', whole.subarray(0, -1)],
    ['more after its end', Buffer.concat([whole, Buffer.alloc(1)])],
    ['another checksum', broken(whole.length - 20)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_, bytes) => expect(decodePlainPng(bytes)).toBe(null));
});
