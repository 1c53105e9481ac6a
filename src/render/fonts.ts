/**
 * The one font of every picture: DejaVu Sans, from the package dejavu-fonts-ttf, so that a picture is the same
 * on every machine. resvg drops all text without a word when it finds no font: the file is looked for first.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export const FONT_FAMILY = 'DejaVu Sans';

/** For SVG shown elsewhere: Verdana has nearly the same widths, so labels keep their places. */
export const FONT_STACK = `${FONT_FAMILY}, Verdana, sans-serif`;

/** Paths of the font's files: regular, then bold. */
export function fontFiles(): string[] {
  const resolve = createRequire(import.meta.url).resolve;
  const files = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
    resolve(`dejavu-fonts-ttf/ttf/${name}`),
  );
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`font file ${file} is missing: install dejavu-fonts-ttf again`);
  }
  return files;
}
