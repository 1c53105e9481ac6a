/**
 * The one font of every picture: DejaVu Sans, which comes with hourglass, so that a picture is the same
 * on every machine. resvg silently drops all text when it finds no font, so the file is checked first.
 */
import { assetFile } from '../installation.ts';

export const FONT_FAMILY = 'DejaVu Sans';

/** For SVG shown elsewhere: Verdana has nearly the same widths, so labels keep their places. */
export const FONT_STACK = `${FONT_FAMILY}, Verdana, sans-serif`;

/** Paths of the font's files: regular, then bold. */
export function fontFiles(): string[] {
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(assetFile);
}
