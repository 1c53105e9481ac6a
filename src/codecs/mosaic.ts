/** Pictures laid out in rows and columns on one sheet, and taken from it again. Bytes in, bytes out. */
import type { PngImage } from './png.ts';

export interface Size {
  height: number;
  width: number;
}

/** Where the pictures lie. */
export interface MosaicLayout extends Size {
  channels: 1 | 3;
  /** Pictures in a row. */
  columns: number;
  /** Rows of the sheet; by default as many as the pictures need. Places without a picture show the ground. */
  rows?: number;
  /** Dots of a picture on the sheet; by default one dot for each of its pixels. Each dot is the pixel it lies in. */
  tile?: Size;
  /** Dots between pictures, in both directions; default 0. */
  gap?: number | Size;
  /** The level between and beside pictures; by default 255, white. */
  ground?: number;
}

/**
 * Pictures [n, height, width, channels] of bytes on one sheet, row by row.
 * @param pictures whole ones; `rows` must leave room for all of them.
 */
export function mosaic(pictures: Uint8Array, layout: MosaicLayout): PngImage {
  const { height, width, channels, columns, ground = 255 } = layout;
  const count = pictures.length / (height * width * channels);
  const { tile, step, sheet } = placesOf(layout, layout.rows ?? Math.ceil(count / columns));
  const data = new Uint8Array(sheet.height * sheet.width * channels).fill(ground);
  const across = Array.from({ length: tile.width }, (_, dot) => Math.floor((dot * width) / tile.width));
  const line = tile.width * channels;
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / columns) * step.height * sheet.width + (n % columns) * step.width;
    let before = -1;
    for (let y = 0; y < tile.height; y++) {
      const start = (corner + y * sheet.width) * channels;
      const row = Math.floor((y * height) / tile.height);
      const from = (n * height + row) * width * channels;
      if (row === before) {
        const above = start - sheet.width * channels;
        data.copyWithin(start, above, above + line);
      } else if (tile.width === width) data.set(pictures.subarray(from, from + line), start);
      else {
        for (let dot = 0; dot < tile.width; dot++) {
          const pixel = from + across[dot]! * channels;
          for (let c = 0; c < channels; c++) data[start + dot * channels + c] = pictures[pixel + c]!;
        }
      }
      before = row;
    }
  }
  return { ...sheet, channels, data };
}

/** The first `count` pictures of a sheet on which a dot is a pixel: [count, height, width, channels]. */
export function picturesOf(sheet: PngImage, layout: Omit<MosaicLayout, 'tile'>, count: number): Uint8Array {
  const { height, width, channels, columns } = layout;
  const { step } = placesOf(layout, 1);
  const line = width * channels;
  const pictures = new Uint8Array(count * height * line);
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / columns) * step.height * sheet.width + (n % columns) * step.width;
    for (let y = 0; y < height; y++) {
      const start = (corner + y * sheet.width) * channels;
      pictures.set(sheet.data.subarray(start, start + line), (n * height + y) * line);
    }
  }
  return pictures;
}

/** The size of a sheet of so many rows, without its pixels. */
export const mosaicSize = (layout: MosaicLayout & { rows: number }): Size =>
  placesOf(layout, layout.rows).sheet;

function placesOf({ height, width, columns, tile = { height, width }, gap = 0 }: MosaicLayout, rows: number) {
  const between = typeof gap === 'number' ? { height: gap, width: gap } : gap;
  const step = { height: tile.height + between.height, width: tile.width + between.width };
  return {
    tile,
    step,
    sheet: {
      height: rows * step.height - between.height,
      width: columns * step.width - between.width,
    },
  };
}
