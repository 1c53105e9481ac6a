/** Vertical lines across a plot with a word above each, such as the best epoch. */
import { PAGE } from './palette.ts';
import { fitText, round, svgText, textWidth } from './text.ts';
import type { Scale } from './ticks.ts';

export interface Mark {
  epoch: number;
  label: string;
}

/** Marks as dashed upright lines, their words in as many lines above the plot as keep them apart. */
export function placeMarks(
  marks: readonly Mark[],
  { left, right, size }: Record<'left' | 'right' | 'size', number>,
  x: Scale,
): { height: number; draw(top: number, bottom: number): string[] } {
  const ends: number[] = [];
  const placed = [...marks]
    .sort((a, b) => a.epoch - b.epoch)
    .map(({ epoch, label: words }) => {
      const label = fitText(words, size, right - left);
      const at = left + ((epoch - x.min) / (x.max - x.min)) * (right - left);
      const half = textWidth(label, size) / 2;
      const centre = Math.max(left + half, Math.min(right - half, at));
      const free = ends.findIndex((end) => end + 10 <= centre - half);
      const row = free < 0 ? ends.length : free;
      ends[row] = centre + half;
      return { label, at, centre, row };
    });
  const draw = (top: number, bottom: number) =>
    placed.flatMap(({ label, at, centre, row }) => [
      `<path d="M${round(at)} ${top - 2 - row * 15}V${bottom}" stroke="${PAGE.muted}" stroke-dasharray="2 3" fill="none"/>`,
      svgText(label, centre, top - 6 - row * 15, { size, anchor: 'middle', colour: PAGE.muted }),
    ]);
  return { height: ends.length * 15, draw };
}
