/** How large an answer becomes, known before it is computed. */
import { Problem } from '../problem.ts';
import type { ImageInfo } from '../requests/images.ts';
import type { Encoding } from './array.ts';
import { type SheetOptions, sheetSize } from './picture.ts';
import { VALUE_BYTES } from './text.ts';

export interface Made {
  /** The number of images it makes, for a verb that makes more than it receives. */
  images?: number;
  /** Values of all arrays in JSON. */
  values: number;
  /** Characters of lists in JSON, at most. */
  text?: number;
  /** Images on the contact sheet. */
  cells: number;
}

/** The largest PNG, in pixels. */
const LARGEST_SHEET = 2 ** 26;

/**
 * Bytes that an answer takes in memory until it is sent.
 * @throws Problem 413, with the numbers, if the answer would be larger than `most` bytes.
 */
export function checkedSize(
  { values, text = 0, cells }: Made,
  image: ImageInfo,
  how: { encoding: Encoding; sheet: SheetOptions | null },
  most: number,
): number {
  const { channels, height, width } = image;
  if (how.sheet === null) {
    const bytes = Math.ceil(values * VALUE_BYTES[how.encoding]) + text;
    if (bytes <= most) return 4 * values;
    if (text > 0)
      throw new Problem(413, `An answer may take at most ${most} bytes; this one would take up to ${bytes}.`);
    const hint = how.encoding === 'array' ? ' encoding=base64 takes less than a quarter.' : '';
    throw new Problem(
      413,
      `An answer may take at most ${most} bytes; ${values} values take up to ${bytes}.${hint}`,
    );
  }
  const sheet = sheetSize(cells, image, how.sheet);
  const pixels = sheet.width * sheet.height;
  if (pixels * channels > most || pixels > LARGEST_SHEET) {
    const largest = Math.min(LARGEST_SHEET, Math.floor(most / channels));
    throw new Problem(
      413,
      `A sheet may have at most ${largest} pixels; ${cells} images of ${width} × ${height} at scale ${how.sheet.scale} make ${sheet.width} × ${sheet.height}.`,
    );
  }
  return pixels * channels + 4 * cells * channels * height * width;
}
