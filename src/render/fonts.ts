/** The one font of every picture: DejaVu Sans, which comes with hourglass, so that a picture is the same on every machine. */
export const FONT_FAMILY = 'DejaVu Sans';

/** For SVG shown elsewhere: Verdana has nearly the same widths, so labels keep their places. */
export const FONT_STACK = `${FONT_FAMILY}, Verdana, sans-serif`;
