/** Images in answers as PNG: a single one alone, several as a contact sheet. Pixels are the values: 0 is black. */
import { mosaic, mosaicSize } from '../../codecs/mosaic.ts';
import { loadSharp } from '../../data/images/sharp.ts';
import type { ImageInfo } from '../requests/images.ts';

/** Grey between the images of a sheet, and its level. */
const GAP = 1;
const GAP_LEVEL = 96;

export interface SheetOptions {
  /** Images side by side; by default as many as make the sheet square. */
  columns?: number | undefined;
  /** Pixels of the picture per pixel of an image, in each direction. */
  scale: number;
}

/** Images of a sheet that stand side by side in each of its rows: the first `each` of them in the first row, and so on. */
export interface SheetPart {
  /** [..., channels, height, width] in [0, 1]. */
  data: Float32Array;
  each: number;
}

export interface SheetJob {
  /** The parts of a row, from left to right. A single part is laid out by the options alone. */
  parts: readonly SheetPart[];
  image: ImageInfo;
  sheet: SheetOptions;
}

/** How a sheet of so many images is laid out. */
function layoutOf(count: number, { channels, height, width }: ImageInfo, { columns, scale }: SheetOptions) {
  const across = Math.max(1, Math.min(count, columns ?? Math.ceil(Math.sqrt(count))));
  return {
    ...{ channels: channels as 1 | 3, height, width, columns: across, rows: Math.ceil(count / across) },
    tile: { height: height * scale, width: width * scale },
    ...{ gap: GAP, ground: GAP_LEVEL },
  };
}

/** The pixels of a sheet with this many images. */
export const sheetSize = (count: number, image: ImageInfo, sheet: SheetOptions) =>
  mosaicSize(layoutOf(count, image, sheet));

/** Images as a PNG file; values outside [0, 1] are clipped. */
export async function pictureOf({ parts, image, sheet }: SheetJob): Promise<Uint8Array<ArrayBuffer>> {
  const { channels, height, width } = image;
  const plane = height * width;
  const size = channels * plane;
  const count = parts.reduce((sum, { data }) => sum + data.length, 0) / size;
  const cells = parts.flatMap((part) => Array.from({ length: part.each }, (_, place) => ({ part, place })));
  const images = new Uint8Array(count * size);
  for (let n = 0; n < count; n++) {
    const { part, place } = cells[n % cells.length]!;
    const { data } = part;
    const first = (Math.floor(n / cells.length) * part.each + place) * size;
    for (let i = 0; i < size; i++) {
      const byte = n * size + (i % plane) * channels + Math.floor(i / plane);
      images[byte] = Math.round(Math.min(1, Math.max(0, data[first + i]!)) * 255);
    }
  }
  const { data, ...raw } = mosaic(images, layoutOf(count, image, sheet));
  const sharp = await loadSharp();
  const file = await sharp(data, { raw })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 4 })
    .toBuffer();
  return new Uint8Array(file);
}
