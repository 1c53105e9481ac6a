/** Areas drawn on the plane: what is within them, and their outline as text for the address. */
import type { Bounds } from '../../parts/plot/viewport.ts';

/** The corners of a closed outline, in the plane's coordinates. */
export type Outline = readonly (readonly [number, number])[];

/** The even-odd rule. */
export function isWithin(outline: Outline, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i]!;
    const [xj, yj] = outline[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export const boundsOfOutline = (outline: Outline): Bounds => ({
  left: Math.min(...outline.map(([x]) => x)),
  right: Math.max(...outline.map(([x]) => x)),
  bottom: Math.min(...outline.map(([, y]) => y)),
  top: Math.max(...outline.map(([, y]) => y)),
});

/** The points within, by their positions, rising. */
export function within(outline: Outline, xs: Float32Array, ys: Float32Array): number[] {
  if (outline.length < 3) return [];
  const { left, right, bottom, top } = boundsOfOutline(outline);
  const found: number[] = [];
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i]!, ys[i]!];
    if (x >= left && x <= right && y >= bottom && y <= top && isWithin(outline, x, y)) found.push(i);
  }
  return found;
}

/** Corners of an outline at most: it is in the address. */
const MOST_CORNERS = 40;

/**
 * The outline with the corners that matter (Ramer, Douglas and Peucker).
 * @param scale pixels for each unit of the plane, across and up.
 */
export function simplified(outline: Outline, [across, up]: readonly [number, number]): Outline {
  let tolerance = 1.5;
  let kept = reduced(outline, across, up, tolerance);
  while (kept.length > MOST_CORNERS) kept = reduced(outline, across, up, (tolerance *= 1.5));
  return kept;
}

function reduced(outline: Outline, across: number, up: number, tolerance: number): Outline {
  if (outline.length < 3) return outline;
  const [first, last] = [outline[0]!, outline.at(-1)!];
  const [dx, dy] = [(last[0] - first[0]) * across, (last[1] - first[1]) * up];
  const size = Math.hypot(dx, dy);
  let [farthest, far] = [0, 0];
  for (let i = 1; i < outline.length - 1; i++) {
    const [x, y] = [(outline[i]![0] - first[0]) * across, (outline[i]![1] - first[1]) * up];
    const away = size === 0 ? Math.hypot(x, y) : Math.abs(dx * y - dy * x) / size;
    if (away > far) [farthest, far] = [i, away];
  }
  if (far <= tolerance) return [first, last];
  return [
    ...reduced(outline.slice(0, farthest + 1), across, up, tolerance).slice(0, -1),
    ...reduced(outline.slice(farthest), across, up, tolerance),
  ];
}

export const toText = (outline: Outline): string =>
  outline
    .flat()
    .map((value) => Number(value.toPrecision(4)))
    .join(',');

/** Null for what is no outline. */
export function fromText(text: string | null): Outline | null {
  const values = (text ?? '').split(',').map(Number);
  if (values.length < 6 || values.length % 2 !== 0 || !values.every(Number.isFinite)) return null;
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!] as const);
}
