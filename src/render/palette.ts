/**
 * The colours of every picture: Okabe and Ito's palette, whose hues stay apart for colour-blind readers
 * (https://jfly.uni-koeln.de/color/), ordered so that the first few also differ in print, extended to ten by three
 * of Paul Tol's (https://personal.sron.nl/~pault/: wine and indigo of "muted", grey of "bright"); and the greys of
 * a white page. Of several sets of ten this one keeps its nearest colours furthest apart (in OKLab) for readers
 * with normal sight, protanopia, deuteranopia and tritanopia alike.
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
  '#882255', // wine
  '#332288', // indigo
  '#BBBBBB', // grey
] as const;

/** How many colours there are for data. */
export const COLOURS = SERIES_COLOURS.length;

/** For everything that is not data. */
export const PAGE = {
  background: '#ffffff',
  ink: '#1a1a1a',
  muted: '#555555',
  axis: '#8a8a8a',
  grid: '#e6e6e6',
} as const;

/** The colour of the i-th series; after the tenth they come round again. */
export function seriesColour(index: number): string {
  return SERIES_COLOURS[index % SERIES_COLOURS.length]!;
}
