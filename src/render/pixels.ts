/** Batches of images as bytes, and their sizes changed: by whole factors up, by area averages down. */
import { checkRange, wrong } from './checks.ts';

/** One row of a picture: n images of the same size, [n, height, width] row by row. */
export interface ImageRow {
  label: string;
  images: Float32Array | Uint8Array;
}

export interface ImageSize {
  height: number;
  width: number;
}

/**
 * Each row's pixels as grey levels 0…255: `range` (default [0, 1] for floats, [0, 255] for bytes) is stretched
 * over them and values outside it are clipped.
 *
 * @throws HourglassError('usage', …) for no rows, rows of different lengths, or a pixel that is NaN or infinite.
 */
export function greyRows(
  rows: readonly ImageRow[],
  size: ImageSize,
  range?: readonly [number, number],
): { count: number; grey: Uint8Array[] } {
  checkRange('range', range);
  const count = sharedCount(
    rows.map((row) => ({ subject: `row "${row.label}"`, images: row.images, size })),
    'at least one row with one image must be given',
  );
  const grey = rows.map(({ label, images }) => levels(`row "${label}"`, images, size, range));
  return { count, grey };
}

/**
 * How many images each of some batches holds: whole ones, as many as the first, at least one.
 *
 * @param none what to say where there is no image at all.
 */
export function sharedCount(
  batches: readonly { subject: string; images: Float32Array | Uint8Array; size: ImageSize }[],
  none: string,
): number {
  let count = 0;
  for (const { subject, images, size } of batches) {
    const { height, width } = size;
    if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
      throw wrong('images', 'height and width must be positive integers', `${height}×${width}`);
    }
    const own = images.length / (height * width);
    if (!Number.isInteger(own)) {
      throw wrong(subject, `must be whole images of ${height}×${width} values`, `${images.length} values`);
    }
    if (count > 0 && own !== count) {
      throw wrong(subject, `must have as many images as the first row, ${count}`, own);
    }
    if (own === 0) break;
    count = own;
  }
  if (count === 0) throw wrong('images', none);
  return count;
}

/** Images as levels 0…255 over a range (see {@link greyRows}), which clips them. */
export function levels(
  subject: string,
  images: Float32Array | Uint8Array,
  { height, width }: ImageSize,
  range?: readonly [number, number],
): Uint8Array {
  const pixels = height * width;
  const [low, high] = range ?? (images instanceof Uint8Array ? [0, 255] : [0, 1]);
  const bytes = new Uint8Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const value = images[i]!;
    if (!Number.isFinite(value)) {
      const rule = `pixel ${i % pixels} of image ${Math.floor(i / pixels)} must be finite`;
      throw wrong(subject, rule, String(value));
    }
    bytes[i] = Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * 255);
  }
  return bytes;
}

/** One image resized by area: every new pixel is the mean of what it covers. */
export function areaAverage(image: Uint8Array, from: ImageSize, to: ImageSize): Uint8Array {
  const columns = coverage(from.width, to.width);
  const rows = coverage(from.height, to.height);
  const result = new Uint8Array(to.height * to.width);
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      let sum = 0;
      for (const [j, share] of rows[y]!) {
        for (const [i, part] of columns[x]!) sum += image[j * from.width + i]! * share * part;
      }
      result[y * to.width + x] = Math.round(sum + 1e-6); // halves go up whatever the last bits of the shares
    }
  }
  return result;
}

/** For each new pixel of a line, the old ones it covers and their shares, which sum to one. */
function coverage(from: number, to: number): [number, number][][] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * step, (i + 1) * step];
    const covered: [number, number][] = [];
    for (let j = Math.floor(start); j < Math.min(from, Math.ceil(end - 1e-9)); j++) {
      covered.push([j, (Math.min(end, j + 1) - Math.max(start, j)) / step]);
    }
    return covered;
  });
}
