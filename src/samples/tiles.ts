/**
 * Tiles: windows of one size over larger pictures, through which a small network sees all of a large picture. What it makes of
 * them is put together again: where windows overlap, their weighted mean, with weights that fall smoothly towards the edges of a window, where a
 * network sees least of what lies around a pixel.
 */
import { HourglassError } from '../errors.ts';

/** The windows through which a model sees larger pictures. */
export interface Tiles {
  /** The height and the width of a window, in pixels. */
  readonly side: number;
  /** How much of its side a window shares with the next one at least, where a picture is scored: from 0 to 0.75. */
  readonly overlap: number;
}

/** The size of a picture. */
export interface PictureSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Where a window begins, in pixels. */
export interface Corner {
  readonly top: number;
  readonly left: number;
}

/**
 * Where windows begin along a side: the fewest that reach from one end to the other and overlap by so much, evenly spread.
 */
function startsAlong(length: number, { side, overlap }: Tiles): number[] {
  const step = Math.max(1, Math.floor(side * (1 - overlap)));
  const gaps = Math.ceil((length - side) / step);
  return Array.from({ length: gaps + 1 }, (_, i) =>
    gaps === 0 ? 0 : Math.round((i * (length - side)) / gaps),
  );
}

/** The windows that cover a picture, row by row. */
export function gridOf({ height, width }: Pick<PictureSize, 'height' | 'width'>, tiles: Tiles): Corner[] {
  const across = startsAlong(width, tiles);
  return startsAlong(height, tiles).flatMap((top) => across.map((left) => ({ top, left })));
}

/** @throws HourglassError (usage) for windows that are larger than the pictures. */
export function requireWithin(
  { side }: Tiles,
  { height, width }: Pick<PictureSize, 'height' | 'width'>,
): void {
  if (side <= Math.min(height, width)) return;
  throw new HourglassError('usage', {
    subject: 'data.tiles.side',
    rule: `must be at most the shorter side of the pictures, which are ${width} × ${height} here`,
    got: side,
    hint: 'set it smaller, enlarge the pictures with data.size, or leave data.tiles out',
  });
}

/** Copies a window of a picture, [channels, height, width], into `into` from `at` on, [channels, side, side]. */
export function cut<T extends Uint8Array | Uint16Array | Float32Array>(
  picture: T,
  { channels, height, width }: PictureSize,
  { top, left }: Corner,
  side: number,
  into: T,
  at: number,
): void {
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++) {
      const from = (c * height + top + y) * width + left;
      into.set(picture.subarray(from, from + side), at + (c * side + y) * side);
    }
}

/** Puts windows of a picture together. */
export class Blend {
  private readonly size: PictureSize;
  private readonly side: number;
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;
  /** The weight of a pixel by its place along a window's side: sin² from edge to edge. */
  private readonly along: Float64Array;

  constructor(size: PictureSize, side: number) {
    const { channels, height, width } = size;
    this.size = size;
    this.side = side;
    this.sums = new Float64Array(channels * height * width);
    this.weights = new Float64Array(height * width);
    this.along = Float64Array.from({ length: side }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / side) ** 2);
  }

  /** Adds what was made of a window, [channels, side, side]. */
  add(window: Float32Array, { top, left }: Corner): void {
    const { side, along, sums, weights } = this;
    const { channels, height, width } = this.size;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const weight = along[y]! * along[x]!;
        const at = (top + y) * width + left + x;
        weights[at]! += weight;
        for (let c = 0; c < channels; c++)
          sums[c * height * width + at]! += weight * window[(c * side + y) * side + x]!;
      }
    }
  }

  /** The picture, [channels, height, width]. Every pixel must have been in a window. */
  write(into: Float32Array): void {
    const { sums, weights } = this;
    for (let i = 0; i < sums.length; i++) into[i] = sums[i]! / weights[i % weights.length]!;
  }
}
