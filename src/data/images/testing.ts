/** Images made for tests: pictures whose pixels are known, in folders that go when the test ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodePng } from '../../codecs/png.ts';

/** A folder with these files, gone when the test ends. */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-images-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A PNG of the given pixels, row by row, channels interleaved. */
export const png = (width: number, height: number, channels: 1 | 3 | 4, data: readonly number[]) =>
  encodePng({ width, height, channels, data: Uint8Array.from(data) });

/** A grey PNG of one shade. */
export const flat = (width: number, height: number, grey: number) =>
  png(width, height, 1, new Array<number>(width * height).fill(grey));

/** A BMP of one colour with 24 bits a pixel, its rows from the bottom up. */
export function bmp(width: number, height: number, [r, g, b]: readonly [number, number, number]): Uint8Array {
  const row = 4 * Math.ceil((width * 3) / 4);
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set([b, g, r], 54 + y * row + 3 * x);
  return bytes;
}

/** A plain TIFF of one mixture of inks: a header, a directory of nine entries, one strip. */
export function cmykTiff(
  width: number,
  height: number,
  inks: readonly [number, number, number, number],
): Uint8Array {
  const [BYTE2, BYTE4] = [3, 4];
  const pixels = Buffer.from(Array.from({ length: width * height }, () => inks).flat());
  const directory = 8;
  const bits = directory + 2 + 9 * 12 + 4;
  const start = bits + 8;
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, BYTE4, 1, width],
    [257, BYTE4, 1, height],
    [258, BYTE2, 4, bits],
    [259, BYTE2, 1, 1],
    [262, BYTE2, 1, 5],
    [273, BYTE4, 1, start],
    [277, BYTE2, 1, 4],
    [278, BYTE4, 1, height],
    [279, BYTE4, 1, pixels.length],
  ];
  const head = Buffer.alloc(start);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(directory, 4);
  head.writeUInt16LE(entries.length, directory);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = directory + 2 + 12 * i;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(value, at + 8);
  }
  for (let c = 0; c < 4; c++) head.writeUInt16LE(8, bits + 2 * c);
  return Buffer.concat([head, pixels]);
}
