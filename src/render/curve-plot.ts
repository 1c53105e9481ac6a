/**
 * One plot of loss curves on a page. echarts draws axes, grid and lines; names and marks are laid out here from the
 * font's own widths, so that nothing overlaps and the same input gives the same bytes.
 */
import type * as Echarts from 'echarts/core';
import { HourglassError } from '../errors.ts';
import { type Box, uprightText } from './axes.ts';
import { wrong } from './checks.ts';
import { FONT_STACK } from './fonts.ts';
import type { LegendEntry } from './legend.ts';
import { type Mark, placeMarks } from './marks.ts';
import { SMALL } from './page.ts';
import { PAGE, seriesColour } from './palette.ts';
import { svgText, textWidth } from './text.ts';
import { epochScale, linearScale, logScale, type Scale } from './ticks.ts';

export interface CurveSeries {
  name: string;
  /** [epoch, value] by ascending epoch. */
  points: readonly (readonly [number, number])[];
  /** Default solid; dashed is for validation. */
  style?: 'solid' | 'dashed';
  /** Series of one group share a colour (a run's training and validation); default: the name, a colour each. */
  group?: string;
}

export interface CurvePlot {
  /** The loss and its unit, for example "MAE per pixel". */
  yLabel: string;
  /** Default "epoch". */
  xLabel?: string;
  series: readonly CurveSeries[];
  /** Vertical lines with a word above them, such as the best epoch. */
  marks?: readonly Mark[];
  /** Default false. */
  logY?: boolean;
}

/** What is known of a plot before its height is: its sides, its axes, and what its marks need above it. */
export interface PreparedPlot {
  plot: CurvePlot;
  left: number;
  right: number;
  x: Scale;
  y: Scale;
  marked: ReturnType<typeof placeMarks>;
}

/** The width of a point with its ring, and of the ring. */
const POINT = 8;
const RING = 1.5;

/** What lies below a plot: the epochs and the axis' name. */
export const BELOW = 48;

/** A plot between two edges of the page, its axis' numbers and name included. */
export function preparePlot(plot: CurvePlot, edges: Pick<Box, 'left' | 'right'>): PreparedPlot {
  const { series, marks = [], logY = false } = plot;
  const points = series.flatMap((one) => one.points);
  const epochs = [...points.map(([epoch]) => epoch), ...marks.map((mark) => mark.epoch)];
  const values = points.map(([, value]) => value);
  const y = logY ? logScale(least(values), most(values)) : linearScale(least(values), most(values), 5);
  const yWidth = Math.max(...y.ticks.map((tick) => textWidth(y.label(tick), SMALL)));
  const left = edges.left + Math.ceil(yWidth) + 44;
  const right = edges.right;
  const x = epochScale(least(epochs), most(epochs), Math.min(10, Math.floor((right - left) / 44)));
  return { plot, left, right, x, y, marked: placeMarks(marks, { left, right, size: SMALL }, x) };
}

/**
 * A prepared plot between two heights of a page.
 *
 * @param page the page's size, and its left edge as the plot was prepared for.
 * @param entries of the legend, one for each of the plot's series: its colours.
 */
export async function drawPlot(
  prepared: PreparedPlot,
  { top, bottom }: Pick<Box, 'top' | 'bottom'>,
  page: { left: number; width: number; height: number },
  entries: readonly LegendEntry[],
): Promise<string[]> {
  const { plot, left, right, marked } = prepared;
  const lines = await drawLines({ ...prepared, top, bottom, ...page, left }, entries);
  return [
    // Beneath the lines: a mark must not cross out the points it marks.
    ...marked.draw(top, bottom),
    lines,
    svgText(plot.xLabel ?? 'epoch', (left + right) / 2, bottom + BELOW - 12, {
      ...{ size: SMALL, anchor: 'middle' },
    }),
    uprightText(plot.yLabel, page.left + 18, (top + bottom) / 2, bottom - top + 30),
  ];
}

type Frame = PreparedPlot & Box & { width: number; height: number };

/** Made by scripts/assets.js: the line chart alone loads in half the time of echarts. Seen from src and from dist alike. */
const ECHARTS = new URL('../../assets/echarts.js', import.meta.url);

function loadEcharts(): Promise<Pick<typeof Echarts, 'init'>> {
  return import(ECHARTS.href).catch((cause) => {
    throw new HourglassError(
      'environment',
      {
        subject: decodeURI(ECHARTS.pathname),
        rule: 'is missing, although it comes with hourglass',
        hint: 'in a bundled program, keep hourglass external (docs/install.md); otherwise install it again, or run npm run build in a clone',
      },
      { cause },
    );
  });
}

/** Axes, grid and lines by echarts. */
async function drawLines(frame: Frame, entries: readonly LegendEntry[]): Promise<string> {
  const { series, logY = false } = frame.plot;
  const echarts = await loadEcharts();
  const { left, right, top, bottom, width, height } = frame;
  // echarts' own logarithmic axis only knows whole decades, and its linear one fails where values differ in the
  // fifth digit alone: give it heights from 0 to 1.
  const height01 = (value: number) => (logY ? Math.log10(value) : value);
  const [lowest, highest] = [height01(frame.y.min), height01(frame.y.max)];
  const scaled = (value: number) => (height01(value) - lowest) / (highest - lowest);
  const axis = ({ min, max, ticks, label }: Scale, of: (value: number) => number, grid: boolean) => ({
    type: 'value' as const,
    min: of(min),
    max: of(max),
    axisLine: { show: true, onZero: false, lineStyle: { color: PAGE.axis } },
    axisTick: { show: true, customValues: ticks.map(of), length: 4, lineStyle: { color: PAGE.axis } },
    splitLine: { show: grid, lineStyle: { color: PAGE.grid } },
    axisLabel: {
      customValues: ticks.map(of),
      formatter: (value: number) => label(ticks.find((tick) => of(tick) === value) ?? value),
      color: PAGE.ink,
      fontSize: SMALL,
      fontFamily: FONT_STACK,
    },
  });
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      grid: { left, right: width - right, top, bottom: height - bottom, outerBoundsMode: 'none' },
      xAxis: axis(frame.x, (value) => value, false),
      yAxis: axis(frame.y, scaled, true),
      series: series.map((one, index) => ({
        type: 'line',
        name: one.name,
        silent: true,
        clip: false,
        emphasis: { disabled: true },
        data: one.points.map(([epoch, value]) => [epoch, scaled(value)]),
        // Dots where there are few epochs to show; always for a single one, which has no line.
        showSymbol: one.points.length <= 12,
        symbol: 'circle',
        symbolSize: POINT,
        lineStyle: {
          width: frame.plot.series.length > 6 ? 1.5 : 2,
          type: one.style === 'dashed' ? [6, 3] : 'solid',
        },
        // A white ring parts a point from the mark and the lines behind it.
        itemStyle: { color: entries[index]!.colour, borderColor: PAGE.background, borderWidth: RING },
      })),
    });
    return still(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * What echarts adds for a live page is left out: the mouse, and clip paths and classes numbered through the
 * process, which would make each picture differ and two on one page meet. All points lie inside the axes. What is
 * left is what stands on the page.
 */
function still(svg: string): string {
  return svg
    .replace(/<(style|defs)\b[\s\S]*?<\/\1>\s*/g, '')
    .replace(/<g clip-path="[^"]*">\s*([\s\S]*?)<\/g>\s*/g, '$1')
    .replace(/ (pointer-events|class|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/^\s*<svg[^>]*>\s*(<rect[^>]*(\/>|><\/rect>)\s*)?/, '')
    .replace(/\s*<\/svg>\s*$/, '');
}

/** An entry for each series; those of one group share a colour. */
export function legendEntries(series: readonly CurveSeries[]): LegendEntry[] {
  const groups = [...new Set(series.map((one) => one.group ?? one.name))];
  return series.map(({ name, group = name, style = 'solid' }) => {
    return { name, style, colour: seriesColour(groups.indexOf(group)) };
  });
}

/** @throws HourglassError('usage', …) for a plot without points, or with one that cannot be drawn. */
export function checkPlot({ series, marks = [], logY = false }: CurvePlot): void {
  if (series.length === 0) throw wrong('loss curves', 'at least one series must be given');
  for (const { name, points } of series) {
    const subject = `series "${name}"`;
    if (points.length === 0) throw wrong(subject, 'must have at least one point');
    for (const [epoch, value] of points) {
      if (!Number.isFinite(epoch)) throw wrong(subject, 'every epoch must be finite', String(epoch));
      if (!Number.isFinite(value))
        throw wrong(subject, `the value at ${epoch} must be finite`, String(value));
      if (logY && value <= 0)
        throw wrong(subject, `the value at ${epoch} must be positive on a log axis`, value);
    }
  }
  for (const { epoch, label } of marks) {
    if (!Number.isFinite(epoch)) throw wrong(`mark "${label}"`, 'its epoch must be finite', String(epoch));
  }
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
