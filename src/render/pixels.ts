/** Batches of images as bytes, and their sizes changed: by whole factors up, by area averages down. */
import { HourglassError } from '../errors.ts';

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
  { height, width }: ImageSize,
  range?: readonly [number, number],
): { count: number; grey: Uint8Array[] } {
  if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
    throw wrong('images', 'height and width must be positive integers', `${height}×${width}`);
  }
  if (
    range !== undefined &&
    !(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[1] > range[0])
  ) {
    throw wrong('range', 'must be two ascending numbers', range);
  }
  const pixels = height * width;
  const count = (rows[0]?.images.length ?? 0) / pixels;
  if (rows.length === 0 || count === 0)
    throw wrong('images', 'at least one row with one image must be given');
  const grey = rows.map(({ label, images }) => {
    const subject = `row "${label}"`;
    if (images.length % pixels !== 0) {
      throw wrong(subject, `must be whole images of ${height}×${width} values`, `${images.length} values`);
    }
    if (images.length !== count * pixels) {
      throw wrong(subject, `must have as many images as the first row, ${count}`, images.length / pixels);
    }
    const [low, high] = range ?? (images instanceof Uint8Array ? [0, 255] : [0, 1]);
    const bytes = new Uint8Array(images.length);
    for (let i = 0; i < images.length; i++) {
      const value = images[i]!;
      if (!Number.isFinite(value)) {
        throw wrong(
          subject,
          `pixel ${i % pixels} of image ${Math.floor(i / pixels)} must be finite`,
          String(value),
        );
      }
      bytes[i] = Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * 255);
    }
    return bytes;
  });
  return { count, grey };
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

function wrong(subject: string, rule: string, got?: unknown): HourglassError {
  return new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });
}
