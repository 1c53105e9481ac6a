/**
 * Characters that no font at hand can draw. resvg draws a box for such a character and says nothing, so a test drawing
 * compares each one with a character that no font has.
 */
import { cannotLoad } from '../installation.ts';
import { escapeXml, FONT_FAMILY } from '../render/index.ts';
import { fontFiles } from './fonts.ts';

/** Latin, Greek and Cyrillic letters, which the pictures' own font has. */
const SURELY_DRAWN = /[ -~\u00a0-\u052f\s\p{M}\p{Cc}\p{Cf}]/u;
/** A private-use character: no font draws it. */
const UNDRAWABLE = '\u{10fffd}';
/** The side of a character's cell, and the font size, in dots. */
const CELL = 32;
const SIZE = 20;
/** At most this many characters are tried. */
const MOST = 500;

/** The characters of some texts that neither the pictures' own font nor a font of the system has, each once. */
export async function missingCharacters(texts: Iterable<string>): Promise<string[]> {
  const doubtful = new Set<string>();
  for (const text of texts) for (const one of text) if (!SURELY_DRAWN.test(one)) doubtful.add(one);
  const own = await notDrawn([...doubtful].slice(0, MOST), false);
  return notDrawn(own, true);
}

/** One sentence about the characters of some texts that will be boxes in pictures; none if all can be drawn. */
export async function fontNotes(texts: Iterable<string>): Promise<string[]> {
  const missing = await missingCharacters(texts);
  if (missing.length === 0) return [];
  const named = missing.slice(0, 10).join(' ') + (missing.length > 10 ? ' …' : '');
  return [
    `no font on this system has ${missing.length === 1 ? 'the character' : 'these characters'}: ${named}. Pictures show boxes instead; install a font that has them, for example one of the Noto family`,
  ];
}

/** The words of an SVG picture, for {@link fontNotes}. */
export function wordsOf(svg: string): string[] {
  return Array.from(svg.matchAll(/<text[^>]*>([^<]*)</g), ([, words]) => words!);
}

async function notDrawn(characters: readonly string[], loadSystemFonts: boolean): Promise<string[]> {
  if (characters.length === 0) return [];
  const { Resvg } = await import('@resvg/resvg-js').catch((cause) => {
    throw cannotLoad('resvg', cause);
  });
  const cells = [UNDRAWABLE, ...characters];
  const texts = cells.map(
    (one, i) => `<text x="4" y="${(i + 0.75) * CELL}" font-size="${SIZE}">${escapeXml(one)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL}" height="${CELL * cells.length}">${texts.join('')}</svg>`;
  const { pixels } = new Resvg(svg, {
    font: { fontFiles: fontFiles(), defaultFontFamily: FONT_FAMILY, loadSystemFonts },
  }).render();
  const size = CELL * CELL * 4;
  const cell = (i: number) => Buffer.from(pixels.buffer, pixels.byteOffset + i * size, size);
  return characters.filter((_, i) => cell(i + 1).equals(cell(0)));
}
