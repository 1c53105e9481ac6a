/** The colours of a continuous scale on the page's ground. */
import { colourTable } from '../../../src/render/colourmaps.ts';

/** The part of the heat scale that stands out from the ground: white does not on white, nor brown on black. */
const FROM = 40;
const TO = 245;

/** A colour for each of 256 steps, from little to much: darker on a light ground, lighter on a dark one. */
export function scaleColours(dark: boolean): string[] {
  const table = colourTable('heat');
  return Array.from({ length: 256 }, (_, i) => {
    const at = 3 * Math.round(dark ? TO - 25 - ((TO - FROM) * i) / 255 : FROM + ((TO - FROM) * i) / 255);
    return `#${[0, 1, 2].map((c) => table[at + c]!.toString(16).padStart(2, '0')).join('')}`;
  });
}
