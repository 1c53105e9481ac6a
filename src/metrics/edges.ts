/**
 * Edges of maps. Convolutions see zeros beyond the edges of an image, so they reconstruct pixels there worse than others, in good
 * images as well: the largest value of a map would be at an edge nearly always, and say nothing of defects.
 */

import { type MapShape, sideSeen } from './filters.ts';

/** How far from an edge pixels are levelled, as a share of the shorter side. */
const REACH = 3 / 32;
/** The level of pixels at one distance: what nine in ten of them do not reach. A defect is the smaller part of them. */
const LEVEL = 0.9;

/**
 * A map, [height, width], in which pixels near the edges are brought down to the level of those that are not: the pixels at each distance
 * from the nearest edge are multiplied by one factor, the ratio of the 0.9 quantiles, at most 1.
 */
export function levelled(map: Float64Array, shape: Omit<MapShape, 'channels'>): Float64Array {
  const { height, width } = shape;
  const reach = Math.round(REACH * sideSeen(shape));
  if (reach === 0) return map;
  const groups: number[][] = Array.from({ length: reach + 1 }, () => []);
  const distances = new Uint16Array(map.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.min(reach, y, x, height - 1 - y, width - 1 - x);
      distances[y * width + x] = distance;
      groups[distance]!.push(map[y * width + x]!);
    }
  }
  const levels = groups.map((values) => {
    const sorted = Float64Array.from(values).sort();
    return sorted[Math.floor(LEVEL * (sorted.length - 1))]!;
  });
  const inside = levels[reach]!;
  const factors = levels.map((level) => (level > inside ? inside / level : 1));
  return map.map((value, i) => value * factors[distances[i]!]!);
}
