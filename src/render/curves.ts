/** Loss curves as an SVG picture: one plot under its title and legend. */
import { wrong } from './checks.ts';
import { BELOW, type CurvePlot, checkPlot, drawPlot, legendEntries, preparePlot } from './curve-plot.ts';
import { legend } from './legend.ts';
import { heading, page, SMALL } from './page.ts';

export interface CurvesOptions extends CurvePlot {
  title: string;
  subtitle?: string;
  /** Size in SVG units; default 560 × 360, higher where a long legend would leave little for the plot. */
  width?: number;
  height?: number;
}

const MARGIN = 16;

/** The picture of one or more losses over the epochs. Loads echarts when first called. */
export async function lossCurves(options: CurvesOptions): Promise<string> {
  const { series, marks = [], width = 560 } = options;
  check(options);
  // The frame from the outside in: title, legend, marks, then what is left is the plot.
  const right = width - 22;
  const head = heading(options, { x: MARGIN, y: 13, width: right - MARGIN });
  const entries = legendEntries(series);
  const box = { x: MARGIN, y: head.bottom + 3, width: right - MARGIN, size: SMALL };
  const names = legend(entries, box);
  const prepared = preparePlot(options, { left: 0, right });
  const top = box.y + names.height + 12 + prepared.marked.height;
  const height = options.height ?? Math.max(360, top + 210 + BELOW);
  const bottom = height - BELOW;
  if (bottom - top < 40) {
    throw wrong('a plot', `must be higher to hold ${series.length} names and ${marks.length} marks`, height);
  }
  const plot = await drawPlot(prepared, { top, bottom }, { left: 0, width, height }, entries);
  return page(width, height, options.title, [...plot, ...head.parts, names.svg]);
}

function check(options: CurvesOptions): void {
  const { width = 560, height = 360 } = options;
  checkPlot(options);
  if (!(width >= 240 && height >= 160))
    throw wrong('a plot', 'must be at least 240×160', `${width}×${height}`);
}
