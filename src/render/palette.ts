/**
 * The colours of every picture: twenty for data, and the greys of the page. They were found by a search with the colour
 * difference CIEDE2000. Any two of the first ten differ by 16 or more as readers with protanopia, deuteranopia or
 * tritanopia see them (Machado et al., 2009), by 23 or more for others; any two of all twenty by 7 and 18. Each differs
 * from the white of the page by 20 or more. Twenty are too many for colour alone: from the eleventh on, points are square.
 */

/** For data. */
const SERIES_COLOURS = [
  '#001AFF', // blue
  '#CC6699', // pink
  '#1A664D', // dark green
  '#FFB31A', // amber
  '#801A00', // dark red
  '#66B380', // light green
  '#000000', // black
  '#9980FF', // violet
  '#808000', // olive
  '#663366', // purple
  '#4DCCFF', // sky blue
  '#FF4D4D', // coral
  '#B3FF80', // lime
  '#00004D', // navy
  '#1A66B3', // steel blue
  '#B31A4D', // crimson
  '#003333', // dark teal
  '#806666', // taupe
  '#B39999', // rose grey
  '#668080', // slate
] as const;

/**
 * For data on the dark ground of a page: the n-th stands for the n-th above. They were found in the same way; any two differ by 15
 * or more as readers with a colour deficiency see them, by 22 or more for others, and each by 32 or more from the ground.
 */
const ON_DARK = [
  '#8033e6', // violet blue
  '#ffccff', // pale pink
  '#1acc80', // green
  '#ff6600', // orange
  '#994d1a', // brown
  '#b3ff00', // lime
  '#ffffe6', // near white
  '#e666ff', // magenta
  '#668066', // grey green
  '#998099', // mauve
] as const;

/** The dark ground that they are for. */
export const DARK_GROUND = '#12161b';

/** How many colours there are for data on dark. From then on they repeat, and something else must tell series apart. */
export const COLOURS_ON_DARK = ON_DARK.length;

/** The colour of the i-th series on dark. */
export function seriesColourOnDark(index: number): string {
  return ON_DARK[index % ON_DARK.length]!;
}

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

/** The colour of the i-th series; after the twentieth they repeat. */
export function seriesColour(index: number): string {
  return SERIES_COLOURS[index % SERIES_COLOURS.length]!;
}

/** A colour on the white of the page with an opacity, as one that is opaque. */
export function paler(colour: string, opacity: number): string {
  const mixed = [1, 3, 5].map((at) => {
    const value = 255 + (Number.parseInt(colour.slice(at, at + 2), 16) - 255) * opacity;
    return Math.round(value).toString(16).padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}
