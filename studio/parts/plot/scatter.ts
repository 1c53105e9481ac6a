/** Points into pixels. 70,000 of them take a few milliseconds: nothing is allocated, and each point is a stamp of its group. */
import type { Stamp } from './stamps.ts';
import type { Viewport } from './viewport.ts';

/** A canvas's pixels, as little-endian red, green, blue, alpha. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

/** Points in groups: a group is a class, or a step of a colour scale. */
export interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly group: Uint8Array;
}

export interface Ink {
  /** The colour of each group. */
  readonly colours: Uint32Array;
  /** The stamp of each group. */
  readonly stamps: readonly Stamp[];
  /** 1 for groups that are not drawn. */
  readonly hidden: Uint8Array;
}

/** A colour as `#rrggbb` as a pixel. */
export function pixelOf(hex: string): number {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/** Source over ground with an opacity of 0 to 256; both are opaque. */
export function mixed(ground: number, source: number, alpha: number): number {
  const redBlue = ground & 0xff00ff;
  const green = ground & 0x00ff00;
  return (
    (0xff000000 |
      ((redBlue + ((((source & 0xff00ff) - redBlue) * alpha) >> 8)) & 0xff00ff) |
      ((green + ((((source & 0x00ff00) - green) * alpha) >> 8)) & 0x00ff00)) >>>
    0
  );
}

/**
 * Draws the points, in their order or in the one given, and returns how many are on the surface. Points that are not finite
 * are left out.
 * @param faint 1 for points to be drawn with the second ink.
 */
export function drawPoints(
  surface: Surface,
  points: Points,
  view: Viewport,
  ink: Ink,
  { faint, faintInk, order }: { faint?: Uint8Array | undefined; faintInk?: Ink; order?: Uint32Array } = {},
): number {
  const { width, height, pixels } = surface;
  const { x: xs, y: ys, group: groups } = points;
  const { across, up } = view;
  const left = width / 2 - view.x * across;
  const top = height / 2 + view.y * up;
  let drawn = 0;
  for (let k = 0; k < xs.length; k++) {
    const i = order === undefined ? k : order[k]!;
    const group = groups[i]!;
    if (ink.hidden[group] === 1) continue;
    // Comparisons with NaN are false.
    const px = left + xs[i]! * across;
    const py = top - ys[i]! * up;
    if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
    drawn++;
    const { colours, stamps } = faint !== undefined && faint[i] === 1 ? faintInk! : ink;
    stamp(stamps[group]!, px | 0, py | 0, colours[group]!, width, height, pixels);
  }
  return drawn;
}

function stamp(
  { dx, dy, alpha, reach }: Stamp,
  x: number,
  y: number,
  colour: number,
  width: number,
  height: number,
  pixels: Uint32Array,
): void {
  const redBlue = colour & 0xff00ff;
  const green = colour & 0x00ff00;
  const whole = x >= reach && y >= reach && x < width - reach && y < height - reach;
  const centre = y * width + x;
  for (let j = 0; j < dx.length; j++) {
    if (!whole) {
      const column = x + dx[j]!;
      const row = y + dy[j]!;
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
    }
    const at = centre + dy[j]! * width + dx[j]!;
    const below = pixels[at]!;
    const a = alpha[j]!;
    const rb = below & 0xff00ff;
    const g = below & 0x00ff00;
    pixels[at] =
      0xff000000 |
      ((rb + (((redBlue - rb) * a) >> 8)) & 0xff00ff) |
      ((g + (((green - g) * a) >> 8)) & 0x00ff00);
  }
}

/** How many points of the groups that are drawn are on the surface. */
export function countVisible({ x, y, group }: Points, view: Viewport, hidden: Uint8Array): number {
  const [halfWidth, halfHeight] = [view.width / 2 / view.across, view.height / 2 / view.up];
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    if (
      hidden[group[i]!] === 0 &&
      Math.abs(x[i]! - view.x) <= halfWidth &&
      Math.abs(y[i]! - view.y) <= halfHeight
    ) {
      count++;
    }
  }
  return count;
}
