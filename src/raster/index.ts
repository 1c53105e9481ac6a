/**
 * SVG pictures as PNG, by resvg with the pictures' own font, and the characters that no font can draw. It reads font files
 * and loads a native library; it knows nothing of what is drawn.
 */
export { fontNotes, wordsOf } from './missing-glyphs.ts';
export { svgToPng } from './svg.ts';
