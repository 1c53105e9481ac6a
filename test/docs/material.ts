/** The files that documents take for granted: a few small pictures, in folders and alone, and small digits. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDataset } from 'hourglass';
import sharp from 'sharp';
import { encodeIdx } from '../../src/codecs/idx.ts';
import { encodeNpy } from '../../src/codecs/npy.ts';
import { encodePng } from '../../src/codecs/png.ts';
import { tar } from '../../src/data/stream/testing.ts';

const SIDE = 48;

type Shape = (x: number, y: number) => boolean;
const SHAPES: Readonly<Record<string, Shape>> = {
  circle: (x, y) => x * x + y * y < 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.85,
  triangle: (x, y) => y < 0.8 && y > 2 * Math.abs(x) - 0.9,
};

/** A shape in one of three colours on a light ground, its size and place by its number. */
async function picture(shape: string, n: number, file: string): Promise<void> {
  const ink = [
    [200, 40, 40],
    [40, 140, 60],
    [40, 70, 190],
  ][n % 3]!;
  const radius = 10 + (n % 7);
  const [cx, cy] = [SIDE / 2 + (n % 5) - 2, SIDE / 2 + (n % 4) - 2];
  const pixels = Buffer.alloc(SIDE * SIDE * 3, 245);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      if (SHAPES[shape]!((x - cx) / radius, (y - cy) / radius)) pixels.set(ink, 3 * (y * SIDE + x));
  await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } }).toFile(file);
}

/** So many pictures of each shape, a folder for each; or all in one. */
export async function shapes(folder: string, each: number, flat = false): Promise<void> {
  for (const shape of Object.keys(SHAPES)) {
    await mkdir(flat ? folder : join(folder, shape), { recursive: true });
    for (let n = 0; n < each; n++)
      await picture(shape, n, flat ? join(folder, `${shape}-${n}.png`) : join(folder, shape, `${n}.png`));
  }
}

/** Measured parts as CSV: four numbers that belong together, a material, a check; one in fifty is too light. */
export async function parts(file: string): Promise<void> {
  const lines = Array.from({ length: 1000 }, (_, i) => {
    const [width, height] = [10 + Math.abs(Math.sin(i)), 20 + 2 * Math.abs(Math.sin(3 * i))];
    const isLight = i % 50 === 7;
    const weight = width * height * (isLight ? 4.7 : 7.8) + Math.sin(7 * i);
    const values = [i + 1, width.toFixed(3), height.toFixed(3), weight.toFixed(2)];
    return [
      ...values,
      ['A2', 'A4', 'S355'][i % 3],
      i % 9 === 0 ? 'no' : 'yes',
      isLight ? 'bad' : 'good',
    ].join(',');
  });
  await writeFile(file, `id,width,height,weight,steel,ok,kind\n${lines.join('\n')}\n`);
}

/** Four shards of 500 small stripes each, as examples/shards.ts makes them; the last is for the test. */
export async function shards(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const side = 32;
  for (let shard = 0; shard < 4; shard++) {
    const entries = Array.from({ length: 500 }, (_, i) => shard * 500 + i).flatMap((n) => {
      const data = Uint8Array.from({ length: side * side }, (_, at) => {
        const distance = (at % side) - 16 + Math.floor(at / side) * ((n % 5) - 2) * 0.2 - (n % 11) + 5;
        return 255 * Math.exp(-(distance ** 2) / 8);
      });
      const key = String(n).padStart(8, '0');
      return [
        { name: `${key}.png`, content: encodePng({ width: side, height: side, channels: 1, data }, 4) },
        { name: `${key}.cls`, content: Buffer.from(String(n % 2)) },
      ];
    });
    await writeFile(join(folder, `stripes-${shard < 3 ? 'train' : 'test'}-000${shard}.tar`), tar(entries));
  }
}

/** Single pictures; the ending decides the format. */
export async function pictures(folder: string, names: readonly string[]): Promise<void> {
  for (const [n, name] of names.entries()) await picture(Object.keys(SHAPES)[n % 3]!, n, join(folder, name));
}

/** Ends of a walk in a plane, as codes. */
/** Vectors of 16 numbers, each the sum of two of 24 directions. */
export async function activations(file: string): Promise<void> {
  const [rows, width] = [600, 16];
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (const part of [(row * 7) % 24, (row * 11 + 5) % 24])
      for (let k = 0; k < width; k++)
        data[row * width + k]! += Math.sin(part * 16 + k * (part + 1)) * (1 + (row % 5));
  }
  await writeFile(file, encodeNpy({ data, shape: [rows, width] }));
}

export const codes = (file: string): Promise<void> => writeFile(file, 'z1,z2\n-1,0.5\n1,-0.5\n');

const DIGIT = 12;

/** Digits of mnist-10k at half their size, as MNIST's four files: 300 to train on and 60 to test. */
export async function smallDigits(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { train, test } = await openDataset('mnist-10k');
  for (const [name, { images, labels }, count] of [
    ['train', train, 300],
    ['t10k', test, 60],
  ] as const) {
    const data = Uint8Array.from({ length: count * DIGIT * DIGIT }, (_, i) => {
      const [n, y, x] = [Math.floor(i / DIGIT ** 2), Math.floor(i / DIGIT) % DIGIT, i % DIGIT];
      const at = (dy: number, dx: number) => images[n * 784 + (2 + 2 * y + dy) * 28 + 2 + 2 * x + dx]!;
      return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
    });
    await writeFile(
      join(folder, `${name}-images-idx3-ubyte`),
      encodeIdx({ shape: [count, DIGIT, DIGIT], data }),
    );
    await writeFile(
      join(folder, `${name}-labels-idx1-ubyte`),
      encodeIdx({ shape: [count], data: labels.slice(0, count) }),
    );
  }
}

/** The first JavaScript that a document shows, as a file. */
export async function codeOf(document: string, file: string): Promise<void> {
  const text = await readFile(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const [, code] = /^```js\n([\s\S]*?)^```$/m.exec(text) ?? [];
  if (code === undefined) throw new Error(`${document} shows no JavaScript`);
  await writeFile(file, code);
}

/** Surfaces with defects and masks, by the program that the page shows. */
export async function surfaces(folder: string): Promise<void> {
  const program = fileURLToPath(new URL('../../examples/surfaces.js', import.meta.url));
  await promisify(execFile)(process.execPath, [
    program,
    folder,
    '--size',
    '64',
    '--train',
    '16',
    '--test',
    '3',
  ]);
}
