/** Data sets that the bench writes itself, of the digits that come with hourglass, over and over. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '../src/codecs/idx.ts';
import { encodePng } from '../src/codecs/png.ts';
import type { LabelledImages } from '../src/data/dataset.ts';

const SIDE = 28;
const PIXELS = SIDE * SIDE;

const repeated = (values: Uint8Array, length: number) =>
  Uint8Array.from({ length }, (_, i) => values[i % values.length]!);

/** Four gzipped IDX files under MNIST's names, of so many training images and a sixth as many for the test. */
export function writeIdxSet(folder: string, { images, labels }: LabelledImages, count: number): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, shape: number[], data: Uint8Array) =>
    writeFileSync(join(folder, `${name}.gz`), gzipSync(encodeIdx({ shape, data })));
  for (const [split, n] of [
    ['train', count],
    ['t10k', Math.ceil(count / 6)],
  ] as const) {
    write(`${split}-images-idx3-ubyte`, [n, SIDE, SIDE], repeated(images, n * PIXELS));
    write(`${split}-labels-idx1-ubyte`, [n], repeated(labels, n));
  }
  return folder;
}

/** So many PNG files, a sub-folder for each class. */
export function writePngFolder(folder: string, digits: LabelledImages, count: number): string {
  for (let i = 0; i < count; i++) {
    const of = i % digits.count;
    const within = join(folder, String(digits.labels[of]));
    mkdirSync(within, { recursive: true });
    const data = digits.images.subarray(of * PIXELS, (of + 1) * PIXELS);
    writeFileSync(join(within, `${i}.png`), encodePng({ width: SIDE, height: SIDE, channels: 1, data }));
  }
  return folder;
}

/** Square images of another side: each takes the nearest of the old pixels. */
export function resized(images: Uint8Array, count: number, side: number): Uint8Array {
  const result = new Uint8Array(count * side * side);
  const old = (at: number) => Math.floor(((at + 0.5) * SIDE) / side);
  for (let i = 0, at = 0; i < count; i++) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++, at++) {
        result[at] = images[i * PIXELS + old(row) * SIDE + old(column)]!;
      }
    }
  }
  return result;
}
