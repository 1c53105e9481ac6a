/**
 * A world whose features are known: 1,024 of them in 128 dimensions, sparse, correlated, Zipf-distributed.
 *
 *   node bench/sparse/world.js <folder> [rows] [seed]
 *
 * writes `world/train.npy` and `world/test.npy` (float32 [rows, 128], test a sixteenth), and next to the folder `world` what a
 * judge needs: `directions.npy`, [1024, 128], and `features.npy`, [test rows, 1024], the strength of each feature in each row of the test split.
 *
 * Feature i has a random direction of length 1 and is there with the chance 12 · i^-1 / Σ i^-1, at most a quarter: 12 a row, the
 * first a thousand times as often as the last. Features come in 32 groups: a normal number of the group and one of the feature's
 * own, with weights √0.3 and √0.7, decide together, so that features of a group tend to occur together. Where a feature is there,
 * its strength is 1 + |ε| / 2. Each value has noise of 0.02.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FEATURES = 1024;
const WIDTH = 128;
const ACTIVE = 12;
const GROUPS = 32;
const SHARED = 0.3;

const [folder = 'world', rowsGiven = '131072', seedGiven = '1'] = process.argv.slice(2);
const rows = Number(rowsGiven);

/** mulberry32: 32 bits of state are enough for a world. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const draw = generator(Number(seedGiven));
const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/** The z of which a share `p` of normal numbers lies above: bisection of Φ by its series. */
function above(p) {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (1 - cdf(middle) > p) low = middle;
    else high = middle;
  }
  return low;
}
/** Φ by Marsaglia's series, exact to double precision. */
function cdf(z) {
  let [sum, term] = [z, z];
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 400; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

const zipf = Float64Array.from({ length: FEATURES }, (_, i) => 1 / (i + 1));
const total = zipf.reduce((a, b) => a + b, 0);
const least = Float64Array.from(zipf, (weight) => above(Math.min(0.25, (ACTIVE * weight) / total)));
const directions = new Float32Array(FEATURES * WIDTH);
for (let i = 0; i < FEATURES; i++) {
  const own = directions.subarray(i * WIDTH, (i + 1) * WIDTH);
  for (let k = 0; k < WIDTH; k++) own[k] = normal();
  const length = Math.hypot(...own);
  for (let k = 0; k < WIDTH; k++) own[k] /= length;
}

function world(count, features) {
  const values = new Float32Array(count * WIDTH);
  const shared = new Float64Array(GROUPS);
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * WIDTH, (row + 1) * WIDTH);
    for (let k = 0; k < WIDTH; k++) own[k] = 0.02 * normal();
    for (let g = 0; g < GROUPS; g++) shared[g] = normal();
    for (let i = 0; i < FEATURES; i++) {
      if (Math.sqrt(SHARED) * shared[i % GROUPS] + Math.sqrt(1 - SHARED) * normal() <= least[i]) continue;
      const strength = 1 + Math.abs(normal()) / 2;
      if (features !== null) features[row * FEATURES + i] = strength;
      for (let k = 0; k < WIDTH; k++) own[k] += strength * directions[i * WIDTH + k];
    }
  }
  return values;
}

function npy(values, columns) {
  const shape = `(${values.length / columns}, ${columns})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${text.padEnd(118 - 1)}\n`;
  const lead = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([lead, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]);
}

const tests = Math.max(1, Math.round(rows / 16));
mkdirSync(join(folder, 'world'), { recursive: true });
const features = new Float32Array(tests * FEATURES);
writeFileSync(join(folder, 'world', 'train.npy'), npy(world(rows, null), WIDTH));
writeFileSync(join(folder, 'world', 'test.npy'), npy(world(tests, features), WIDTH));
writeFileSync(join(folder, 'directions.npy'), npy(directions, WIDTH));
writeFileSync(join(folder, 'features.npy'), npy(features, FEATURES));
