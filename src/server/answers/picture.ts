/** Images in answers as PNG: a single one alone, several as a contact sheet. Pixels are the values: 0 is black. */
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

/** The pixels of a sheet with this many images, and how many are side by side. */
export function sheetSize(count: number, { height, width }: ImageInfo, { columns, scale }: SheetOptions) {
  const across = Math.max(1, Math.min(count, columns ?? Math.ceil(Math.sqrt(count))));
  const down = Math.ceil(count / across);
  return {
    across,
    width: across * width * scale + (across - 1) * GAP,
    height: down * height * scale + (down - 1) * GAP,
  };
}

/** Images as a PNG file; values outside [0, 1] are clipped. */
export async function pictureOf({ parts, image, sheet }: SheetJob): Promise<Uint8Array<ArrayBuffer>> {
  const { channels, height, width } = image;
  const { scale } = sheet;
  const size = channels * height * width;
  const count = parts.reduce((sum, { data }) => sum + data.length, 0) / size;
  const cells = parts.flatMap((part) => Array.from({ length: part.each }, (_, place) => ({ part, place })));
  const { across, width: sheetWidth, height: sheetHeight } = sheetSize(count, image, sheet);
  const [cellWidth, cellHeight] = [width * scale, height * scale];
  const pixels = Buffer.alloc(sheetWidth * sheetHeight * channels, GAP_LEVEL);
  for (let n = 0; n < count; n++) {
    const left = (n % across) * (cellWidth + GAP);
    const top = Math.floor(n / across) * (cellHeight + GAP);
    const { part, place } = cells[n % cells.length]!;
    const { data } = part;
    const first = (Math.floor(n / cells.length) * part.each + place) * size;
    for (let y = 0; y < cellHeight; y++) {
      let at = ((top + y) * sheetWidth + left) * channels;
      const row = first + Math.floor(y / scale) * width;
      for (let x = 0; x < cellWidth; x++) {
        const from = row + Math.floor(x / scale);
        for (let c = 0; c < channels; c++) {
          pixels[at++] = Math.round(Math.min(1, Math.max(0, data[from + c * height * width]!)) * 255);
        }
      }
    }
  }
  const sharp = await loadSharp();
  const raw = { width: sheetWidth, height: sheetHeight, channels: channels as 1 | 3 };
  const file = await sharp(pixels, { raw })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 4 })
    .toBuffer();
  return new Uint8Array(file);
}
