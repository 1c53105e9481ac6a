/**
 * Makes a folder of surfaces with defects, in the layout of MVTec AD: `train/good`, `test/good`, `test/<defect>` and
 * `ground_truth/<defect>/<name>_mask.png`, to try the recipe `inspect` on.
 *
 *   node examples/surfaces.js surfaces
 *   node examples/surfaces.js surfaces --kind woven --train 100 --test 20 --size 128
 *   node examples/surfaces.js surfaces --from photo.png      crops of a picture of your own instead
 *
 * docs/anomalies.md walks through it. The same arguments make the same files.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp'; // comes with hourglass

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string', default: 'brushed' },
    from: { type: 'string' },
    size: { type: 'string', default: '256' },
    train: { type: 'string', default: '200' },
    test: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = positionals[0] ?? 'surfaces';
const size = Number(flags.size);

/** Numbers from 0 to 1 by a seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Smooth noise around 0: random values on a lattice of `down` × `across` pixels, and what lies between them. */
function noise(draw, down, across) {
  const [rows, columns] = [Math.ceil(size / down) + 2, Math.ceil(size / across) + 2];
  const lattice = Float64Array.from({ length: rows * columns }, () => draw() + draw() + draw() - 1.5);
  const smooth = (t) => t * t * (3 - 2 * t);
  const [oy, ox] = [draw(), draw()];
  return plane((y, x) => {
    const [py, px] = [y / down + oy, x / across + ox];
    const [cy, cx] = [Math.floor(py), Math.floor(px)];
    const [ty, tx] = [smooth(py - cy), smooth(px - cx)];
    const at = (r, c) => lattice[r * columns + c];
    const top = at(cy, cx) * (1 - tx) + at(cy, cx + 1) * tx;
    return top * (1 - ty) + (at(cy + 1, cx) * (1 - tx) + at(cy + 1, cx + 1) * tx) * ty;
  });
}

/** A value from 0 to 1 for each pixel. */
const plane = (value) =>
  Float64Array.from({ length: size * size }, (_, i) => value(Math.floor(i / size), i % size));

/** Surfaces without defects. */
const SURFACES = {
  brushed(draw) {
    const [long, fine, light] = [noise(draw, 1.5, 90), noise(draw, 1, 14), noise(draw, 160, 160)];
    return plane(
      (y, x) => 0.55 + 0.16 * long[y * size + x] + 0.07 * fine[y * size + x] + 0.05 * light[y * size + x],
    );
  },
  woven(draw) {
    const [phaseY, phaseX] = [draw() * 8, draw() * 8];
    const [bend, grain] = [noise(draw, 40, 40), noise(draw, 1, 1)];
    return plane((y, x) => {
      const i = y * size + x;
      const [u, v] = [(y + phaseY + 1.2 * bend[i]) / 8, (x + phaseX + 1.2 * bend[size * size - 1 - i]) / 8];
      const over = (Math.floor(u) + Math.floor(v)) % 2 === 0;
      const across = Math.abs(((over ? u : v) % 1) - 0.5);
      return 0.62 - 0.55 * across ** 1.5 + 0.06 * grain[i];
    });
  },
  grain(draw) {
    const [a, b, c] = [noise(draw, 2, 2), noise(draw, 5, 5), noise(draw, 14, 14)];
    return plane((y, x) => 0.5 + 0.14 * a[y * size + x] + 0.16 * b[y * size + x] + 0.1 * c[y * size + x]);
  },
  leather(draw) {
    const [a, b] = [noise(draw, 7, 7), noise(draw, 7, 7)];
    const grain = noise(draw, 1.5, 1.5);
    return plane((y, x) => {
      const i = y * size + x;
      return 0.3 + 0.9 * Math.min(0.35, Math.abs(a[i]) + 0.6 * Math.abs(b[i])) + 0.05 * grain[i];
    });
  },
};

/** Crops of a picture. */
async function cropsOf(file) {
  const { data, info } = await sharp(file).greyscale().raw().toBuffer({ resolveWithObject: true });
  if (Math.min(info.width, info.height) < size) throw new Error(`${file} is smaller than ${size} × ${size}`);
  return (draw) => {
    const [top, left] = [info.height - size, info.width - size].map((most) =>
      Math.floor(draw() * (most + 1)),
    );
    return plane((y, x) => data[(top + y) * info.width + left + x] / 255);
  };
}

/** Defects of 6 to 20 pixels: each changes a surface, and gives the pixels that are defective. */
const DEFECTS = {
  scratch(surface, draw) {
    const [y0, x0, angle, length] = [place(draw), place(draw), draw() * Math.PI, 12 + 8 * draw()];
    const [width, depth, bend] = [
      0.7 + 0.8 * draw(),
      sign(draw) * (0.18 + 0.22 * draw()),
      0.02 * (draw() - 0.5),
    ];
    return change(surface, (y, x) => {
      const [dy, dx] = [y - y0, x - x0];
      const along = dx * Math.cos(angle) + dy * Math.sin(angle);
      const across = dy * Math.cos(angle) - dx * Math.sin(angle) + bend * along ** 2;
      return Math.abs(along) > length / 2
        ? 0
        : depth * Math.max(0, Math.min(1, width + 0.5 - Math.abs(across)));
    });
  },
  spot(surface, draw) {
    const [y0, x0, radius, lobes] = [place(draw), place(draw), 3 + 5 * draw(), draw() * 6];
    const depth = sign(draw) * (0.15 + 0.2 * draw());
    return change(surface, (y, x) => {
      const [dy, dx] = [y - y0, x - x0];
      const edge = radius * (1 + 0.25 * Math.sin(3 * Math.atan2(dy, dx) + lobes));
      return depth * Math.max(0, Math.min(1, edge - Math.hypot(dy, dx)));
    });
  },
  dent(surface, draw) {
    const [y0, x0, radius, angle] = [place(draw), place(draw), 5 + 5 * draw(), draw() * 2 * Math.PI];
    const depth = 0.25 + 0.2 * draw();
    return change(surface, (y, x) => {
      const [dy, dx] = [(y - y0) / radius, (x - x0) / radius];
      const distance = Math.hypot(dy, dx);
      if (distance >= 1) return 0;
      // Light from one side: one slope is brighter, the other darker.
      return depth * (dx * Math.cos(angle) + dy * Math.sin(angle)) * (1 - distance ** 2) * 2;
    });
  },
};

const place = (draw) => 12 + draw() * (size - 24);
const sign = (draw) => (draw() < 0.5 ? -1 : 1);

/** Adds a change to a surface; a pixel is defective if it differs by 4 grey levels or more. */
function change(surface, by) {
  return plane((y, x) => {
    const value = by(y, x);
    surface[y * size + x] += value;
    return Math.abs(value) >= 4 / 255 ? 1 : 0;
  });
}

async function save(file, values) {
  const data = Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  await sharp(data, { raw: { width: size, height: size, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(file);
}

const surface = flags.from === undefined ? SURFACES[flags.kind] : await cropsOf(flags.from);
if (surface === undefined)
  throw new Error(`--kind must be ${Object.keys(SURFACES).join(', ')}, got ${flags.kind}`);
const seed = Number(flags.seed);
let made = 0;
for (const [part, count] of [
  ['train/good', Number(flags.train)],
  ['test/good', Number(flags.test)],
  ...Object.keys(DEFECTS).map((name) => [`test/${name}`, Number(flags.test)]),
]) {
  const defect = DEFECTS[part.replace('test/', '')];
  await mkdir(join(folder, part), { recursive: true });
  if (defect !== undefined)
    await mkdir(join(folder, part.replace('test', 'ground_truth')), { recursive: true });
  for (let i = 0; i < count; i++) {
    const draw = randomOf(seed * 1_000_003 + 7919 * made++);
    const name = String(i).padStart(3, '0');
    const values = surface(draw);
    if (defect !== undefined) {
      const mask = defect(values, draw);
      await save(join(folder, part.replace('test', 'ground_truth'), `${name}_mask.png`), mask);
    }
    await save(join(folder, part, `${name}.png`), values);
  }
}
console.log(`${folder}: ${made} pictures of ${size} × ${size}`);
