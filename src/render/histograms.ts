/** Histograms as small multiples: how the units of a code are distributed. Or a single large one. */
import { type Box, drawAxes, placing, uprightText, xAxisHeight, yAxisWidth } from './axes.ts';
import { checkFinite, checkWhole, extent, wrong } from './checks.ts';
import { heading, page, SMALL } from './page.ts';
import { seriesColour } from './palette.ts';
import { fitText, round, svgText } from './text.ts';
import { countScale, paddedScale, type Scale } from './ticks.ts';

export interface HistogramsOptions {
  title: string;
  subtitle?: string;
  /** 1 to 64, at most eight in a row. */
  panels: readonly { title: string; values: Float32Array }[];
  /** Of equal width over the x axis; default 40. */
  bins?: number;
  /** What the values are. */
  xLabel: string;
  /** Default "count". */
  yLabel?: string;
  /** Default true: all panels have the x axis that fits all values; else each has its own. */
  shareX?: boolean;
  /** Default false: the y axis of each panel fits its own counts; else all have the same. */
  shareY?: boolean;
}

const MARGIN = 16;

/** What a panel takes by the number of columns: its plot, its text, and how many ticks its axes have. */
interface PanelSize {
  width: number;
  height: number;
  text: number;
  xTicks: number;
  yTicks: number;
}

function panelSize(columns: number): PanelSize {
  if (columns === 1) return { width: 500, height: 270, text: SMALL, xTicks: 7, yTicks: 5 };
  if (columns <= 3) return { width: 260, height: 150, text: SMALL, xTicks: 5, yTicks: 4 };
  if (columns <= 5) return { width: 170, height: 96, text: 11, xTicks: 4, yTicks: 2 };
  return { width: 118, height: 66, text: 10, xTicks: 4, yTicks: 2 };
}

/** The picture of one or more histograms. */
export function histograms(options: HistogramsOptions): string {
  const { panels, xLabel, yLabel = 'count' } = options;
  check(options);
  const columns = panels.length <= 3 ? panels.length : Math.min(8, Math.ceil(Math.sqrt(panels.length)));
  const size = panelSize(columns);
  const drawn = scaledPanels(options, size);
  const beside = Math.max(...drawn.map(({ y }) => yAxisWidth(y, false, size.text)));
  const shared = options.shareX ?? true;
  const titled = panels.some((panel) => panel.title !== '') ? size.text + 8 : 4;
  const below = shared ? 10 : xAxisHeight(false, size.text) + 4;
  const pitch = { x: beside + size.width + 16, y: titled + size.height + below };
  const rows = Math.ceil(panels.length / columns);

  const left = MARGIN + 20;
  const width = left + columns * pitch.x;
  const head = heading(options, { x: MARGIN, y: 13, width: width - 2 * MARGIN });
  const top = head.bottom + 8;
  const parts = drawn.flatMap((panel, i) => {
    const x = left + (i % columns) * pitch.x + beside;
    const y = top + Math.floor(i / columns) * pitch.y + titled;
    const box = { left: x, right: x + size.width, top: y, bottom: y + size.height };
    // On a shared axis only the lowest panel of a column has numbers.
    const numbered = !shared || i + columns >= panels.length;
    return drawPanel(panel, box, size.text, numbered);
  });
  const end = top + rows * pitch.y - below + xAxisHeight(false, size.text);
  const middle = (left + beside + width - 16) / 2;
  parts.push(
    svgText(fitText(xLabel, SMALL, width - 2 * MARGIN), middle, end + 15, { size: SMALL, anchor: 'middle' }),
    uprightText(yLabel, MARGIN + 10, (top + titled + top + rows * pitch.y - below) / 2, rows * pitch.y),
  );
  return page(width, Math.ceil(end + 28), options.title, [...head.parts, ...parts]);
}

interface Panel {
  title: string;
  counts: number[];
  x: Scale;
  y: Scale;
}

function scaledPanels({ panels, bins = 40, shareX, shareY }: HistogramsOptions, size: PanelSize): Panel[] {
  const all = paddedScale(...extent(...panels.map((panel) => panel.values)), size.xTicks);
  const counted = panels.map(({ title, values }) => {
    const x = (shareX ?? true) ? all : paddedScale(...extent(values), size.xTicks);
    return { title, x, counts: binned(values, x, bins) };
  });
  const most = Math.max(...counted.flatMap(({ counts }) => counts));
  return counted.map((panel) => {
    const y = countScale(shareY ? most : Math.max(...panel.counts), size.yTicks);
    return { ...panel, y };
  });
}

/** How many values lie in each of equally wide bins over the axis. */
function binned(values: Float32Array, { min, max }: Scale, bins: number): number[] {
  const counts: number[] = Array(bins).fill(0);
  for (const value of values) {
    counts[Math.min(bins - 1, Math.max(0, Math.floor(((value - min) / (max - min)) * bins)))]!++;
  }
  return counts;
}

function drawPanel({ title, counts, x, y }: Panel, box: Box, text: number, numbered: boolean): string[] {
  const width = (box.right - box.left) / counts.length;
  const height = placing(y, box.bottom, box.top);
  const bars = counts.map((count, i) => {
    if (count === 0) return '';
    const at = round(box.left + i * width);
    return `M${at} ${box.bottom}V${round(height(count))}H${round(box.left + (i + 1) * width)}V${box.bottom}z`;
  });
  // A white seam between bars that are wide enough for one.
  const seam = width >= 5 ? ' stroke="#ffffff" stroke-width="0.8"' : '';
  const [grid, ...axes] = drawAxes(box, { x: numbered ? x : { ...x, label: () => '' }, y, size: text });
  return [
    grid!,
    `<path d="${bars.join('')}" fill="${seriesColour(0)}"${seam}/>`,
    ...axes,
    title === ''
      ? ''
      : svgText(fitText(title, text, box.right - box.left), box.left, box.top - 5, { size: text }),
  ];
}

function check({ panels, bins = 40 }: HistogramsOptions): void {
  checkWhole('panels', panels.length, 1, 64);
  checkWhole('bins', bins, 1, 500);
  for (const { title, values } of panels) {
    const subject = `panel "${title}"`;
    if (values.length === 0) throw wrong(subject, 'must have at least one value');
    checkFinite(subject, values);
  }
}
