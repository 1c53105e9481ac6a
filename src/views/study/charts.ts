/** The charts of a study as inline SVG, in the colours of the page: parallel coordinates, slices, curves. */
import { html, Markup } from '../report/html.ts';

/** A line or a point of a chart: where it is on each axis, 0 to 1 from below, and how good it is, 0 the best and 1 the worst. */
export interface Mark {
  readonly at: readonly (number | null)[];
  readonly rank: number;
}

export interface Axis {
  readonly name: string;
  /** Words at their places, 0 to 1. */
  readonly ticks: readonly (readonly [place: number, text: string])[];
}

/** More lines than these say no more. */
const MOST_LINES = 1000;
const n = (value: number): string => value.toFixed(1);
/** The best are drawn last, strong; the worst first, faint. */
const inOrder = (marks: readonly Mark[]): Mark[] =>
  [...marks]
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_LINES)
    .reverse();
const styleOf = (rank: number): string =>
  `opacity="${Math.max(0.12, 1 - rank).toFixed(2)}"${rank === 0 ? ' class="top"' : ''}`;

const frame = (width: number, height: number, words: string, inside: string): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${words}"><svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${words}">${new Markup(inside)}</svg></div>
`;

const word = (x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'middle'): string =>
  html`<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}">${text}</text>`.text;

/** A line for each trial over an axis for each setting. */
export function parallel(axes: readonly Axis[], marks: readonly Mark[]): Markup {
  const [gap, top, height] = [150, 34, 240];
  const width = Math.max(2, axes.length) * gap;
  const x = (i: number) => gap / 2 + i * gap;
  const y = (place: number) => top + (1 - place) * height;
  const lines = inOrder(marks).map(({ at, rank }) => {
    const points = at.flatMap((place, i) => (place === null ? [] : [`${n(x(i))},${n(y(place))}`]));
    return `<polyline points="${points.join(' ')}" ${styleOf(rank)}/>`;
  });
  const scales = axes.map(
    ({ name, ticks }, i) =>
      `<line x1="${n(x(i))}" x2="${n(x(i))}" y1="${top}" y2="${top + height}"/>${word(x(i), 16, name)}${ticks.map(([place, text]) => word(x(i) + 5, y(place) + 4, text, 'start')).join('')}`,
  );
  return frame(width, top + height + 14, 'Parallel coordinates', lines.join('') + scales.join(''));
}

/** A point for each trial: a setting against the objective. */
export function slice(across: Axis, up: Axis, marks: readonly Mark[]): Markup {
  const [left, top, width, height] = [58, 26, 240, 150];
  const x = (place: number) => left + place * width;
  const y = (place: number) => top + (1 - place) * height;
  const points = inOrder(marks).flatMap(({ at: [a, b], rank }) =>
    a == null || b == null ? [] : [`<circle cx="${n(x(a))}" cy="${n(y(b))}" r="3" ${styleOf(rank)}/>`],
  );
  const words = [
    word(left, 14, up.name, 'start'),
    word(x(0.5), top + height + 32, across.name),
    ...across.ticks.map(([place, text]) => word(x(place), top + height + 16, text)),
    ...up.ticks.map(([place, text]) => word(left - 5, y(place) + 4, text, 'end')),
  ];
  const box = `<line x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}"/><line x1="${left}" x2="${left}" y1="${top}" y2="${top + height}"/>`;
  return frame(
    left + width + 30,
    top + height + 40,
    `${across.name} against ${up.name}`,
    box + points.join('') + words.join(''),
  );
}

/** A line for each trial: its loss after each epoch. `at` are the heights, epoch by epoch. */
export function curves(marks: readonly Mark[], up: Axis, epochs: number): Markup {
  const [left, top, width, height] = [64, 26, 560, 240];
  const x = (i: number) => left + (epochs < 2 ? 0.5 : i / (epochs - 1)) * width;
  const y = (place: number) => top + (1 - place) * height;
  const lines = inOrder(marks).map(({ at, rank }) => {
    const points = at.flatMap((place, i) => (place === null ? [] : [`${n(x(i))},${n(y(place))}`]));
    const [first = '0,0'] = points;
    return points.length === 1
      ? `<circle cx="${first.split(',')[0]}" cy="${first.split(',')[1]}" r="2.5" ${styleOf(rank)}/>`
      : `<polyline points="${points.join(' ')}" ${styleOf(rank)}/>`;
  });
  const words = [
    word(left, 14, up.name, 'start'),
    word(x(0), top + height + 16, '1'),
    ...(epochs < 2 ? [] : [word(x(epochs - 1), top + height + 16, String(epochs))]),
    word(left + width / 2, top + height + 32, 'epoch'),
    ...up.ticks.map(([place, text]) => word(left - 5, y(place) + 4, text, 'end')),
  ];
  const box = `<line x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}"/><line x1="${left}" x2="${left}" y1="${top}" y2="${top + height}"/>`;
  return frame(
    left + width + 24,
    top + height + 40,
    `${up.name} by epoch`,
    box + lines.join('') + words.join(''),
  );
}
