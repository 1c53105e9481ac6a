/**
 * Words in pictures: their widths in DejaVu Sans, so that a layout is known before anything is drawn, and
 * their safe way into SVG.
 */
import { FONT_STACK } from './fonts.ts';
import { PAGE } from './palette.ts';

/** Advance widths of U+0020 … U+007E in thousandths of the font size, from DejaVuSans.ttf. */
// biome-ignore format: a table
const ADVANCE = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
  603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
  634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/** How much wider bold words are, with a little to spare. */
const BOLD = 1.15;

/** Width in pixels of a line at a font size; characters outside ASCII count as wide ones (0.84). */
export function textWidth(line: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  let thousandths = 0;
  for (const character of line) thousandths += ADVANCE[character.codePointAt(0)! - 32] ?? 838;
  return (thousandths / 1000) * size * (weight === 'bold' ? BOLD : 1);
}

/** The line, or its beginning and an ellipsis where it is wider than `width` pixels. */
export function fitText(
  line: string,
  size: number,
  width: number,
  weight: 'normal' | 'bold' = 'normal',
): string {
  if (textWidth(line, size, weight) <= width) return line;
  const characters = [...line];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, weight) > width)
    characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Text as XML may hold it: marks escaped, what XML forbids left out, line breaks as spaces. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
      .replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, '')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

export interface TextStyle {
  size: number;
  anchor?: 'start' | 'middle' | 'end';
  weight?: 'normal' | 'bold';
  colour?: string;
}

/** One line of text as an SVG element, its baseline at y. */
export function svgText(text: string, x: number, y: number, style: TextStyle): string {
  const anchor =
    style.anchor === undefined || style.anchor === 'start' ? '' : ` text-anchor="${style.anchor}"`;
  const weight = style.weight === 'bold' ? ' font-weight="bold"' : '';
  const fill = style.colour ?? PAGE.ink;
  const at = `x="${round(x)}" y="${round(y)}"`;
  return `<text ${at} font-family="${FONT_STACK}" font-size="${style.size}" fill="${fill}"${anchor}${weight}>${escapeXml(text)}</text>`;
}

/** A line of text from {@link svgText} with a white halo, readable on any background. */
export function haloed(text: string): string {
  const halo = `stroke="${PAGE.background}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"`;
  return text.replace('<text ', () => `<text ${halo} `);
}

/** A coordinate, to a hundredth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
