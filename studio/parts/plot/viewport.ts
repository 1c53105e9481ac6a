/** Which part of a plane a canvas shows: from the plane's coordinates to pixels, and back. The second coordinate grows upwards. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export interface Viewport extends Size {
  /** The plane's point in the middle of the canvas. */
  readonly x: number;
  readonly y: number;
  /** Pixels for each unit of the plane, across and up. */
  readonly across: number;
  readonly up: number;
}

/** The bounds of all points that are finite, widened where they have no extent. */
export function boundsOf(xs: ArrayLike<number>, ys: ArrayLike<number>): Bounds {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  if (left > right) return { left: -1, right: 1, bottom: -1, top: 1 };
  const [w, h] = [widened(left, right), widened(bottom, top)];
  return { left: w[0], right: w[1], bottom: h[0], top: h[1] };
}

/** A constant unit gets a range that is a tenth of its value, or 1 around zero. */
function widened(from: number, to: number): [number, number] {
  if (to - from > 1e-9 * Math.max(Math.abs(from), Math.abs(to))) return [from, to];
  const half = Math.max(Math.abs(from) / 10, 0.5);
  return [from - half, to + half];
}

/** How unlike two ranges may be to share one scale. Beyond, each has its own, or one of them would be a line. */
const LIKE = 4;

/** Shows these bounds whole, with a margin in pixels. */
export function fitted(bounds: Bounds, size: Size, margin = 16): Viewport {
  const [w, h] = [bounds.right - bounds.left, bounds.top - bounds.bottom];
  let across = Math.max(1, size.width - 2 * margin) / w;
  let up = Math.max(1, size.height - 2 * margin) / h;
  if (Math.max(w, h) <= LIKE * Math.min(w, h)) across = up = Math.min(across, up);
  return { ...size, x: (bounds.left + bounds.right) / 2, y: (bounds.bottom + bounds.top) / 2, across, up };
}

export const toPixels = (view: Viewport, x: number, y: number): [number, number] => [
  view.width / 2 + (x - view.x) * view.across,
  view.height / 2 - (y - view.y) * view.up,
];

export const toPlane = (view: Viewport, px: number, py: number): [number, number] => [
  view.x + (px - view.width / 2) / view.across,
  view.y - (py - view.height / 2) / view.up,
];

/** Moves what is shown by so many pixels, as a finger drags paper. */
export const panned = (view: Viewport, dx: number, dy: number): Viewport => ({
  ...view,
  x: view.x - dx / view.across,
  y: view.y + dy / view.up,
});

/** Magnifies around a pixel, which keeps its place. */
export function zoomed(view: Viewport, px: number, py: number, factor: number): Viewport {
  const [x, y] = toPlane(view, px, py);
  const [across, up] = [view.across * factor, view.up * factor];
  return {
    ...view,
    across,
    up,
    x: x - (px - view.width / 2) / across,
    y: y + (py - view.height / 2) / up,
  };
}

/** The part of the plane that is shown. */
export function shownBounds(view: Viewport, margin = 0): Bounds {
  const [left, top] = toPlane(view, -margin, -margin);
  const [right, bottom] = toPlane(view, view.width + margin, view.height + margin);
  return { left, right, bottom, top };
}
