/**
 * The colours of classes on the page's ground: those of all pictures on white, and twenty for the dark ground, which were found
 * by the same search. Any two of the first ten of these differ by 15 or more (CIEDE2000) as readers with protanopia,
 * deuteranopia or tritanopia see them, by 22 or more for others; any two of all twenty by 8 and 11.
 */
import { colourTable } from '../../../src/render/colourmaps.ts';
import { COLOURS, seriesColour } from '../../../src/render/palette.ts';
import { pixelOf } from './scatter.ts';

export type Scheme = 'light' | 'dark';

/** The grounds that the colours are drawn on; style.css has them as --ground. */
export const GROUND: Readonly<Record<Scheme, string>> = { light: '#ffffff', dark: '#12161b' };

const ON_DARK = [
  ...['#4D99FF', '#FFFF00', '#CC1A00', '#4D4DE6', '#808099', '#E69999', '#80B300', '#1A8066', '#E6FFE6', '#00E6E6'],
  ...['#CCCC80', '#66804D', '#B3B3FF', '#994D99', '#E6CC1A', '#B399B3', '#00B366', '#B3FFB3', '#CC66CC', '#80CCB3'],
];

/** The colour of the i-th class. */
export const classColour = (index: number, scheme: Scheme): string =>
  scheme === 'light' ? seriesColour(index) : ON_DARK[index % COLOURS]!;

/** The part of the heat scale that stands out from the ground: white does not on white, nor brown on black. */
const FROM = 40;
const TO = 245;

/** A colour for each of 256 steps, from little to much: darker on a light ground, lighter on a dark one. */
export function scaleColours(scheme: Scheme): string[] {
  const table = colourTable('heat');
  return Array.from({ length: 256 }, (_, i) => {
    const step = Math.round(FROM + ((TO - FROM) * i) / 255);
    const at = 3 * (scheme === 'light' ? step : 255 - step + 10);
    return `#${[0, 1, 2].map((c) => table[at + c]!.toString(16).padStart(2, '0')).join('')}`;
  });
}

export const pixelsOf = (colours: readonly string[]): Uint32Array => Uint32Array.from(colours, pixelOf);
