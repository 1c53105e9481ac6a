/** Images at a size that a page has room for: what is kept of many images, and drawn of large ones. */
import { areaAverage, type ImageKind, type ImageSize } from './pixels.ts';

/** Pixels of a thumbnail's longer side. A grid draws an image on 112 dots. */
const LARGEST_SIDE = 128;

/** The size of an image's thumbnail: its own, unless a side is longer than `largest` pixels, 128 by default. */
export function thumbnailSize({ height, width }: ImageSize, largest = LARGEST_SIDE): ImageSize {
  const scale = Math.min(1, largest / Math.max(height, width));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return { height: side(height), width: side(width) };
}

/**
 * Images [n, channels, height, width] as bytes at the size of their thumbnails, planes as before. Floats are taken as 0
 * to 1 and clipped; NaN counts as 0. Every pixel is the mean of what it covers.
 */
export function thumbnails(
  images: Float32Array | Uint8Array,
  { height, width }: ImageKind,
  largest = LARGEST_SIDE,
): Uint8Array {
  const bytes = images instanceof Uint8Array ? images : bytesOf(images);
  const size = thumbnailSize({ height, width }, largest);
  if (size.height === height && size.width === width) return bytes;
  const plane = height * width;
  const planes = Math.floor(bytes.length / plane);
  const small = new Uint8Array(planes * size.height * size.width);
  for (let p = 0; p < planes; p++) {
    const drawn = areaAverage(bytes.subarray(p * plane, (p + 1) * plane), { height, width }, size);
    small.set(drawn, p * drawn.length);
  }
  return small;
}

function bytesOf(images: Float32Array): Uint8Array {
  const bytes = new Uint8Array(images.length);
  for (let i = 0; i < images.length; i++) {
    bytes[i] = Math.round(255 * Math.min(1, Math.max(0, images[i]!)));
  }
  return bytes;
}
