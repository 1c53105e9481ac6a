/** Batches of images as bytes, and their sizes changed: by whole factors up, by area averages down. */
import { checkRange, wrong } from './checks.ts';

/** One row of a picture: n images of the same size, [n, channels, height, width] row by row. */
export interface ImageRow {
  label: string;
  images: Float32Array | Uint8Array;
}

export interface ImageSize {
  height: number;
  width: number;
}

/** The layout of images in memory, and which end of their values is light. */
export interface ImageKind extends ImageSize {
  /** 1 (default): grey; 3: a red plane, a green one, a blue one. */
  channels?: 1 | 3;
  /** Whether high values are light, as in a photograph. Default false: they are ink on the white of a page. */
  light?: boolean;
}

/** Values of one image. */
const valuesOf = ({ height, width, channels = 1 }: ImageKind): number => height * width * channels;

/**
 * Each row's pixels as levels 0…255, plane by plane: `range` (default [0, 1] for floats, [0, 255] for bytes) is
 * stretched over them and values outside it are clipped.
 *
 * @throws HourglassError('usage', …) for no rows, rows of different lengths, or a pixel that is NaN or infinite.
 */
export function levelRows(
  rows: readonly ImageRow[],
  size: ImageKind,
  range?: readonly [number, number],
): { count: number; levels: Uint8Array[] } {
  checkRange('range', range);
  const count = sharedCount(
    rows.map((row) => ({ subject: `row "${row.label}"`, images: row.images, size })),
    'at least one row with one image must be given',
  );
  return {
    count,
    levels: rows.map(({ label, images }) => levels(`row "${label}"`, images, size, range)),
  };
}

/**
 * How many images each of some batches holds: whole ones, as many as the first, at least one.
 *
 * @param none what to say where there is no image at all.
 */
export function sharedCount(
  batches: readonly { subject: string; images: Float32Array | Uint8Array; size: ImageKind }[],
  none: string,
): number {
  let count = 0;
  for (const { subject, images, size } of batches) {
    const { height, width } = size;
    if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
      throw wrong('images', 'height and width must be positive integers', `${height}×${width}`);
    }
    const own = images.length / valuesOf(size);
    if (!Number.isInteger(own)) {
      const shape = `${height}×${width}${size.channels === 3 ? '×3' : ''}`;
      throw wrong(subject, `must be whole images of ${shape} values`, `${images.length} values`);
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

/** Images as levels 0…255 over a range (see {@link levelRows}), which clips them. */
export function levels(
  subject: string,
  images: Float32Array | Uint8Array,
  size: ImageKind,
  range?: readonly [number, number],
): Uint8Array {
  const pixels = valuesOf(size);
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

/** Images as they are drawn, [n, height, width, channels] of bytes; ink turned round, 255 for white. */
export function pictured(
  subject: string,
  images: Float32Array | Uint8Array,
  kind: ImageKind,
  range?: readonly [number, number],
): { data: Uint8Array; channels: 1 | 3 } {
  const found = levels(subject, images, kind, range);
  const { light = false, channels = 1 } = kind;
  if (!light) for (let i = 0; i < found.length; i++) found[i] = 255 - found[i]!;
  if (channels === 1) return { data: found, channels };
  const plane = kind.height * kind.width;
  const data = new Uint8Array(found.length);
  for (let i = 0; i < found.length; i++) {
    const place = i % plane;
    const [image, channel] = [Math.floor(i / (3 * plane)), Math.floor(i / plane) % 3];
    data[(image * plane + place) * 3 + channel] = found[i]!;
  }
  return { data, channels };
}

/** The mean over channels of each pixel, [n, height, width]; grey images as they are. */
export function channelMeans<T extends Float32Array | Uint8Array>(images: T, kind: ImageKind): T {
  if ((kind.channels ?? 1) === 1) return images;
  const plane = kind.height * kind.width;
  const means = images.slice(0, images.length / 3) as T;
  for (let i = 0; i < means.length; i++) {
    const start = Math.floor(i / plane) * 3 * plane + (i % plane);
    means[i] = (images[start]! + images[start + plane]! + images[start + 2 * plane]!) / 3;
  }
  return means;
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
