/** The sheet every picture is drawn on: white, with a title and a subtitle at its upper left. */
import { FONT_STACK } from './fonts.ts';
import { PAGE } from './palette.ts';
import { escapeXml, fitText, svgText, textWidth } from './text.ts';

/** Font sizes in SVG units. */
export const TITLE = 15;
export const LABEL = 13;
export const SMALL = 12;

export interface Heading {
  title?: string | undefined;
  subtitle?: string | undefined;
}

/** The whole SVG file of a picture; `name` is the text for screen readers. */
export function page(width: number, height: number, name: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT_STACK}" role="img" aria-label="${escapeXml(name)}">`,
    `<rect width="${width}" height="${height}" fill="${PAGE.background}"/>`,
    ...parts.filter(Boolean),
    '</svg>\n',
  ].join('\n');
}

/** Title and subtitle from (x, y) downwards, cut to a width; empty ones take no room. */
export function heading(
  { title, subtitle }: Heading,
  { x, y, width }: Record<'x' | 'y' | 'width', number>,
): { parts: string[]; bottom: number } {
  const parts: string[] = [];
  let bottom = y;
  if (title) {
    const words = fitText(title, TITLE, width, 'bold');
    parts.push(svgText(words, x, (bottom += TITLE) - 2, { size: TITLE, weight: 'bold' }));
    bottom += 5;
  }
  if (subtitle) {
    const words = fitText(subtitle, SMALL, width);
    parts.push(svgText(words, x, (bottom += SMALL) - 1, { size: SMALL, colour: PAGE.muted }));
    bottom += 5;
  }
  return { parts, bottom };
}

/** The width a heading needs to be read whole. */
export function headingWidth({ title = '', subtitle = '' }: Heading): number {
  return Math.max(textWidth(title, TITLE, 'bold'), textWidth(subtitle, SMALL));
}
