/** Strokes → the pixels that a model is given. */
import { type Point, type Stroke, smooth } from './strokes.ts';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Grey of the ground and of the ink, 0 to 255. */
export interface Inks {
  readonly ground: number;
  readonly ink: number;
}

/** The pen's radius, in pixels of an image of 28 × 28, as wide as the lines of MNIST's digits. */
export const RADIUS = 1.1;

export const radiusFor = ({ height, width }: ImageSize): number => (RADIUS / 28) * Math.min(height, width);

/**
 * Bytes [channels, height, width] of round-ended lines with soft edges, later strokes above earlier ones.
 * @param base the image that is drawn on. Default: a plain ground.
 */
export function raster(
  strokes: readonly Stroke[],
  size: ImageSize,
  inks: Inks,
  base: Uint8Array | null = null,
): Uint8Array {
  const { height, width, channels } = size;
  const plane = height * width;
  const values = base?.slice() ?? new Uint8Array(channels * plane).fill(inks.ground);
  for (const { points, colour } of strokes) {
    const covered = coverage(smooth(points), size, radiusFor(size));
    for (let c = 0; c < channels; c++) {
      const level = colour === null ? inks.ink : channelOf(colour, channels === 1 ? null : c);
      for (let i = 0; i < plane; i++) {
        const at = c * plane + i;
        values[at] = Math.round(values[at]! + (level - values[at]!) * covered[i]!);
      }
    }
  }
  return values;
}

/** How much of each pixel a line covers, 0 to 1: by the distance of the pixel's middle, with an edge one pixel wide. */
export function coverage(
  line: readonly Point[],
  { height, width }: Pick<ImageSize, 'height' | 'width'>,
  radius: number,
): Float32Array {
  const covered = new Float32Array(height * width);
  const reach = radius + 0.5;
  for (let i = 0; i < Math.max(1, line.length - 1); i++) {
    const a = line[i]!;
    const b = line[i + 1] ?? a;
    const [left, right] = bounds(a[0], b[0], reach, width);
    const [top, bottom] = bounds(a[1], b[1], reach, height);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const share = Math.min(1, Math.max(0, reach - distance(x + 0.5, y + 0.5, a, b)));
        if (share > covered[y * width + x]!) covered[y * width + x] = share;
      }
    }
  }
  return covered;
}

/** The pixels, first and last, that something within `reach` of a and b can touch. */
const bounds = (a: number, b: number, reach: number, size: number) =>
  [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(size - 1, Math.ceil(Math.max(a, b) + reach)),
  ] as const;

function distance(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length));
  return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
}

/** A channel of a colour such as 'd55e00'; of null its luma (Rec. 601). */
function channelOf(colour: string, channel: number | null): number {
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  if (channel === null) return Math.round(0.299 * red! + 0.587 * green! + 0.114 * blue!);
  return [red, green, blue][channel]!;
}
