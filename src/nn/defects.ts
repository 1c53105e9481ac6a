/**
 * Made defects: what an inspection is to find, drawn into good images, so that a denoising autoencoder learns to remove it.
 * Two kinds of places, each with a filling of its own:
 *
 * - a spot: an ellipse anywhere, from a dot over a scratch to a dent, its outline made uneven and its axis bent by Perlin noise;
 * - patches: where Perlin noise of one of several scales is high (Zavrtanik et al., 2021).
 *
 * A place is filled with what lies elsewhere in the same picture (Li et al., 2021), a shift of brightness, another grain, or a
 * slope of brightness as light makes it on a dent; and blended with what was there. A defect is a function of the image and of
 * its own random numbers alone, so it is the same however a batch is divided.
 */
import {
  add,
  clip,
  concat,
  constant,
  div,
  exp,
  flip,
  greater,
  mul,
  positive,
  reshape,
  type Sym,
  slice,
  sqrt,
  square,
  sub,
  where,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { perlinNoise } from './perlin.ts';
import { mapsOf } from './shapes.ts';

export interface DefectSettings {
  /** The share of the images that are left as they are. */
  clean: number;
  /** The least and the greatest size of a spot, as a share of the shorter side. */
  size: readonly [least: number, greatest: number];
}

/** Chances, in an image that has defects, of a spot and of patches; one without either gets a spot. */
const SPOT = 0.75;
const PATCHES = 0.5;
/** How opaque a defect is, at least; at most 1. */
const FAINTEST = 0.25;
/** How many times longer than wide a spot is, at most. */
const LONGEST = 16;
/** Above how many standard deviations of the noise patches begin: from many to few. */
const LEVELS = [1.2, 2.4] as const;
/** How fast a place's edge becomes opaque: from a soft dent to a hard edge. */
const EDGES = [1, 30] as const;

/** Maps [N, channels, height, width], values from 0 to 1, with defects. */
export function madeDefects(net: Network, image: Sym, { clean, size }: DefectSettings): Sym {
  const { height, width } = mapsOf(net, image);
  const shorter = Math.min(height, width);
  const [least, greatest] = size.map((share) => share * shorter) as [number, number];
  const draw = numbers(net, 'numbers', 40, 'uniform');
  const direction = numbers(net, 'directions', 2, 'normal');
  const between = (low: number, high: number) => add(mul(draw(), high - low), low);
  /** From `low` to `high`, every order of magnitude as likely. */
  const scaled = (low: number, high: number) => exp(between(Math.log(low), Math.log(high)));
  const chance = (of: number) => positive(sub(of, draw()));

  // Noise at several scales, from the smallest defects to the largest.
  const cells = [0, 1, 2, 3].map((i) => Math.max(2, least * (greatest / least) ** (i / 3)));
  const noise = cells.map((cell, i) => perlinNoise(net, `lattice${i + 1}`, { height, width }, cell));
  const chosen = pick(draw(), noise);
  const coarse = noise.at(-1)!;

  const spot = () => {
    const [along, wide] = [mul(scaled(least, greatest), 0.5), draw()];
    const across = clip(mul(along, exp(mul(wide, -Math.log(LONGEST)))), 0.5, greatest);
    const y = sub(positions(height, 2), mul(draw(), height));
    const x = sub(positions(width, 3), mul(draw(), width));
    const [a, b] = [direction(), direction()];
    const norm = sqrt(add(add(square(a), square(b)), 1e-12));
    const [cosine, sine] = [div(a, norm), div(b, norm)];
    const u = div(add(mul(x, cosine), mul(y, sine)), along);
    const bent = mul(coarse, mul(along, between(0, 0.3)));
    const v = div(add(sub(mul(y, cosine), mul(x, sine)), bent), across);
    const inside = sub(1, add(square(u), square(v)));
    return { field: add(inside, mul(chosen, between(0, 0.6))), slope: clip(v, -1, 1) };
  };
  const patches = () => ({ field: sub(chosen, between(...LEVELS)), slope: clip(coarse, -1, 1) });

  const elsewhere = moved(image, draw);
  const grainOf = () => {
    const fine = net.random('grain', [1, height, width], { type: 'normal' });
    return pick(draw(), [fine, noise[0]!, noise[1]!]);
  };
  const grain = grainOf();

  /** The image with one place of defects, where `on` is 1. */
  const damaged = (from: Sym, { field, slope }: { field: Sym; slope: Sym }, on: Sym): Sym => {
    const mask = mul(clip(mul(field, scaled(...EDGES)), 0, 1), mul(on, between(FAINTEST, 1)));
    const shift = mul(sub(mul(chance(0.5), 2), 1), scaled(0.08, 0.6));
    const fillings = [
      elsewhere,
      add(from, shift),
      add(from, mul(slope, shift)),
      add(draw(), mul(grain, scaled(0.01, 0.25))),
      add(from, mul(grain, scaled(0.05, 0.3))),
    ];
    return add(from, mul(mask, sub(pick(draw(), fillings), from)));
  };
  const damage = sub(1, chance(clean));
  const withPatches = chance(PATCHES);
  // One of both at least.
  const withSpot = clip(add(chance(SPOT), sub(1, withPatches)), 0, 1);
  const first = damaged(image, patches(), mul(damage, withPatches));
  return clip(damaged(first, spot(), mul(damage, withSpot)), 0, 1);
}

/** A source of random numbers, one for each image, [N, 1, 1, 1], at each call. */
function numbers(net: Network, name: string, most: number, type: 'uniform' | 'normal'): () => Sym {
  const all = net.random(name, [most], { type });
  let next = 0;
  return () => {
    if (next === most) throw new RangeError(`${name}: only ${most} random numbers`);
    const one = slice(all, [{ axis: 1, start: next, end: ++next }]);
    return reshape(one, [all.shape[0]!, 1, 1, 1]);
  };
}

/** One of several maps for each image, all equally likely, by a number from 0 to 1. */
const pick = (u: Sym, maps: readonly Sym[]): Sym =>
  maps.reduce((chosen, map, i) => where(greater(u, i / maps.length), map, chosen));

/** The middle of each pixel along an axis, of four. */
const positions = (length: number, axis: 2 | 3): Sym =>
  constant(
    Array.from({ length }, (_, i) => i + 0.5),
    axis === 2 ? [1, 1, length, 1] : [1, 1, 1, length],
  );

/** What lies elsewhere in each picture: it is turned over, and shifted around its edges by eighths of its sides. */
function moved(image: Sym, draw: () => Sym): Sym {
  let result = image;
  for (const axis of [2, 3]) {
    result = where(greater(draw(), 0.5), flip(result, [axis]), result);
    const length = image.shape[axis] as number;
    for (const share of [2, 4, 8]) {
      const by = Math.floor(length / share);
      if (by > 0) result = where(greater(draw(), 0.5), shifted(result, axis, by), result);
    }
  }
  return result;
}

/** Maps shifted along an axis; what leaves them at one end comes in at the other. */
function shifted(maps: Sym, axis: number, by: number): Sym {
  const length = maps.shape[axis] as number;
  const part = (start: number, end: number) => slice(maps, [{ axis, start, end }]);
  return concat([part(by, length), part(0, by)], axis);
}
