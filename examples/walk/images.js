/**
 * Makes a folder of small pictures to train on, and one to inspect:
 *
 *     node examples/walk/images.js <folder>
 *
 * parts/ring, parts/bar, parts/cross: 500 each, 32 × 32, grey, all a little different. line/: 30 more of them, and five
 * with a scratch: odd-0.png … odd-4.png.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';

const SIDE = 32;
const folder = process.argv[2];
if (folder === undefined) throw new Error('node examples/walk/images.js <folder>');

let state = 1;
/** Uniform in [0, 1), the same at every run: a linear congruential generator. */
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** The distance of (x, y) from each shape's line, in pixels. */
const SHAPES = {
  ring: (x, y, size) => Math.abs(Math.hypot(x, y) - size),
  bar: (x, y, size) => Math.max(Math.abs(y), Math.abs(x) - size),
  cross: (x, y, size) =>
    Math.min(Math.max(Math.abs(y), Math.abs(x) - size), Math.max(Math.abs(x), Math.abs(y) - size)),
};

/** A shape, white on black, turned, moved and of its own size; with a scratch where asked. */
function draw(shape, scratched) {
  const [turn, size] = [random() * Math.PI, 8 + 3 * random()];
  const [cx, cy] = [15.5 + 3 * (random() - 0.5), 15.5 + 3 * (random() - 0.5)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const scratch = random() * 8 - 4;
  const data = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i % SIDE) - cx, Math.floor(i / SIDE) - cy];
    const away = SHAPES[shape](x * cos + y * sin, y * cos - x * sin, size);
    const line = scratched ? Math.abs((x + y) / Math.SQRT2 - scratch) : Number.POSITIVE_INFINITY;
    data[i] = 255 * Math.max(0, Math.min(1, 2.5 - away, 1), Math.min(1, 1.8 - line));
  }
  return encode({ width: SIDE, height: SIDE, data, channels: 1 });
}

async function write(path, bytes) {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

for (const shape of Object.keys(SHAPES)) {
  for (let n = 0; n < 500; n++) await write(`parts/${shape}/${n}.png`, draw(shape, false));
  for (let n = 0; n < 10; n++) await write(`line/${shape}-${n}.png`, draw(shape, false));
}
const shapes = Object.keys(SHAPES);
for (let n = 0; n < 5; n++) await write(`line/odd-${n}.png`, draw(shapes[n % shapes.length], true));
console.log(`${folder}/parts: 1,500 pictures in 3 classes; ${folder}/line: 30 more, and 5 with a scratch`);
