/** Drawings as SVG, to keep: a frame with axes, and points or lines in it. Places are CSS pixels. */
import { tickLabels, ticks } from './ticks.ts';
import type { Size } from './viewport.ts';

export interface DrawingColours {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly ground: string;
}

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly logarithmic?: boolean;
}

export interface Drawing extends Size {
  readonly title: string;
  readonly colours: DrawingColours;
  /** Absent in a space, which has none. */
  readonly axes?: { readonly x: Axis; readonly y: Axis };
  /** What is drawn within the frame, from its upper left corner. */
  readonly body: readonly string[];
  /** What the colours mean. */
  readonly legend: readonly { readonly name: string; readonly colour: string }[];
}

const GUTTER = { left: 70, bottom: 44, top: 34, right: 12 } as const;
const LEGEND_ROW = 20;

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Tenths of a pixel are enough, and keep the file small. */
export const at = (value: number): string => String(Math.round(10 * value) / 10);

/** Where a value lies along an axis, from 0 to 1. */
export function shareAlong({ from, to, logarithmic = false }: Axis, value: number): number {
  if (!logarithmic) return (value - from) / (to - from);
  return Math.log(value / from) / Math.log(to / from);
}

export function svgOf({ width, height, title, colours, axes, body, legend }: Drawing): string {
  const { left, top } = GUTTER;
  const rows = legendRows(legend, width);
  const whole = [width + left + GUTTER.right, height + top + GUTTER.bottom + rows.length * LEGEND_ROW];
  const names = rows.flatMap((row, i) =>
    row.map(({ name, colour, x }) => {
      const y = top + height + GUTTER.bottom + (i + 0.5) * LEGEND_ROW;
      return `<circle cx="${at(left + x + 5)}" cy="${at(y)}" r="5" fill="${colour}"/><text x="${at(left + x + 15)}" y="${at(y + 4)}">${escaped(name)}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole[0]}" height="${whole[1]}" viewBox="0 0 ${whole[0]} ${whole[1]}" font-family="sans-serif" font-size="12" fill="${colours.ink}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colours.ground}"/>`,
    `<text x="${left}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...(axes === undefined ? [] : axesOf(axes, { width, height }, colours)),
    `<svg x="${left}" y="${top}" width="${width}" height="${height}" overflow="hidden">`,
    ...body,
    '</svg>',
    ...names,
    '</svg>\n',
  ].join('\n');
}

function axesOf({ x, y }: NonNullable<Drawing['axes']>, { width, height }: Size, colours: DrawingColours) {
  const { left, top } = GUTTER;
  const bottom = top + height;
  const marks = (axis: Axis, most: number) => {
    const values = axis.logarithmic ? powers(axis) : ticks(axis.from, axis.to, most);
    const labels = axis.logarithmic ? values.map((value) => String(value)) : tickLabels(values);
    return values.map((value, i) => ({ share: shareAlong(axis, value), label: labels[i]! }));
  };
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="${colours.line}"/>`,
    ...marks(x, width / 90).map(
      ({ share, label }) =>
        `<text x="${at(left + share * width)}" y="${bottom + 16}" text-anchor="middle" fill="${colours.soft}">${label}</text>`,
    ),
    ...marks(y, height / 60).map(
      ({ share, label }) =>
        `<text x="${left - 6}" y="${at(bottom - share * height + 4)}" text-anchor="end" fill="${colours.soft}">${label}</text>`,
    ),
    `<text x="${at(left + width / 2)}" y="${bottom + 34}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(14 ${at(top + height / 2)}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  ];
}

/** Powers of ten within a logarithmic axis. */
function powers({ from, to }: Axis): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const count = Math.max(0, Math.floor(Math.log10(to) + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i}`));
}

/** Names side by side, as many as fit into a row by an estimate of their widths. */
function legendRows(legend: Drawing['legend'], width: number) {
  const rows: { name: string; colour: string; x: number }[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const { name, colour } of legend) {
    const wide = 30 + 7.5 * name.length;
    if (x + wide > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)!.push({ name, colour, x });
    x += wide;
  }
  return rows;
}
