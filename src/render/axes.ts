/** Axes of a plot: lines, ticks, their labels and the axes' names, laid out from the font's own widths. */
import { SMALL } from './page.ts';
import { PAGE } from './palette.ts';
import { fitText, round, svgText, textWidth } from './text.ts';
import { type Scale, spacedTicks } from './ticks.ts';

/** The rectangle of a plot's data, in SVG units. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Axes {
  x: Scale;
  y: Scale;
  xLabel?: string | undefined;
  yLabel?: string | undefined;
  /** Default `y`: thin lines across the plot at the ticks of this axis. */
  grid?: 'x' | 'y' | 'both' | 'none';
  /** Default {@link SMALL}, for the ticks. */
  size?: number;
}

/** From a value to its position on the page. */
export function placing(scale: Scale, from: number, to: number): (value: number) => number {
  return (value) => from + ((value - scale.min) / (scale.max - scale.min)) * (to - from);
}

/** The width left of a plot: its y axis' numbers and, if it has one, its name. */
export function yAxisWidth(y: Scale, named: boolean, size: number = SMALL): number {
  return Math.ceil(tickWidth(y, size)) + 9 + (named ? 20 : 0);
}

/** The height below a plot: its x axis' numbers and, if it has one, its name. */
export function xAxisHeight(named: boolean, size: number = SMALL): number {
  return size + 9 + (named ? 19 : 0);
}

/** The grid within a box, then both axes around it. Ticks that would touch each other are left out. */
export function drawAxes(box: Box, axes: Axes): string[] {
  const { left, right, top, bottom } = box;
  const { grid = 'y', size = SMALL } = axes;
  const x = spacedTicks(axes.x, right - left, (label) => textWidth(label, size));
  const y = spacedTicks(axes.y, bottom - top, () => size);
  const xs = x.ticks.map((tick) => crisp(placing(x, left, right)(tick)));
  const ys = y.ticks.map((tick) => crisp(placing(y, bottom, top)(tick)));
  const lines = [
    ...(grid === 'y' || grid === 'both' ? ys.map((at) => `M${left} ${at}H${right}`) : []),
    ...(grid === 'x' || grid === 'both' ? xs.map((at) => `M${at} ${top}V${bottom}`) : []),
  ];
  const frame = `M${crisp(left)} ${top}V${crisp(bottom)}H${right}`;
  const ticks = [...xs.map((at) => `M${at} ${bottom}v4`), ...ys.map((at) => `M${left} ${at}h-4`)];
  return [
    lines.length === 0 ? '' : `<path d="${lines.join('')}" fill="none" stroke="${PAGE.grid}"/>`,
    `<path d="${frame}${ticks.join('')}" fill="none" stroke="${PAGE.axis}"/>`,
    ...x.ticks.map((tick, i) => number(x.label(tick), xs[i]!, bottom + size + 5, size, 'middle')),
    ...y.ticks.map((tick, i) => number(y.label(tick), left - 7, ys[i]! + size * 0.36, size, 'end')),
    ...axisNames(box, axes, tickWidth(y, size), size),
  ];
}

/** A tick's number; nothing if the axis has ticks alone. */
function number(words: string, x: number, y: number, size: number, anchor: 'middle' | 'end'): string {
  return words === '' ? '' : svgText(words, x, y, { size, anchor });
}

function axisNames(
  { left, right, top, bottom }: Box,
  { xLabel, yLabel }: Axes,
  beside: number,
  size: number,
) {
  const names: string[] = [];
  if (xLabel) {
    const words = fitText(xLabel, SMALL, right - left + 30);
    names.push(svgText(words, (left + right) / 2, bottom + size + 24, { size: SMALL, anchor: 'middle' }));
  }
  if (yLabel) names.push(uprightText(yLabel, left - beside - 16, (top + bottom) / 2, bottom - top + 30));
  return names;
}

/** A line of text read upwards, its middle at (x, y), cut to a length. */
export function uprightText(text: string, x: number, y: number, length: number): string {
  const words = svgText(fitText(text, SMALL, length), 0, 0, { size: SMALL, anchor: 'middle' });
  return `<g transform="translate(${round(x)} ${round(y)}) rotate(-90)">${words}</g>`;
}

function tickWidth({ ticks, label }: Scale, size: number): number {
  return Math.max(0, ...ticks.map((tick) => textWidth(label(tick), size)));
}

/** The middle of a dot, where a line one unit wide is sharp. */
export function crisp(at: number): number {
  return Math.floor(at) + 0.5;
}
