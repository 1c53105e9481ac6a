/**
 * Loss curves as an SVG picture. echarts draws axes, grid and lines; title, legend and marks are laid out here
 * from the font's own widths, so that nothing overlaps and the same input gives the same bytes.
 */
import { HourglassError } from '../errors.ts';
import { FONT_STACK } from './fonts.ts';
import { legend } from './legend.ts';
import { type Mark, placeMarks } from './marks.ts';
import { PAGE, seriesColour } from './palette.ts';
import { escapeXml, fitText, round, svgText, textWidth } from './text.ts';
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

export interface CurvesOptions {
  title: string;
  subtitle?: string;
  /** The loss and its unit, as "MAE per pixel". */
  yLabel: string;
  /** Default "epoch". */
  xLabel?: string;
  series: readonly CurveSeries[];
  /** Upright lines with a word above them, as the best epoch. */
  marks?: readonly Mark[];
  /** Default false. */
  logY?: boolean;
  /** Size in SVG units; default 560 × 360, higher where a long legend would leave little for the plot. */
  width?: number;
  height?: number;
}

const SMALL = 12;

/** The picture of one or more losses over the epochs. Loads echarts when first called. */
export async function lossCurves(options: CurvesOptions): Promise<string> {
  const { series, marks = [], logY = false, width = 560 } = options;
  check(options);
  const points = series.flatMap((one) => one.points);
  const epochs = [...points.map(([epoch]) => epoch), ...marks.map((mark) => mark.epoch)];
  const values = points.map(([, value]) => value);
  const y = logY ? logScale(least(values), most(values)) : linearScale(least(values), most(values), 5);

  // The frame from the outside in: title, legend, marks, then what is left is the plot.
  const yWidth = Math.max(...y.ticks.map((tick) => textWidth(y.label(tick), SMALL)));
  const left = Math.ceil(yWidth) + 44;
  const right = width - 22;
  const x = epochScale(least(epochs), most(epochs), Math.min(10, Math.floor((right - left) / 44)));
  const parts = [
    svgText(fitText(options.title, 15, right - 16, 'bold'), 16, 26, { size: 15, weight: 'bold' }),
  ];
  let top = 36;
  if (options.subtitle !== undefined && options.subtitle !== '') {
    parts.push(
      svgText(fitText(options.subtitle, SMALL, right - 16), 16, 44, { size: SMALL, colour: PAGE.muted }),
    );
    top = 54;
  }
  const names = legend(legendEntries(series), { x: 16, y: top, width: right - 16, size: SMALL });
  top += names.height + 12;
  const marked = placeMarks(marks, { left, right, size: SMALL }, x);
  top += marked.height;
  const height = options.height ?? Math.max(360, top + 210 + 48);
  const bottom = height - 48;
  if (bottom - top < 40) {
    throw wrong('a plot', `must be higher to hold ${series.length} names and ${marks.length} marks`, height);
  }
  parts.push(names.svg, ...marked.draw(top, bottom));
  parts.push(
    svgText(options.xLabel ?? 'epoch', (left + right) / 2, height - 12, { size: SMALL, anchor: 'middle' }),
  );
  const middle = round((top + bottom) / 2);
  const yName = svgText(fitText(options.yLabel, SMALL, bottom - top + 30), 0, 0, {
    size: SMALL,
    anchor: 'middle',
  });
  parts.push(`<g transform="translate(18 ${middle}) rotate(-90)">${yName}</g>`);

  const plot = await drawPlot(options, { x, y, left, right, top, bottom, width, height });
  const opening = `<svg role="img" aria-label="${escapeXml(options.title)}" `;
  // Functions, because words may hold the `$&` that a replacement string would act on.
  return plot
    .replace(/^<svg /, () => opening)
    .replace(/<\/svg>\s*$/, () => `${parts.filter(Boolean).join('\n')}\n</svg>\n`);
}

interface Frame extends Record<'left' | 'right' | 'top' | 'bottom' | 'width' | 'height', number> {
  x: Scale;
  y: Scale;
}

/** Axes, grid and lines by echarts. */
async function drawPlot({ series, logY = false }: CurvesOptions, frame: Frame): Promise<string> {
  const [echarts, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/renderers'),
    import('echarts/lib/chart/line.js'),
    import('echarts/lib/component/gridSimple.js'),
  ]);
  echarts.use([SVGRenderer]);
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
      backgroundColor: PAGE.background,
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
        symbolSize: 5,
        lineStyle: { width: 2, type: one.style === 'dashed' ? [6, 3] : 'solid' },
        itemStyle: { color: legendEntries(series)[index]!.colour },
      })),
    });
    return still(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * What echarts adds for a live page is left out: the mouse, and clip paths and classes numbered through the
 * process, which would make each picture differ and two on one page meet. All points lie inside the axes.
 */
function still(svg: string): string {
  return svg
    .replace(/<(style|defs)\b[\s\S]*?<\/\1>\s*/g, '')
    .replace(/<g clip-path="[^"]*">\s*([\s\S]*?)<\/g>\s*/g, '$1')
    .replace(/ (pointer-events|class|ecmeta_\w+)="[^"]*"/g, '');
}

function legendEntries(series: readonly CurveSeries[]) {
  const groups = [...new Set(series.map((one) => one.group ?? one.name))];
  return series.map(({ name, group = name, style = 'solid' }) => {
    return { name, style, colour: seriesColour(groups.indexOf(group)) };
  });
}

function check({ series, marks = [], logY = false, width = 560, height = 360 }: CurvesOptions): void {
  if (series.length === 0) throw wrong('loss curves', 'at least one series must be given');
  if (!(width >= 240 && height >= 160))
    throw wrong('a plot', 'must be at least 240×160', `${width}×${height}`);
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

function wrong(subject: string, rule: string, got?: unknown): HourglassError {
  return new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });
}
