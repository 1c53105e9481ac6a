/** Figures under common heads, each with its name before and a note behind; on a narrow terminal the note is below. */
import type { Colors } from 'picocolors/types.js';
import { columnsOf, wrap } from './table.ts';

/** How wide the lines may be, and their colours. */
export interface LineStyle {
  width: number;
  colours: Colors;
}

export interface FigureCell {
  text: string;
  show?: (text: string) => string;
}

/** Columns of a label. */
export const LABEL = 18;
const COLUMN = 10;
const GAP = 3;
/** A note is next to its figures if it has this many columns there. */
const READABLE = 20;

/** A row of figures, none of which is ever wrapped. */
export function figureLines(
  label: string,
  cells: readonly FigureCell[],
  note: string,
  { width, colours }: LineStyle,
): string[] {
  const figures = cells.map(({ text, show = (same) => same }) => show(text.padStart(COLUMN))).join('');
  const taken = LABEL + COLUMN * cells.length;
  if (taken > width) {
    return [...(label === '' ? [] : [label]), figures, ...below(note, width).map(colours.dim)];
  }
  const first = `${label.padEnd(LABEL)}${figures}`;
  if (note === '') return [first];
  const room = width - taken - GAP;
  if (columnsOf(note) > room && room < READABLE) return [first, ...below(note, width).map(colours.dim)];
  return wrap(note, room).map(
    (line, i) => `${i === 0 ? first : ' '.repeat(taken)}${' '.repeat(GAP)}${colours.dim(line)}`,
  );
}

const below = (note: string, width: number): string[] =>
  note === '' ? [] : wrap(note, width - 2).map((line) => `  ${line}`);

/** A sentence in lines of the width. */
export const sentence = (text: string, width: number, show = (line: string) => line): string[] =>
  wrap(text, width).map(show);
