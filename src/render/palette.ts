/**
 * The colours of every picture: Okabe and Ito's palette, whose hues stay apart for colour-blind readers
 * (https://jfly.uni-koeln.de/color/), ordered so that the first few also differ in print; and the greys of a
 * white page.
 */

/** For data. Yellow is left out: it is lost on white. */
const SERIES_COLOURS = [
  '#0072B2', // blue
  '#D55E00', // vermilion
  '#009E73', // bluish green
  '#CC79A7', // reddish purple
  '#E69F00', // orange
  '#56B4E9', // sky blue
  '#000000', // black
] as const;

/** For everything that is not data. */
export const PAGE = {
  background: '#ffffff',
  ink: '#1a1a1a',
  muted: '#555555',
  axis: '#8a8a8a',
  grid: '#e6e6e6',
} as const;

/** The colour of the i-th series; after the seventh they come round again. */
export function seriesColour(index: number): string {
  return SERIES_COLOURS[index % SERIES_COLOURS.length]!;
}
