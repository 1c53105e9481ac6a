import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { componentsOf } from './components.ts';
import { PixelDetection } from './pixel-detection.ts';

interface Image {
  map: Float32Array;
  mask: Uint8Array | null;
}

/** Images with defects of some rectangles, that touch at corners or not, and maps that are higher on them. */
function images(height: number, width: number, good: number, bad: number, seed: number): Image[] {
  const draw = random(seed);
  const noise = () => Float32Array.from({ length: height * width }, () => 0.3 * draw() ** 2);
  const list: Image[] = Array.from({ length: good }, () => ({ map: noise(), mask: null }));
  for (let n = 0; n < bad; n++) {
    const [map, mask] = [noise(), new Uint8Array(height * width)];
    for (let k = 0; k < 3; k++) {
      const [top, left] = [Math.floor(draw() * (height - 5)), Math.floor(draw() * (width - 5))];
      const [tall, wide, strength] = [1 + Math.floor(4 * draw()), 1 + Math.floor(4 * draw()), 0.2 * draw()];
      for (let y = top; y < top + tall; y++) {
        for (let x = left; x < left + wide; x++) {
          mask[y * width + x] = 1;
          map[y * width + x]! += strength;
        }
      }
    }
    list.push({ map, mask });
  }
  return list;
}

function measured(list: readonly Image[], height: number, width: number, most?: number) {
  const detection = new PixelDetection(height, width, most);
  for (const { map, mask } of list)
    mask === null ? detection.addGood(map) : detection.addDefective(map, mask);
  return detection.result();
}

/** All pixels of all images, with the region of each, by flood fill over lists; -1 is a good pixel. */
function flat(list: readonly Image[], height: number, width: number) {
  const pixels: { score: number; region: number; image: number; isGoodImage: boolean }[] = [];
  let regions = 0;
  for (const [image, { map, mask }] of list.entries()) {
    const region = new Map<string, number>();
    const key = (y: number, x: number) => `${y} ${x}`;
    const spread = (y: number, x: number, number: number): void => {
      if (y < 0 || x < 0 || y >= height || x >= width || mask![y * width + x] === 0 || region.has(key(y, x)))
        return;
      region.set(key(y, x), number);
      for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) spread(y + dy, x + dx, number);
    };
    if (mask !== null) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++)
          if (mask[y * width + x] !== 0 && !region.has(key(y, x))) spread(y, x, regions++);
      }
    }
    for (const [i, score] of map.entries()) {
      const number = region.get(key(Math.floor(i / width), i % width)) ?? -1;
      pixels.push({ score, region: number, image, isGoodImage: mask === null });
    }
  }
  return { pixels, regions };
}

const share = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length / all.length;

/** Bergmann et al. (2021): for each threshold the mean over regions of the share that is found, and the rate of false alarms. */
function auproByDefinition(list: readonly Image[], height: number, width: number): number {
  const { pixels, regions } = flat(list, height, width);
  const good = pixels.filter(({ region }) => region < 0);
  const groups = Array.from({ length: regions }, (_, r) => pixels.filter(({ region }) => region === r));
  const thresholds = [...new Set(pixels.map(({ score }) => score))].sort((a, b) => b - a);
  let [area, rate, overlap] = [0, 0, 0];
  for (const t of thresholds) {
    const nextRate = share(good, ({ score }) => score >= t);
    const nextOverlap =
      groups.reduce((sum, group) => sum + share(group, ({ score }) => score >= t), 0) / regions;
    if (nextRate > 0.3) {
      const at = overlap + ((nextOverlap - overlap) * (0.3 - rate)) / (nextRate - rate);
      area += ((0.3 - rate) * (overlap + at)) / 2;
      break;
    }
    area += ((nextRate - rate) * (overlap + nextOverlap)) / 2;
    [rate, overlap] = [nextRate, nextOverlap];
  }
  return area / 0.3;
}

describe.each([1, 2, 3])('maps of seed %s', (seed) => {
  const [height, width] = [14, 17];
  const list = images(height, width, 2, 3, seed);
  const found = measured(list, height, width);
  const { pixels, regions } = flat(list, height, width);
  const [good, bad] = [pixels.filter(({ region }) => region < 0), pixels.filter(({ region }) => region >= 0)];

  test('pixel AUROC is the share of pairs in the right order', () => {
    let right = 0;
    for (const { score } of bad)
      for (const other of good) right += score > other.score ? 1 : score === other.score ? 0.5 : 0;
    expect(Math.abs(found.pixelAuroc - right / (good.length * bad.length))).toBeLessThan(1e-6);
  });

  test("average precision is scikit-learn's sum over thresholds", () => {
    let [before, sum] = [0, 0];
    for (const t of [...new Set(pixels.map(({ score }) => score))].sort((a, b) => b - a)) {
      const [hits, all] = [bad, pixels].map((list) => list.filter(({ score }) => score >= t).length) as [
        number,
        number,
      ];
      sum += (hits / bad.length - before) * (hits / all);
      before = hits / bad.length;
    }
    expect(Math.abs(found.pixelAveragePrecision - sum)).toBeLessThan(1e-6);
  });

  test('AUPRO is that of its definition', () => {
    expect(found.regions).toBe(regions);
    expect(Math.abs(found.aupro - auproByDefinition(list, height, width))).toBeLessThan(1e-6);
  });
});

test('AUPIMO is that of its definition', () => {
  // 120,000 pixels of good images tell rates from 1e-5 on.
  const [height, width] = [150, 200];
  const list = images(height, width, 4, 3, 5);
  const found = measured(list, height, width);
  const good = list.flatMap(({ map, mask }) => (mask === null ? [...map] : [])).sort((a, b) => b - a);
  const point = (k: number, defective: number[]) =>
    [Math.log((k + 1) / good.length), share(defective, (score) => score >= good[k]!)] as const;
  const [low, high] = [Math.log(1e-5), Math.log(1e-4)];
  const areas = list
    .filter(({ mask }) => mask !== null)
    .map(({ map, mask }) => {
      const defective = [...map].filter((_, i) => mask![i] !== 0);
      // A fine sum over the logarithm of the rate: the share found at a rate lies on the line between two scores of good pixels.
      const steps = 20_000;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const log = low + ((i + 0.5) / steps) * (high - low);
        let k = 0;
        while (point(k + 1, [0])[0] < log) k++;
        const [[x0, y0], [x1, y1]] = [point(k, defective), point(k + 1, defective)];
        sum += y0 + ((y1 - y0) * (log - x0)) / (x1 - x0);
      }
      return sum / steps;
    });
  expect(Math.abs(found.aupimo! - areas.reduce((a, b) => a + b) / areas.length)).toBeLessThan(1e-5);
});

test('too few good pixels have no AUPIMO; none at all, or no defect, is an error', () => {
  const list = images(14, 17, 2, 3, 1);
  expect(measured(list, 14, 17).aupimo).toBeNull();
  expect(() => measured(list.slice(0, 2), 14, 17)).toThrow('needs good and defective pixels');
});

test('perfect maps have the best figures, and flat ones those of chance', () => {
  const list = images(20, 20, 3, 3, 4);
  const perfect = list.map(({ mask }) => ({ map: Float32Array.from(mask ?? new Uint8Array(400)), mask }));
  expect(measured(perfect, 20, 20)).toMatchObject({ pixelAuroc: 1, pixelAveragePrecision: 1 });
  expect(measured(perfect, 20, 20).aupro).toBeCloseTo(1, 12);
  const chance = list.map(({ mask }) => ({ map: new Float32Array(400).fill(0.5), mask }));
  expect(measured(chance, 20, 20).pixelAuroc).toBe(0.5);
  expect(measured(chance, 20, 20).aupro).toBeCloseTo(0.15, 12);
});

test('pixels beyond those that are kept are counted in bins, with the same figures', () => {
  const [height, width] = [150, 200];
  const list = images(height, width, 2, 3, 6);
  const found = measured(list, height, width, 1000);
  const [bad, good]: [number[], number[]] = [[], []];
  for (const { map, mask } of list)
    for (const [i, score] of map.entries()) (mask?.[i] ? bad : good).push(score);
  const order = Float64Array.from(good).sort();
  let right = 0;
  for (const score of bad) {
    let [low, high] = [0, order.length];
    while (low < high)
      order[(low + high) >> 1]! < score ? (low = ((low + high) >> 1) + 1) : (high = (low + high) >> 1);
    right += low;
  }
  expect(Math.abs(found.pixelAuroc - right / (bad.length * good.length))).toBeLessThan(5e-6);
});

test('components join at corners, and not over the edge of a row', () => {
  const mask = Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1);
  const { labels, sizes } = componentsOf(mask, 3, 4);
  expect(sizes).toEqual([2, 1, 1]);
  expect([...labels]).toEqual([1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 3]);
});
